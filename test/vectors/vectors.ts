import { base64urlFromBytes, bytesFromHex, hexFromBytes } from '../../src/base/bytes.ts';
import { canonicalBytes } from '../../src/base/canonical-json.ts';
import { parseCollectionName, parseDeviceId, parseRecordId, parseScopeId, scopeIdFromBytes } from '../../src/base/ids.ts';
import type { JsonObject, JsonValue } from '../../src/base/json.ts';
import type { AuditFacts } from '../../src/contract/audit.ts';
import type { Change } from '../../src/contract/change.ts';
import { frame } from '../../src/crypto/frame.ts';
import { hash, keyedHash } from '../../src/crypto/hash.ts';
import { deviceKeysFromSeeds, rootKeysFromEntropy } from '../../src/crypto/keys.ts';
import { type Label, labels } from '../../src/crypto/labels.ts';
import { sign } from '../../src/crypto/sign.ts';
import { auditHash, nextAuditEvent } from '../../src/log/audit.ts';
import { signCheckpoint } from '../../src/log/audit-checkpoint.ts';
import { changeIdOf, encodeChange } from '../../src/log/change.ts';
import { type BatchHeader, type BatchKind, batchIdOf, decodeBatch, encodeHeader } from '../../src/log/header.ts';
import { leafOf, rootOf } from '../../src/log/merkle.ts';
import { type BatchMeta, encodeMeta } from '../../src/log/meta.ts';
import { openBatch, sealBatch } from '../../src/log/sealing.ts';
import { sealPresence } from '../../src/membership/presence/presence-seal.ts';
import { writeToken } from '../../src/relay/registration/token.ts';
import { keyFiles } from './key-file-vectors.ts';
import { presentedLease, presentedRevocation } from './presented-lease.ts';
import { proofVectorSets } from './proofs.ts';

/**
 * One wire object: what goes in, and a function that says what comes out. The JSON files beside this one hold inputs
 * and outputs, so that another language can check itself; bytes are hexadecimal where not named otherwise.
 */
export interface VectorSet {
  readonly name: string;
  readonly about: string;
  readonly inputs: readonly JsonObject[];
  compute(input: JsonObject): JsonObject;
}

const filled = (byte: number, size = 32): string => byte.toString(16).padStart(2, '0').repeat(size);
const seeds = { signSeed: filled(1), boxSeed: filled(2), hedge: filled(3) };
const deviceKeys = deviceKeysFromSeeds(bytes(filled(1)), bytes(filled(2)), bytes(filled(3)));
const { deviceId } = deviceKeys;
const scopeId = scopeIdFromBytes(bytes(filled(4)));
const stamp = '0199aabbccdd-0001';
const batchIdText = base64urlFromBytes(bytes(filled(5)));

const change: JsonObject = {
  authorId: 'urn:srcos:user:example',
  collection: 'workspace',
  managedBy: 'user',
  objectId: 'notes/ä',
  operation: 'put',
  parents: [base64urlFromBytes(bytes(filled(6)))],
  schemaVersion: '1.0.0',
  stamp,
  value: { title: 'A "note"', '10': true, '9': [0.5, -1, 1e21], kind: 'note' },
};
const leased = presentedLease(deviceKeys, scopeId, {
  collection: 'workspace',
  id: 'notes/ä',
  fields: change['value'] as JsonObject,
});
const auditCheckpoint = signCheckpoint(
  { edge: { count: 2, nodes: [bytes(filled(24))] }, head: `sha256:${filled(7)}` },
  1_700_000_000_000,
  deviceKeysFromSeeds(bytes(filled(1)), bytes(filled(2)), bytes(filled(3))),
);
const heldMeta: JsonObject = {
  audit: { ...auditCheckpoint },
  frontier: { [deviceId]: [3, batchIdText] },
  scopes: [{ kind: 'workspace', name: 'Team', root: filled(9), scopeId }],
  stamp,
};
const emptyMeta: JsonObject = { audit: null, frontier: {}, scopes: [], stamp };
const plainRecords: JsonValue = [hexFromBytes(canonicalBytes(emptyMeta)), hexFromBytes(canonicalBytes(change))];
const sealInput: JsonObject = {
  ...seeds,
  epochKey: filled(8),
  random: filled(9),
  scopeId,
  sequence: 7,
  previous: filled(10),
  logSequence: 2,
  logHead: filled(11),
  epoch: 1,
  kind: 'changes',
  records: plainRecords,
};

