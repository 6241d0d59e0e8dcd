import { bytesFromHashId } from '../../../src/base/ids.ts';
import type { BatchId, CollectionName, DeviceId, EngineId, RecordId, ScopeId } from '../../../src/base/ids.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import { err, ok } from '../../../src/base/result.ts';
import type { Stamp } from '../../../src/clock/stamp.ts';
import type { Change } from '../../../src/contract/change.ts';
import type { Manifest, ScopeKind } from '../../../src/contract/manifest.ts';
import { hash } from '../../../src/crypto/hash.ts';
import { type DeviceKeys, deviceKeysFromSeeds, rootKeysFromEntropy } from '../../../src/crypto/keys.ts';
import { sign } from '../../../src/crypto/sign.ts';
import type { BatchView } from '../../../src/admission/admit-batch.ts';
import type { ChangeContext, CollectionRules } from '../../../src/admission/change-question.ts';
import { encodeChange } from '../../../src/log/change.ts';
import { type BatchHeader, decodeBatch, encodeHeader, joinBatch } from '../../../src/log/header.ts';
import { encodeMeta } from '../../../src/log/meta.ts';
import { type BatchPlace, type SealedBatch, type Sealing, sealBatch } from '../../../src/log/sealing.ts';
import { createAdd, createGenesis } from '../../../src/membership/log/create.ts';
import { appendEntry, openScope } from '../../../src/membership/log/scope-log.ts';
import { headOf } from '../../../src/membership/parse/standing.ts';
import type { Role, ScopeState } from '../../../src/membership/parse/state.ts';
import { findSecrets } from '../../../src/redaction/find-secrets.ts';

export const nowMs: number = 1_800_000_000_000;
export const nearStamp: Stamp = '01a3185c5000-0000' as Stamp;
export const farStamp: Stamp = '01a4185c5000-0000' as Stamp;

export const filled = (value: number): Uint8Array => new Uint8Array(32).fill(value);
export const zeros: Uint8Array = new Uint8Array(32);
export const epochKey: Uint8Array = filled(200);

const keysOf = (seed: number): DeviceKeys => deviceKeysFromSeeds(filled(seed), filled(seed + 1), filled(seed + 2));
export const alice: DeviceKeys = keysOf(1);
export const bob: DeviceKeys = keysOf(4);
export const stranger: DeviceKeys = keysOf(7);

const publicKeys = (keys: DeviceKeys) => ({ sign: keys.sign.publicKey, box: keys.box.publicKey });

/** A scope with Alice as its admin (position 0) and Bob added after her (position 1). */
export function createScope(kind: ScopeKind = 'profile', bobRole: Role = 'writer', nonce = 90): ScopeState {
  const root = rootKeysFromEntropy(filled(60).subarray(0, 16));
  const { scopeId, entryBytes } = createGenesis({
    kind,
    root,
    userId: root.userId,
    devices: [{ deviceId: alice.deviceId, keys: publicKeys(alice), role: 'admin', authorities: [], label: 'desk' }],
    epochKey,
    nonce: filled(nonce),
    historyForNew: true,
  });
  const opened = openScope(entryBytes, scopeId);
  if (!opened.ok) {
    throw new Error(opened.error.message);
  }
  return append(
    opened.value,
    createAdd({
      state: opened.value,
      signer: alice,
      member: {
        deviceId: bob.deviceId,
        userId: root.userId,
        keys: publicKeys(bob),
        role: bobRole,
        authorities: [],
      },
      epochKey,
      label: 'lap',
    }),
  );
}

export function append(state: ScopeState, entry: Uint8Array): ScopeState {
  const appended = appendEntry(state, entry);
  if (!appended.ok) {
    throw new Error(appended.error.message);
  }
  return appended.value;
}

export const metaBytes: Uint8Array = encodeMeta({ stamp: nearStamp, frontier: {}, audit: null, scopes: [] });

/** A batch that Bob really sealed, his first unless told otherwise. */
export function seal(scope: ScopeState, changed: Partial<BatchPlace & Sealing> = {}): SealedBatch {
  const input: BatchPlace & Sealing = {
    scopeId: scope.scopeId,
    deviceKeys: bob,
    sequence: 1,
    previous: zeros,
    logSequence: scope.sequence,
    logHead: headOf(scope),
    epoch: 1,
    epochKey,
    kind: 'changes',
    records: [metaBytes, encodeChange(change())],
    random: filled(33),
    ...changed,
  };
  return sealBatch(input, input);
}

