import { createHash } from 'node:crypto';
import { concat, utf8 } from '../../../src/base/bytes.ts';
import {
  type BatchId,
  type DeviceId,
  bytesFromHashId,
  parseChangeId,
  scopeIdFromBytes,
} from '../../../src/base/ids.ts';
import type { ChainHead } from '../../../src/contract/chain.ts';
import type { Change } from '../../../src/contract/change.ts';
import type { AuditEvent, AuditFacts } from '../../../src/contract/audit.ts';
import {
  type DeviceKeys,
  type RandomBytes,
  deviceIdOf,
  createDeviceKeys,
  rootKeysFromEntropy,
} from '../../../src/crypto/keys.ts';
import { parseStamp } from '../../../src/clock/stamp.ts';
import { type AuditHead, emptyAuditHead, nextAuditEvent } from '../../../src/log/audit.ts';
import { type AuditCheckpoint, emptyTree, signCheckpoint, withEvent } from '../../../src/log/audit-checkpoint.ts';
import { encodeChange } from '../../../src/log/change.ts';
import { type PublicBatch, decodeBatch } from '../../../src/log/header.ts';
import { encodeMeta } from '../../../src/log/meta.ts';
import { type BatchPlace, type SealedBatch, type Sealing, sealBatch } from '../../../src/log/sealing.ts';
import type { ChainView } from '../../../src/log/verify.ts';
import type { Member, Role, ScopeState } from '../../../src/membership/parse/state.ts';

/** The same bytes for the same seed, whatever was drawn elsewhere. */
export function randomFrom(seed: string): RandomBytes {
  let drawn = 0;
  return (size) => {
    const blocks: Uint8Array[] = [];
    for (let filled = 0; filled < size; filled += 32) {
      blocks.push(new Uint8Array(createHash('sha256').update(`${seed}/${drawn++}`).digest()));
    }
    return concat(blocks).slice(0, size);
  };
}

export const zeros: Uint8Array = new Uint8Array(32);
const stamp = parseStamp('0199aabbccdd-0001') ?? fail('stamp');

export interface World {
  readonly scope: ScopeState;
  readonly alice: DeviceKeys;
  readonly bob: DeviceKeys;
  readonly epochKey: Uint8Array;
}

/** A workspace with two devices and a membership log of three entries, made by hand. */
export function createWorld(seed = 'world'): World {
  const random = randomFrom(seed);
  const alice = createDeviceKeys(random);
  const bob = createDeviceKeys(random);
  const root = rootKeysFromEntropy(random(16));
  const members = [memberOf(alice, 'admin', 0), memberOf(bob, 'writer', 1)];
  const scope: ScopeState = {
    scopeId: scopeIdFromBytes(random(32)),
    kind: 'workspace',
    suite: 1,
    genesisNonce: random(32),
    userId: root.userId,
    rootKeys: { sign: root.sign.publicKey, box: root.box.publicKey },
    sequence: 2,
    heads: [random(32), random(32), random(32)],
    members: new Map(members.map((member) => [member.deviceId, member])),
    historyForNew: true,
    usedKeys: new Set(),
    dropped: new Set(),
    epochs: [{ epoch: 1, commitment: random(32), since: 0 }],
  };
  return { scope, alice, bob, epochKey: random(32) };
}

export function memberOf(keys: DeviceKeys, role: Role, addedAt: number): Member {
  const publicKeys = { sign: keys.sign.publicKey, box: keys.box.publicKey };
  const userId = rootKeysFromEntropy(new Uint8Array(16)).userId;
  return {
    deviceId: deviceIdOf(publicKeys),
    userId,
    keys: publicKeys,
    role,
    authorities: [],
    grants: [{ role, authorities: [], since: addedAt, cut: null }],
    label: { epoch: 1, sealed: '' },
    addedAt,
    revoked: null,
  };
}

export function withMember(scope: ScopeState, deviceId: DeviceId, change: Partial<Member>): ScopeState {
  const changed = { ...(scope.members.get(deviceId) ?? fail('member')), ...change };
  const { role, authorities, addedAt: since } = changed;
  const member = { ...changed, grants: change.grants ?? [{ role, authorities, since, cut: null }] };
  return { ...scope, members: new Map([...scope.members, [deviceId, member]]) };
}

