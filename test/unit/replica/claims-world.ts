import { expect } from 'vitest';
import { type BatchId, type ScopeId, batchIdFromBytes } from '../../../src/base/ids.ts';
import type { Stamp } from '../../../src/clock/stamp.ts';
import { type FrontierDelta, encodeMeta } from '../../../src/log/meta.ts';
import { sealBatch } from '../../../src/log/sealing.ts';
import { createRevoke } from '../../../src/membership/log/create.ts';
import { createEpochKey } from '../../../src/membership/log/epoch.ts';
import type { AlarmKind, Alarm } from '../../../src/replica/names/alarm.ts';
import { craftBatch, craftChange, stateOf } from '../../helpers/crafted-batch.ts';
import { type Devices, batchesBy, setupDevices } from '../../helpers/setup-pair.ts';
import type { TestDevice } from '../../helpers/test-device.ts';

export const node = ['workspace', 'w'] as const;

export const far = 900;

export interface World extends Devices {
  /** Whose eyes these are. */
  readonly a: TestDevice;
  /** Tells the truth. */
  readonly honest: TestDevice;
  /** Of whom is told. */
  readonly author: TestDevice;
  /** Enrolled, and means harm. */
  readonly liar: TestDevice;
}

export function setup(): World {
  const devices = setupDevices(4);
  const [a, honest, author, liar] = devices.all as [TestDevice, TestDevice, TestDevice, TestDevice];
  return { ...devices, a, honest, author, liar };
}

/** Numbers of the batches that a test crafts beside the device's own log, by device and scope. */
const crafted = new WeakMap<TestDevice, Map<ScopeId, { sequence: number; batchId: BatchId }>>();

/** The next batch of a device, with a meta record that says what it likes; nobody has it yet. */
export function saying(by: TestDevice, scopeId: ScopeId, frontier: FrontierDelta, more: object = {}): Uint8Array {
  const meta = encodeMeta({ stamp: '019b76daa800-0000' as Stamp, frontier, audit: null, scopes: [], ...more });
  const heads = crafted.get(by) ?? new Map<ScopeId, { sequence: number; batchId: BatchId }>();
  crafted.set(by, heads);
  const after = heads.get(scopeId) ?? by.disk.log.heads(scopeId).get(by.keys.deviceId) ?? null;
  const batch = craftBatch({ by, scopeId, meta, kind: 'heartbeat', after });
  heads.set(scopeId, { sequence: (after?.sequence ?? 0) + 1, batchId: batch.batchId });
  return batch.bytes;
}

export function lie(world: World, sequence = far, about = world.author, id = 7): void {
  const batchId = batchIdFromBytes(new Uint8Array(32).fill(id));
  const bytes = saying(world.liar, world.workspace, { [about.keys.deviceId]: [sequence, batchId] });
  expect(world.a.replica.receive(world.workspace, [bytes]).appended).toBe(1);
}

/** The honest device holds a batch of the author that the relay keeps from `a`, and says so. */
export function tellTruth({ a, honest, author, workspace, send }: World): void {
  author.put(node, { kind: 'task', title: 'kept back' });
  send(author, honest);
  honest.put(['workspace', 'h'], { kind: 'task', title: 'of honest' });
  a.replica.receive(workspace, batchesBy(honest, workspace));
}

export function revoke({ a, liar, workspace }: World, subject = liar, cut?: number): void {
  const state = stateOf(a, workspace);
  const head = a.disk.log.heads(workspace).get(subject.keys.deviceId) ?? { sequence: 0, batchId: null };
  const entry = createRevoke({
    ...{ state, signer: a.keys, subject: subject.keys.deviceId },
    epochKey: a.replica.epochKey(workspace, state.epochs.length) as Uint8Array,
    newEpochKey: createEpochKey((size) => new Uint8Array(size).fill(5)),
    cut: cut === undefined ? head : { ...head, sequence: cut },
  });
  expect(a.replica.receiveEntries(workspace, state.sequence + 1, [entry]).ok).toBe(true);
}

/** Two batches of the liar under one number. */
export function isolate({ a, liar, workspace }: World): void {
  const record = craftChange({ objectId: 'twice' });
  const sequence = crafted.get(liar)?.get(workspace)?.sequence ?? 0;
  const before = sequence === 1 ? null : a.disk.log.get(workspace, liar.keys.deviceId, sequence - 1);
  const second = craftBatch({ by: liar, scopeId: workspace, records: [record], after: before ?? null });
  a.replica.receive(workspace, [second.bytes]);
  expect(a.replica.alarms().some(({ kind }) => kind === 'device_equivocation')).toBe(true);
}

export const open = (device: TestDevice): readonly Alarm[] =>
  device.replica.alarms().filter(({ clearedMs }) => clearedMs === null);

export const kinds = (device: TestDevice): readonly AlarmKind[] => open(device).map(({ kind }) => kind);

/** A batch of the liar that names another membership log than there is. */
export function forkedHeader({ liar, workspace }: World): Uint8Array {
  const after = crafted.get(liar)?.get(workspace) ?? null;
  return sealBatch(
    {
      scopeId: workspace,
      kind: 'changes',
      epoch: 1,
      logSequence: stateOf(liar, workspace).sequence,
      sequence: (after?.sequence ?? 0) + 1,
      previous: new Uint8Array(32),
      logHead: new Uint8Array(32).fill(3),
    },
    {
      deviceKeys: liar.keys,
      epochKey: liar.replica.epochKey(workspace, 1) as Uint8Array,
      records: [encodeMeta({ stamp: '019b76daa800-0000' as Stamp, frontier: {}, audit: null, scopes: [] })],
      random: new Uint8Array(32),
    },
  ).bytes;
}

export function heldOtherwise(world: World): void {
  world.author.put(node, { kind: 'task', title: 'one' });
  world.send(world.author, world.a);
  lie(world, 1);
}

export function lacksOurs({ a, liar, workspace, clock }: World): void {
  a.put(node, { kind: 'task', title: 'ours' });
  a.replica.confirmed(workspace, 1);
  clock.nowMs += 60 * 60_000;
  const stamp = `${clock.nowMs.toString(16).padStart(12, '0')}-0000` as Stamp;
  a.replica.receive(workspace, [saying(liar, workspace, {}, { stamp })]);
}