/** The batch after `first` in Bob's chain. */
export function sealNext(
  scope: ScopeState,
  first: SealedBatch,
  changed: Partial<BatchPlace & Sealing> = {},
): SealedBatch {
  return seal(scope, { sequence: 2, previous: bytesFromHashId(first.batchId), ...changed });
}

/** Signs other header fields, or another ciphertext, as the device itself would: an enrolled device gone bad. */
export function forge(
  bytes: Uint8Array,
  changed: Partial<BatchHeader> & { readonly ciphertext?: Uint8Array },
  signer: DeviceKeys = bob,
): Uint8Array {
  const batch = decoded(bytes);
  const { ciphertext = batch.ciphertext, ...fields } = changed;
  const headerBytes = encodeHeader({
    ...batch.header,
    ciphertextLength: ciphertext.length,
    ciphertextHash: hash('ciphertext', ciphertext),
    ...fields,
  });
  return joinBatch(headerBytes, sign(signer.sign.secretKey, 'batch-sig', hash('batch', headerBytes)), ciphertext);
}

export function decoded(bytes: Uint8Array): Extract<ReturnType<typeof decodeBatch>, { ok: true }>['value'] {
  const batch = decodeBatch(bytes);
  if (!batch.ok) {
    throw new Error(batch.error.message);
  }
  return batch.value;
}

export function view(scope: ScopeState | undefined, held: readonly SealedBatch[] = []): BatchView {
  const last = held.at(-1);
  return {
    scope,
    head: last === undefined ? null : { sequence: held.length, batchId: last.batchId },
    idAt: (sequence): BatchId | undefined => held[sequence - 1]?.batchId,
    epochKey: (epoch) => (epoch === 1 ? epochKey : undefined),
  };
}

export function change(changed: Partial<Change> = {}): Change {
  return {
    collection: 'shell' as CollectionName,
    objectId: 'aliases/ll' as RecordId,
    schemaVersion: '1.2.0',
    operation: 'put',
    parents: [],
    authorId: rootKeysFromEntropy(filled(60).subarray(0, 16)).userId,
    managedBy: 'user',
    stamp: nearStamp,
    value: { kind: 'alias', name: 'll', body: 'ls -lh' },
    ...changed,
  };
}

/** The local registry: which scope each collection has here. */
const scopeByCollection = {
  shell: 'profile',
  workspace: 'workspace',
  policy: 'org',
  hints: 'device',
  secrets: 'vault',
  notice: 'public',
} as const;

export function rulesFor(collection: string): CollectionRules | undefined {
  if (!Object.hasOwn(scopeByCollection, collection)) {
    return undefined;
  }
  const scope = scopeByCollection[collection as keyof typeof scopeByCollection];
  return { manifest: manifest(collection, scope), engine: {}, scope, validate };
}

export function manifest(collection: string, encryptionScope: Manifest['encryptionScope']): Manifest {
  return {
    engineId: `sourceos.sync.${collection}` as EngineId,
    collection: collection as CollectionName,
    schemaVersion: '1.0.0',
    ownerRepo: 'example/engines',
    defaultEnabled: true,
    policyClass: 'high',
    encryptionScope,
    mergeStrategy: 'manual_review',
    supportsTombstones: true,
    supportsRollback: true,
    supportsExport: true,
    dangerousFields: [],
    auditEvents: [],
  };
}

export function context(changed: Partial<ChangeContext> & { readonly scope: ScopeState }): ChangeContext {
  const { scope } = changed;
  return {
    batch: {
      kind: 'changes',
      scopeId: scope.scopeId as ScopeId,
      deviceId: bob.deviceId as DeviceId,
      sequence: 1,
      logSequence: scope.sequence,
    },
    index: 1,
    scopeIsLocal: false,
    nowMs,
    rulesOf: rulesFor,
    revocations: new Map(),
    policyHashesAt: () => [],
    findSecrets,
    ...changed,
  };
}

function validate(fields: JsonObject): ReturnType<CollectionRules['validate']> {
  return typeof fields['kind'] === 'string' ? ok(fields) : err('/kind must be a string');
}
