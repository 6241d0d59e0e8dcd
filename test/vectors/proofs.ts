import { base64urlFromBytes, hexFromBytes } from '../../src/base/bytes.ts';
import type { JsonObject, JsonValue } from '../../src/base/json.ts';
import { reasonText } from '../../src/contract/verdict.ts';
import { decodeBatch } from '../../src/log/header.ts';
import { proveRecord, verifyRecordProof } from '../../src/log/proof.ts';
import { parseProof, textFromProof } from '../../src/log/read-proof.ts';
import { batchOf, createProofWorld, filledBytes, hexBytes } from './proof-world.ts';
import type { VectorSet } from './vectors.ts';

const world = createProofWorld();

const proofInput: JsonObject = {
  epochKey: hexFromBytes(world.epochKey),
  entries: world.entries.map(hexFromBytes),
  root: base64urlFromBytes(world.scope.rootKeys.sign),
};

const record: VectorSet = {
  name: 'proof-record',
  about: 'the text of a record proof, and what it proves under a root key',
  inputs: [
    { ...proofInput, batch: hexFromBytes(batchOf(world, 1).bytes), index: 1 },
    { ...proofInput, batch: hexFromBytes(batchOf(world, 6).bytes), index: 5 },
    {
      ...proofInput,
      batch: hexFromBytes(batchOf(world, 1).bytes),
      index: 1,
      root: base64urlFromBytes(filledBytes(23)),
    },
  ],
  compute(input) {
    const batch = decodeBatch(hexBytes(String(input['batch'])));
    const entries = (input['entries'] as readonly string[]).map(hexBytes);
    const proof = batch.ok
      ? proveRecord(batch.value, hexBytes(String(input['epochKey'])), Number(input['index']), entries)
      : batch;
    const text = proof.ok ? textFromProof(proof.value) : proof;
    return text.ok ? { text: text.value, ...verdictOf(text.value, String(input['root'])) } : { refused: 'not proven' };
  },
};

function verdictOf(text: string, root: string): JsonObject {
  const proof = parseProof(text);
  const proven = proof.ok ? verifyRecordProof(proof.value, new Uint8Array(Buffer.from(root, 'base64url'))) : proof;
  if (!proven.ok) {
    return { refused: reasonText(proven.error) };
  }
  const { scope, header, index, change, changeId } = proven.value;
  const value: JsonValue = change.value;
  return { scopeId: scope.scopeId, deviceId: header.deviceId, sequence: header.sequence, index, changeId, value };
}

export const proofVectorSets: readonly VectorSet[] = [record];