const framed: VectorSet = {
  name: 'frame',
  about: 'frame, H and KH of every label over the same parts; the signature is Ed25519 over frame(label, first part)',
  inputs: labels.map((label) => ({ label, key: filled(12), signSeed: filled(1), parts: [filled(13), '', '00ff'] })),
  compute(input) {
    const label = text(input, 'label') as Label;
    const parts = list(input, 'parts');
    const keys = deviceKeysFromSeeds(bytes(text(input, 'signSeed')), new Uint8Array(32), new Uint8Array(32));
    return {
      frame: hexFromBytes(frame(label, ...parts)),
      hash: hexFromBytes(hash(label, ...parts)),
      keyedHash: hexFromBytes(keyedHash(bytes(text(input, 'key')), label, ...parts)),
      signature: hexFromBytes(sign(keys.sign.secretKey, label, parts[0] as Uint8Array)),
    };
  },
};

const device: VectorSet = {
  name: 'device',
  about: 'device and user ids from seeds; rootEntropy is what twelve words stand for',
  inputs: [
    { ...seeds, rootEntropy: filled(14, 16) },
    { signSeed: filled(255), boxSeed: filled(0), hedge: filled(0), rootEntropy: filled(0, 16) },
  ],
  compute(input) {
    const keys = keysFrom(input);
    const root = rootKeysFromEntropy(bytes(text(input, 'rootEntropy')));
    return {
      signPublicKey: hexFromBytes(keys.sign.publicKey),
      boxPublicKey: hexFromBytes(keys.box.publicKey),
      deviceId: keys.deviceId,
      rootSignPublicKey: hexFromBytes(root.sign.publicKey),
      rootBoxPublicKey: hexFromBytes(root.box.publicKey),
      userId: root.userId,
    };
  },
};

const header: VectorSet = {
  name: 'header',
  about: 'the 252 bytes of a batch header, and the batch id (base64url)',
  inputs: (['changes', 'snapshot', 'heartbeat'] as const).map((kind, index) => ({
    kind,
    scopeId,
    deviceId,
    sequence: [1, 258, Number.MAX_SAFE_INTEGER][index] ?? 1,
    previous: filled(10),
    logSequence: 3,
    logHead: filled(11),
    epoch: 2,
    salt: filled(15),
    root: filled(16),
    ciphertextLength: 272,
    ciphertextHash: filled(17),
  })),
  compute(input) {
    const encoded = encodeHeader(headerFrom(input));
    return { bytes: hexFromBytes(encoded), batchId: batchIdOf(encoded) };
  },
};

const merkle: VectorSet = {
  name: 'merkle',
  about: 'leaves and root of records under a batch key',
  inputs: [1, 2, 3, 7].map((count) => ({
    batchKey: filled(18),
    records: Array.from({ length: count }, (_, index) => filled(index, index)),
  })),
  compute(input) {
    const leaves = list(input, 'records').map((record, index) => leafOf(bytes(text(input, 'batchKey')), index, record));
    return { leaves: leaves.map(hexFromBytes), root: hexFromBytes(rootOf(leaves)) };
  },
};

const batch: VectorSet = {
  name: 'batch',
  about: 'a batch sealed with given keys and randomness; small enough that it is not compressed',
  inputs: [
    sealInput,
    { ...sealInput, sequence: 1, previous: filled(0), kind: 'heartbeat', records: [hexFromBytes(canonicalBytes(emptyMeta))] },
  ],
  compute(input) {
    const sealed = sealFrom(input);
    return { batchId: sealed.batchId, bytes: hexFromBytes(sealed.bytes) };
  },
};