export function exampleChange(change: Partial<Change> = {}): Change {
  return {
    collection: 'workspace' as Change['collection'],
    objectId: 'note-1' as Change['objectId'],
    schemaVersion: '1.0.0',
    operation: 'put',
    parents: [],
    authorId: 'urn:srcos:user:example',
    managedBy: 'user',
    stamp,
    value: { kind: 'note', title: 'Ä note', confidence: 0.5 },
    ...change,
  };
}

export function exampleParent(): NonNullable<ReturnType<typeof parseChangeId>> {
  return parseChangeId('AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA') ?? fail('change id');
}

export function exampleRecords(changes = 2): readonly Uint8Array[] {
  const meta = encodeMeta({ stamp, frontier: {}, audit: null, scopes: [] });
  const titles = Array.from({ length: changes }, (_, index) => `Note ${index}`);
  return [meta, ...titles.map((title) => encodeChange(exampleChange({ value: { kind: 'note', title } })))];
}

export function seal(world: World, overrides: Partial<BatchPlace & Sealing> = {}): SealedBatch {
  const input: BatchPlace & Sealing = {
    scopeId: world.scope.scopeId,
    deviceKeys: world.bob,
    sequence: 1,
    previous: zeros,
    logSequence: 2,
    logHead: world.scope.heads[2] ?? fail('head'),
    epoch: 1,
    epochKey: world.epochKey,
    kind: 'changes',
    records: exampleRecords(),
    random: randomFrom('batch')(32),
    ...overrides,
  };
  return sealBatch(input, input);
}

export function decoded(bytes: Uint8Array): PublicBatch {
  const batch = decodeBatch(bytes);
  return batch.ok ? batch.value : fail(batch.error.message);
}

/** A chain of sealed batches of bob, the first at sequence 1. */
export function sealChain(world: World, length: number): readonly PublicBatch[] {
  const chain: PublicBatch[] = [];
  for (let sequence = 1; sequence <= length; sequence++) {
    const before = chain.at(-1);
    const previous = before === undefined ? zeros : bytesFromHashId(before.batchId);
    chain.push(decoded(seal(world, { sequence, previous, random: randomFrom(`batch ${sequence}`)(32) }).bytes));
  }
  return chain;
}

export const emptyChain: ChainView = { head: null, idAt: () => undefined };

export function chainOf(batches: readonly PublicBatch[]): ChainView {
  const ids = new Map<number, BatchId>(batches.map(({ header, batchId }) => [header.sequence, batchId]));
  const last = batches.at(-1) ?? fail('batch');
  const head: ChainHead = { sequence: last.header.sequence, batchId: last.batchId };
  return { head, idAt: (sequence) => ids.get(sequence), headLogSequence: last.header.logSequence };
}

export function flipBit(bytes: Uint8Array, bit: number): Uint8Array {
  const flipped = bytes.slice();
  flipped[bit >>> 3] = (flipped[bit >>> 3] ?? 0) ^ (1 << (bit & 7));
  return flipped;
}

export const exampleFacts: AuditFacts = {
  eventType: 'graph.write.accepted',
  actorId: 'urn:srcos:user:example',
  subjectId: 'urn:srcos:scope:example',
  policyDomain: 'workspace',
  outcome: 'allow',
  reasonCode: 'none',
  details: { changes: 2 },
};

export function auditChain(deviceId: DeviceId, length: number, facts: AuditFacts = exampleFacts): AuditEvent[] {
  const events: AuditEvent[] = [];
  let previous: AuditHead = emptyAuditHead;
  for (let index = 0; index < length; index++) {
    const id = index.toString(16).padStart(32, '0');
    const event = nextAuditEvent({ facts, previous, deviceId, nowMs: 1_700_000_000_000 + index, id });
    events.push(event);
    previous = { count: index + 1, head: event.eventHash };
  }
  return events;
}

export function text(value: string): Uint8Array {
  return utf8(value);
}

export function fail(what: string): never {
  throw new Error(`test setup: ${what}`);
}

/** What a device signs of these events. */
export function checkpointOf(
  keys: DeviceKeys,
  events: readonly AuditEvent[],
  atMs: number = 1_700_000_000_000,
): AuditCheckpoint {
  return signCheckpoint(events.reduce(withEvent, emptyTree), atMs, keys);
}
