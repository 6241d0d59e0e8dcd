import { base64urlFromBytes, hexFromBytes } from '../../src/base/bytes.ts';
import type { JsonObject, JsonValue } from '../../src/base/json.ts';
import { reasonText } from '../../src/contract/verdict.ts';
import { verifyConsistencyProof, verifyEventProof } from '../../src/log/audit-proof.ts';
import { auditPath, consistencyPath, emptyEdge, treeLeaf, treeRoot, withLeaf } from '../../src/log/audit-tree.ts';
import { decodeBatch } from '../../src/log/header.ts';
import { proveRecord, verifyRecordProof } from '../../src/log/proof.ts';
import { type Proof, parseProof, textFromProof } from '../../src/log/read-proof.ts';
import {
  auditEventsOf,
  batchOf,
  consistencyProofOf,
  createProofWorld,
  eventProofOf,
  filledBytes,
  hexBytes,
} from './proof-world.ts';
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
  if (!proof.ok || proof.value.kind !== 'record') {
    return { refused: 'no record proof' };
  }
  const proven = verifyRecordProof(proof.value, rootKeyOf(root));
  if (!proven.ok) {
    return { refused: reasonText(proven.error) };
  }
  const { scope, header, index, change, changeId } = proven.value;
  const value: JsonValue = change.value;
  return { scopeId: scope.scopeId, deviceId: header.deviceId, sequence: header.sequence, index, changeId, value };
}

/** The eight leaves that implementations of RFC 6962 test themselves with. */
const leafContents = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];

const auditTree: VectorSet = {
  name: 'audit-tree',
  about: 'RFC 6962 with SHA-256 over contents: root, right edge, path of one leaf, nodes between two sizes',
  inputs: [
    { leaves: leafContents.slice(0, 1), index: 0, from: 1 },
    { leaves: leafContents.slice(0, 5), index: 1, from: 2 },
    { leaves: leafContents.slice(0, 7), index: 6, from: 6 },
    { leaves: leafContents, index: 5, from: 6 },
  ],
  compute(input) {
    const leaves = (input['leaves'] as readonly string[]).map((content) => treeLeaf(hexBytes(content)));
    const edge = leaves.reduce(withLeaf, emptyEdge);
    return {
      root: hexFromBytes(treeRoot(edge)),
      edge: edge.nodes.map(hexFromBytes),
      path: auditPath(leaves, Number(input['index'])).map(hexFromBytes),
      consistency: consistencyPath(leaves, Number(input['from'])).map(hexFromBytes),
    };
  },
};

const chain = auditEventsOf(world, 9);
const eventText = textOf(eventProofOf(world, chain, 4, 7));
const consistencyText = textOf(consistencyProofOf(world, chain, 3, 7));

const auditProof: VectorSet = {
  name: 'proof-audit',
  about: 'the text of a proof of an audit event, or of two checkpoints, and the verdict on it under a root key',
  inputs: [eventText, consistencyText, eventText.replace('"index":4', '"index":5')].map((text) => ({
    text,
    root: base64urlFromBytes(world.scope.rootKeys.sign),
  })),
  compute(input) {
    const proof = parseProof(String(input['text']));
    if (!proof.ok || proof.value.kind === 'record') {
      return { refused: 'no audit proof' };
    }
    const root = rootKeyOf(String(input['root']));
    const proven =
      proof.value.kind === 'audit' ? verifyEventProof(proof.value, root) : verifyConsistencyProof(proof.value, root);
    return proven.ok
      ? { scopeId: proven.value.scope.scopeId, deviceId: proven.value.member.deviceId }
      : { refused: reasonText(proven.error) };
  },
};

function rootKeyOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64url'));
}

function textOf(proof: Proof): string {
  const text = textFromProof(proof);
  return text.ok ? text.value : '';
}

export const proofVectorSets: readonly VectorSet[] = [record, auditTree, auditProof];