const repeated = Array.from({ length: 12 }, () => hexFromBytes(canonicalBytes(change)));
const opened: VectorSet = {
  name: 'batch-open',
  about: 'opening a batch whose body is compressed: the compressor is free, so bytes are the input here',
  inputs: [{ epochKey: filled(8), bytes: storedCompressedBatch() }],
  compute(input) {
    const decoded = decodeBatch(bytes(text(input, 'bytes')));
    const records = decoded.ok ? openBatch(decoded.value, bytes(text(input, 'epochKey'))) : decoded;
    return records.ok ? { records: records.value.map(hexFromBytes) } : { refused: records.error.reasonCode };
  },
};

const changes: VectorSet = {
  name: 'change',
  about: 'canonical bytes of a change, and its id (base64url)',
  inputs: [
    { deviceId, change },
    { deviceId, change: { ...change, operation: 'tombstone', parents: [], value: null } },
    { deviceId, change: { ...change, authorId: 'urn:srcos:agent:example', lease: { ...leased } } },
  ],
  compute(input) {
    const encoded = encodeChange(input['change'] as unknown as Change);
    const author = parseDeviceId(text(input, 'deviceId')) ?? wrong('deviceId');
    return { bytes: hexFromBytes(encoded), changeId: changeIdOf(author, encoded) };
  },
};

const metas: VectorSet = {
  name: 'meta',
  about: 'canonical bytes of record 0',
  inputs: [
    { meta: heldMeta },
    { meta: emptyMeta },
    { meta: { ...emptyMeta, revocations: [presentedRevocation(deviceKeys, leased.lease)] } },
    { meta: { ...emptyMeta, applied: {} } },
    { meta: { ...heldMeta, applied: { [deviceId]: 7 } } },
    { meta: { ...emptyMeta, applied: {}, labels: { [deviceId]: 'Desk' } } },
  ],
  compute(input) {
    return { bytes: hexFromBytes(encodeMeta(input['meta'] as unknown as BatchMeta)) };
  },
};

const audit: VectorSet = {
  name: 'audit',
  about: 'an audit event with its hash; previous is the head of the chain before it',
  inputs: [
    { count: 0, head: null },
    { count: 1, head: `sha256:${filled(19)}` },
  ].map((previous) => ({
    previous,
    deviceId,
    nowMs: 1_700_000_000_000,
    id: filled(20, 16),
    facts: {
      eventType: 'graph.write.accepted',
      actorId: 'urn:srcos:user:example',
      subjectId: scopeId,
      policyDomain: 'workspace',
      outcome: 'allow',
      reasonCode: 'none',
      details: { changes: 2 },
    },
  })),
  compute(input) {
    const event = nextAuditEvent({
      facts: input['facts'] as unknown as AuditFacts,
      previous: input['previous'] as unknown as { count: number; head: string | null },
      deviceId: parseDeviceId(text(input, 'deviceId')) ?? wrong('deviceId'),
      nowMs: Number(input['nowMs']),
      id: text(input, 'id'),
    });
    return { event: JSON.parse(JSON.stringify(event)) as JsonObject, eventHash: auditHash(event) };
  },
};

const relayToken: VectorSet = {
  name: 'relay-token',
  about: 'a registration token of a relay, as text',
  inputs: [
    { key: filled(20), tokenId: filled(21, 8), expiresAtSeconds: 1_800_000_000, scopes: 16 },
    { key: filled(0), tokenId: filled(255, 8), expiresAtSeconds: 0xffff_ffff, scopes: 0xffff_ffff },
  ],
  compute(input) {
    const tokenId = text(input, 'tokenId');
    const [expiresAtSeconds, scopes] = [Number(input['expiresAtSeconds']), Number(input['scopes'])];
    return { token: writeToken(bytes(text(input, 'key')), { tokenId, expiresAtSeconds, scopes }) };
  },
};

