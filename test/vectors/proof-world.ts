import { bytesFromHex } from '../../src/base/bytes.ts';
import { canonicalBytes } from '../../src/base/canonical-json.ts';
import { type DeviceKeys, deviceKeysFromSeeds, rootKeysFromEntropy } from '../../src/crypto/keys.ts';
import type { AuditEvent, AuditFacts } from '../../src/contract/audit.ts';
import type { Change } from '../../src/contract/change.ts';
import { nextAuditEvent } from '../../src/log/audit.ts';
import {
  type AuditCheckpoint,
  auditLeaf,
  emptyTree,
  signCheckpoint,
  withEvent,
} from '../../src/log/audit-checkpoint.ts';
import type { ConsistencyProof, EventProof } from '../../src/log/audit-proof.ts';
import { auditPath, consistencyPath } from '../../src/log/audit-tree.ts';
import { encodeChange } from '../../src/log/change.ts';
import { type PublicBatch, decodeBatch } from '../../src/log/header.ts';
import { sealBatch } from '../../src/log/sealing.ts';
import { commitmentOf } from '../../src/membership/parse/commitment.ts';
import type { Party } from '../../src/membership/parse/entry.ts';
import { signEntry } from '../../src/membership/parse/entry-codec.ts';
import { foldScope } from '../../src/membership/log/scope-log.ts';
import { headOf } from '../../src/membership/parse/standing.ts';
import type { ScopeState } from '../../src/membership/parse/state.ts';

/** A scope of one device whose every byte is decided here: wraps are sealed with randomness, so these are made up. */
export interface ProofWorld {
  readonly device: DeviceKeys;
  readonly entries: readonly Uint8Array[];
  readonly scope: ScopeState;
  readonly epochKey: Uint8Array;
}

export const filledBytes = (byte: number, size = 32): Uint8Array => new Uint8Array(size).fill(byte);

export function createProofWorld(): ProofWorld {
  const device = deviceKeysFromSeeds(filledBytes(1), filledBytes(2), filledBytes(3));
  const root = rootKeysFromEntropy(filledBytes(14, 16));
  const epochKey = filledBytes(8);
  const genesis = signEntry(
    {
      t: 'genesis',
      atMs: 1_700_000_000_000,
      kind: 'workspace',
      suite: 1,
      userId: root.userId,
      rootKeys: { sign: root.sign.publicKey, box: root.box.publicKey },
      genesisNonce: filledBytes(21),
      historyForNew: true,
      devices: [
        {
          deviceId: device.deviceId,
          userId: root.userId,
          keys: { sign: device.sign.publicKey, box: device.box.publicKey },
          role: 'admin',
          authorities: [],
          label: 'bGFiZWw',
        },
      ],
      epoch: {
        epoch: 1,
        commitment: commitmentOf(epochKey, filledBytes(21), 1),
        wraps: new Map<Party, string>([
          [device.deviceId, 'd3JhcA'],
          ['root', 'd3JhcA'],
        ]),
        printedKey: null,
        previousKey: null,
      },
    },
    root.sign.secretKey,
  );
  const scope = foldScope([genesis]);
  if (!scope.ok) {
    throw new Error(scope.error.message);
  }
  return { device, entries: [genesis], scope: scope.value, epochKey };
}

/** A batch of that device: its meta record and `count` changes. */
export function batchOf(world: ProofWorld, count: number): PublicBatch {
  const changes = Array.from({ length: count }, (_, index) => encodeChange(noteOf(index)));
  const sealed = sealBatch({
scopeId: world.scope.scopeId,
sequence: 1,
previous: filledBytes(0),
logSequence: world.scope.sequence,
logHead: headOf(world.scope),
epoch: 1,
kind: 'changes',
}, {
deviceKeys: world.device,
epochKey: world.epochKey,
records: [canonicalBytes({ audit: null, frontier: {}, scopes: [], stamp: '0199aabbccdd-0001' }), ...changes],
random: filledBytes(9),
});
  const decoded = decodeBatch(sealed.bytes);
  if (!decoded.ok) {
    throw new Error(decoded.error.message);
  }
  return decoded.value;
}

export function noteOf(index: number): Change {
  return {
    authorId: 'urn:srcos:user:example',
    collection: 'workspace',
    managedBy: 'user',
    objectId: `notes/ä ${index}`,
    operation: 'put',
    parents: [],
    schemaVersion: '1.0.0',
    stamp: '0199aabbccdd-0001',
    value: { kind: 'note', title: `Note ${index}`, confidence: 0.5 },
  } as unknown as Change;
}

/** The audit chain of that device, `count` events. */
export function auditEventsOf(world: ProofWorld, count: number): readonly AuditEvent[] {
  const events: AuditEvent[] = [];
  for (let index = 0; index < count; index++) {
    const previous = { count: index, head: events[index - 1]?.eventHash ?? null };
    const facts: AuditFacts = {
      ...{ eventType: 'graph.write.accepted', actorId: 'urn:srcos:user:example', subjectId: world.scope.scopeId },
      ...{ policyDomain: 'workspace', outcome: 'allow', reasonCode: 'none', details: { changes: index, note: 'ä' } },
    };
    const id = index.toString(16).padStart(32, '0');
    events.push(
      nextAuditEvent({ facts, previous, deviceId: world.device.deviceId, nowMs: 1_700_000_000_000 + index, id }),
    );
  }
  return events;
}

/** What that device signs of the first `count` events. */
export function checkpointAt(world: ProofWorld, events: readonly AuditEvent[], count: number): AuditCheckpoint {
  return signCheckpoint(events.slice(0, count).reduce(withEvent, emptyTree), 1_700_000_100_000 + count, world.device);
}

/** Event `index`, from 0, under a checkpoint of `count` events. */
export function eventProofOf(
  world: ProofWorld,
  events: readonly AuditEvent[],
  index: number,
  count: number,
): EventProof {
  const path = auditPath(events.slice(0, count).map(auditLeaf), index);
  const event = events[index] as AuditEvent;
  return { kind: 'audit', event, index, path, checkpoint: checkpointAt(world, events, count), entries: world.entries };
}

export function consistencyProofOf(
  world: ProofWorld,
  events: readonly AuditEvent[],
  from: number,
  to: number,
): ConsistencyProof {
  return {
    kind: 'audit-consistency',
    deviceId: world.device.deviceId,
    first: checkpointAt(world, events, from),
    second: checkpointAt(world, events, to),
    path: consistencyPath(events.slice(0, to).map(auditLeaf), from),
    entries: world.entries,
  };
}

export function hexBytes(hex: string): Uint8Array {
  const bytes = bytesFromHex(hex);
  if (bytes === undefined) {
    throw new Error(`${hex} is not hexadecimal`);
  }
  return bytes;
}