const presence: VectorSet = {
  name: 'presence',
  about: 'what a device whispers of the editors at a record, signed and sealed under the epoch in force',
  inputs: [
    {
      ...{ ...seeds, scopeId, epoch: 3, epochKey: filled(8), random: filled(9, 24), session: 1_700_000_000_000 },
      ...{ number: 4, at: 1_700_000_001_000, collection: 'presence', id: 'notes/ä', update: '0105010d7b226e616d65223a22c385227d' },
    },
  ],
  compute(input) {
    const scope = {
      scopeId: parseScopeId(text(input, 'scopeId')) ?? wrong('scopeId'),
      epoch: Number(input['epoch']),
      epochKey: bytes(text(input, 'epochKey')),
    };
    const said = {
      session: Number(input['session']),
      number: Number(input['number']),
      atMs: Number(input['at']),
      collection: parseCollectionName(text(input, 'collection')) ?? wrong('collection'),
      id: parseRecordId(text(input, 'id')) ?? wrong('id'),
      update: bytes(text(input, 'update')),
    };
    return { sealed: hexFromBytes(sealPresence(scope, keysFrom(input), said, bytes(text(input, 'random')))) };
  },
};

export const vectorSets: readonly VectorSet[] = [
  framed,
  device,
  header,
  merkle,
  batch,
  opened,
  changes,
  metas,
  audit,
  relayToken,
  keyFiles,
  presence,
  ...proofVectorSets,
];

/** The text of a vector file. */
export function vectorFileText(set: VectorSet): string {
  const cases = set.inputs.map((input) => ({ input, output: set.compute(input) }));
  return `${JSON.stringify({ object: set.name, about: set.about, cases }, null, 2)}\n`;
}

function storedCompressedBatch(): string {
  return hexFromBytes(sealFrom({ ...sealInput, records: [...(plainRecords as readonly string[]), ...repeated] }).bytes);
}

function sealFrom(input: JsonObject): ReturnType<typeof sealBatch> {
  return sealBatch({
scopeId: parseScopeId(text(input, 'scopeId')) ?? wrong('scopeId'),
sequence: Number(input['sequence']),
previous: bytes(text(input, 'previous')),
logSequence: Number(input['logSequence']),
logHead: bytes(text(input, 'logHead')),
epoch: Number(input['epoch']),
kind: text(input, 'kind') as BatchKind,
}, {
deviceKeys: keysFrom(input),
epochKey: bytes(text(input, 'epochKey')),
records: list(input, 'records'),
random: bytes(text(input, 'random')),
});
}

function headerFrom(input: JsonObject): BatchHeader {
  return {
    suite: 1,
    kind: text(input, 'kind') as BatchKind,
    scopeId: parseScopeId(text(input, 'scopeId')) ?? wrong('scopeId'),
    deviceId: parseDeviceId(text(input, 'deviceId')) ?? wrong('deviceId'),
    sequence: Number(input['sequence']),
    previous: bytes(text(input, 'previous')),
    logSequence: Number(input['logSequence']),
    logHead: bytes(text(input, 'logHead')),
    epoch: Number(input['epoch']),
    salt: bytes(text(input, 'salt')),
    root: bytes(text(input, 'root')),
    ciphertextLength: Number(input['ciphertextLength']),
    ciphertextHash: bytes(text(input, 'ciphertextHash')),
  };
}

function keysFrom(input: JsonObject): ReturnType<typeof deviceKeysFromSeeds> {
  return deviceKeysFromSeeds(bytes(text(input, 'signSeed')), bytes(text(input, 'boxSeed')), bytes(text(input, 'hedge')));
}

function text(input: JsonObject, name: string): string {
  const value = input[name];
  return typeof value === 'string' ? value : wrong(name);
}

function list(input: JsonObject, name: string): readonly Uint8Array[] {
  const value = input[name];
  return Array.isArray(value) ? value.map((item) => bytes(String(item))) : wrong(name);
}

function bytes(hex: string): Uint8Array {
  return bytesFromHex(hex) ?? wrong(hex);
}

function wrong(name: string): never {
  throw new Error(`vector input ${name} is malformed`);
}
