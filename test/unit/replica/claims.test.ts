import { describe, expect, it } from 'vitest';
import { assert } from '../../../src/base/assert.ts';
import {
  type BatchId,
  type DeviceId,
  type ScopeId,
  batchIdFromBytes,
  scopeIdFromBytes,
} from '../../../src/base/ids.ts';
import type { JsonObject, JsonValue } from '../../../src/base/json.ts';
import type { Stamp } from '../../../src/clock/stamp.ts';
import { alarmBodies } from '../../../src/daemon/relays/alarm-bodies.ts';
import { decodeBatch } from '../../../src/log/header.ts';
import { type FrontierDelta, encodeMeta } from '../../../src/log/meta.ts';
import { sealBatch } from '../../../src/log/sealing.ts';
import { createRevoke } from '../../../src/membership/log/create.ts';
import { createEpochKey } from '../../../src/membership/log/epoch.ts';
import type { AlarmKind, Alarm } from '../../../src/replica/names/alarm.ts';
import { craftBatch, craftChange, stateOf } from '../../helpers/crafted-batch.ts';
import { type Devices, batchesBy, setupDevices } from '../../helpers/setup-pair.ts';
import type { TestDevice } from '../../helpers/test-device.ts';

const node = ['workspace', 'w'] as const;
const far = 900;

interface World extends Devices {
  /** Whose eyes these are. */
  readonly a: TestDevice;
  /** Tells the truth. */
  readonly honest: TestDevice;
  /** Of whom is told. */
  readonly author: TestDevice;
  /** Enrolled, and means harm. */
  readonly liar: TestDevice;
}

function setup(): World {
  const devices = setupDevices(4);
  const [a, honest, author, liar] = devices.all as [TestDevice, TestDevice, TestDevice, TestDevice];
  return { ...devices, a, honest, author, liar };
}

/** Numbers of the batches that a test crafts beside the device's own log, by device and scope. */
const crafted = new WeakMap<TestDevice, Map<ScopeId, { sequence: number; batchId: BatchId }>>();

/** The next batch of a device, with a meta record that says what it likes; nobody has it yet. */
function saying(by: TestDevice, scopeId: ScopeId, frontier: FrontierDelta, more: object = {}): Uint8Array {
  const meta = encodeMeta({ stamp: '019b76daa800-0000' as Stamp, frontier, audit: null, scopes: [], ...more });
  const heads = crafted.get(by) ?? new Map<ScopeId, { sequence: number; batchId: BatchId }>();
  crafted.set(by, heads);
  const after = heads.get(scopeId) ?? by.disk.log.heads(scopeId).get(by.keys.deviceId) ?? null;
  const batch = craftBatch({ by, scopeId, meta, kind: 'heartbeat', after });
  heads.set(scopeId, { sequence: (after?.sequence ?? 0) + 1, batchId: batch.batchId });
  return batch.bytes;
}

function lie(world: World, sequence = far, about = world.author, id = 7): void {
  const batchId = batchIdFromBytes(new Uint8Array(32).fill(id));
  const bytes = saying(world.liar, world.workspace, { [about.keys.deviceId]: [sequence, batchId] });
  expect(world.a.replica.receive(world.workspace, [bytes]).appended).toBe(1);
}

/** The honest device holds a batch of the author that the relay keeps from `a`, and says so. */
function tellTruth({ a, honest, author, workspace, send }: World): void {
  author.put(node, { kind: 'task', title: 'kept back' });
  send(author, honest);
  honest.put(['workspace', 'h'], { kind: 'task', title: 'of honest' });
  a.replica.receive(workspace, batchesBy(honest, workspace));
}

function revoke({ a, liar, workspace }: World, subject = liar, cut?: number): void {
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
function isolate({ a, liar, workspace }: World): void {
  const record = craftChange({ objectId: 'twice' });
  const sequence = crafted.get(liar)?.get(workspace)?.sequence ?? 0;
  const before = sequence === 1 ? null : a.disk.log.get(workspace, liar.keys.deviceId, sequence - 1);
  const second = craftBatch({ by: liar, scopeId: workspace, records: [record], after: before ?? null });
  a.replica.receive(workspace, [second.bytes]);
  expect(a.replica.alarms().some(({ kind }) => kind === 'device_equivocation')).toBe(true);
}

const open = (device: TestDevice): readonly Alarm[] =>
  device.replica.alarms().filter(({ clearedMs }) => clearedMs === null);
const kinds = (device: TestDevice): readonly AlarmKind[] => open(device).map(({ kind }) => kind);
const claimants = (device: TestDevice): readonly DeviceId[] =>
  open(device).flatMap(({ claims }) => (claims ?? []).map(({ by }) => by));

/** A batch of the liar that names another membership log than there is. */
function forkedHeader({ liar, workspace }: World): Uint8Array {
  const after = crafted.get(liar)?.get(workspace) ?? null;
  return sealBatch({
    ...{ scopeId: workspace, kind: 'changes', epoch: 1, deviceKeys: liar.keys },
    logSequence: stateOf(liar, workspace).sequence,
    epochKey: liar.replica.epochKey(workspace, 1) as Uint8Array,
    sequence: (after?.sequence ?? 0) + 1,
    previous: new Uint8Array(32),
    logHead: new Uint8Array(32).fill(3),
    records: [encodeMeta({ stamp: '019b76daa800-0000' as Stamp, frontier: {}, audit: null, scopes: [] })],
    random: new Uint8Array(32),
  }).bytes;
}

function heldOtherwise(world: World): void {
  world.author.put(node, { kind: 'task', title: 'one' });
  world.send(world.author, world.a);
  lie(world, 1);
}

function lacksOurs({ a, liar, workspace, clock }: World): void {
  a.put(node, { kind: 'task', title: 'ours' });
  a.replica.confirmed(workspace, 1);
  clock.nowMs += 60 * 60_000;
  const stamp = `${clock.nowMs.toString(16).padStart(12, '0')}-0000` as Stamp;
  a.replica.receive(workspace, [saying(liar, workspace, {}, { stamp })]);
}

/** Each thing that the word of one device alone brings about, and that must go with it. */
const rows: readonly [AlarmKind, string, (world: World) => void][] = [
  ['withheld', 'a batch that is not here', (world) => (lie(world), world.a.replica.caughtUp(world.workspace))],
  ['peer_fork', 'another batch than the one held here', heldOtherwise],
  [
    'peer_fork',
    'another batch than the one that arrives',
    (world) => {
      lie(world, 1);
      world.author.put(node, { kind: 'task', title: 'one' });
      world.send(world.author, world.a);
    },
  ],
  [
    'peer_fork',
    'another batch than somebody else told of',
    (world) => {
      tellTruth(world);
      lie(world, 1);
    },
  ],
  ['not_forwarded', 'that our batches do not reach it', lacksOurs],
];

describe('what one device says of others', () => {
  it.each(rows)('147 %s (%s) names who says so, in words and in the API', (kind, _what, say) => {
    const world = setup();
    const { a, liar } = world;
    say(world);
    expect(kinds(a)).toEqual([kind]);
    expect(claimants(a)).toEqual([liar.keys.deviceId]);
    expect(open(a)[0]?.message).toContain(liar.keys.deviceId);
    const [body] = alarmBodies(a.replica.alarms(), (id) => (id === liar.keys.deviceId ? 'kiosk' : ''));
    expect(body).toMatchObject({ kind, claimedBy: [{ deviceId: liar.keys.deviceId, label: 'kiosk' }] });
    expect(body?.message).toContain('Only one device says so: kiosk');
    expect(body?.message).toContain('sourcesync devices revoke kiosk');
  });

  it.each(rows)('147 %s (%s) goes when its witness is revoked, also after a restart', (kind, _what, say) => {
    for (const restarts of [false, true]) {
      const world = setup();
      const { a, workspace } = world;
      say(world);
      if (restarts) {
        a.restart();
        a.replica.caughtUp(workspace);
      }
      expect(kinds(a)).toContain(kind);
      revoke(world);
      a.replica.caughtUp(workspace);
      expect(kinds(a)).not.toContain(kind);
      expect(claimants(a)).not.toContain(world.liar.keys.deviceId);
      a.restart();
      a.replica.caughtUp(workspace);
      expect(claimants(a)).not.toContain(world.liar.keys.deviceId);
    }
  });

  it.each(rows)('147 %s (%s) goes when its witness signed one number twice', (kind, _what, say) => {
    const world = setup();
    const { a, workspace } = world;
    say(world);
    isolate(world);
    a.replica.caughtUp(workspace);
    expect(claimants(a)).not.toContain(world.liar.keys.deviceId);
    expect(kinds(a)).not.toContain(kind);
    expect(kinds(a)).toContain('device_equivocation');
  });

  it('147 another membership log goes with whoever said so; signed entries do not', () => {
    const world = setup();
    const { a, liar, workspace } = world;
    a.replica.receive(workspace, [forkedHeader(world)]);
    expect(kinds(a)).toEqual(['log_fork']);
    expect(claimants(a)).toEqual([liar.keys.deviceId]);
    a.restart();
    revoke(world);
    expect(kinds(a)).toEqual([]);
    a.replica.receive(workspace, [forkedHeader(world)]);
    expect(kinds(a)).toEqual([]);
  });

  it('147 what is proven stands, whoever said it first', () => {
    const world = setup();
    const { a, workspace } = world;
    a.replica.receive(workspace, [forkedHeader(world)]);
    a.replica.raiseAlarm({ kind: 'log_fork', scopeId: workspace, evidence: [new Uint8Array([1])] });
    expect(open(a)).toMatchObject([{ kind: 'log_fork', claims: null }]);
    a.replica.receive(workspace, [forkedHeader(world)]);
    revoke(world);
    expect(kinds(a)).toEqual(['log_fork']);
  });

  it.each([
    ['first', [tellTruth, lie]],
    ['last', [lie, tellTruth]],
  ] as const)('147 a larger lie leaves what an honest device said %s', (_when, steps) => {
    const world = setup();
    const { a, honest, author, liar, workspace, send } = world;
    steps.forEach((step) => step(world));
    a.replica.caughtUp(workspace);
    expect(new Set(claimants(a))).toEqual(new Set([honest.keys.deviceId, liar.keys.deviceId]));
    expect(open(a)[0]?.message).toContain('2 devices say so');
    revoke(world);
    expect(kinds(a)).toEqual(['withheld']);
    expect(claimants(a)).toEqual([honest.keys.deviceId]);
    a.restart();
    a.replica.caughtUp(workspace);
    expect(claimants(a)).toEqual([honest.keys.deviceId]);
    send(author, a);
    expect(kinds(a)).toEqual([]);
  });

  it('147 what arrives ends what was true of it, and leaves the lie to its liar', () => {
    const world = setup();
    const { a, author, liar, workspace, send } = world;
    tellTruth(world);
    lie(world);
    a.replica.caughtUp(workspace);
    send(author, a);
    expect(claimants(a)).toEqual([liar.keys.deviceId]);
    expect(open(a)[0]?.message).toContain('Only one device says so');
  });

  it('147 a contradiction of two goes with either of them', () => {
    const world = setup();
    tellTruth(world);
    lie(world, 1);
    expect(kinds(world.a)).toEqual(['peer_fork']);
    revoke(world, world.honest);
    expect(kinds(world.a)).toEqual([]);
  });

  it('147 a liar takes no more room however much it says', () => {
    const world = setup();
    const { a, workspace } = world;
    const saved = (): string => JSON.stringify(a.disk.settings.get(`frontier.claims.${workspace}`));
    lie(world);
    const { length } = saved();
    for (let more = 1; more < 40; more++) {
      lie(world, far - 20 + more, world.author, more);
      lie(world, far + more, world.honest, more);
    }
    a.replica.caughtUp(workspace);
    expect(saved().length).toBeLessThan(3 * length);
    expect(
      open(a)
        .map(({ kind }) => kind)
        .sort(),
    ).toEqual(['peer_fork', 'withheld', 'withheld']);
    expect(open(a).every(({ claims }) => claims?.length === 1)).toBe(true);
  });

  it('147 what a revoked device said before and comes later is not believed', () => {
    const world = setup();
    const { a, author, liar, workspace } = world;
    const { deviceId } = author.keys;
    const one = saying(liar, workspace, {});
    const two = saying(liar, workspace, { [deviceId]: [far, batchIdFromBytes(new Uint8Array(32).fill(7))] });
    const decoded = decodeBatch(two);
    assert(decoded.ok, 'the batch decodes');
    a.replica.receive(workspace, [one]);
    const state = stateOf(a, workspace);
    const entry = createRevoke({
      ...{ state, signer: a.keys, subject: liar.keys.deviceId },
      epochKey: a.replica.epochKey(workspace, 1) as Uint8Array,
      newEpochKey: createEpochKey((size) => new Uint8Array(size).fill(5)),
      cut: { sequence: 2, batchId: decoded.value.batchId },
    });
    expect(a.replica.receiveEntries(workspace, state.sequence + 1, [entry]).ok).toBe(true);
    expect(a.replica.receive(workspace, [two])).toMatchObject({ appended: 1 });
    a.replica.caughtUp(workspace);
    expect(open(a)).toEqual([]);
  });

  it('147 alarms that rest on a word give way to proofs where there is no room for all', () => {
    const { a, author, workspace } = setup();
    const { deviceId } = author.keys;
    a.replica.raiseAlarm({ kind: 'device_equivocation', scopeId: workspace, deviceId });
    const claims = [{ by: deviceId, sequence: 1, atMs: 0, against: [] }];
    for (let index = 0; index < 300; index++) {
      const relayUrl = `wss://${index}.test`;
      a.replica.raiseAlarm({ kind: 'withheld', scopeId: workspace, relayUrl, claims });
    }
    expect(a.replica.alarms()).toHaveLength(256);
    expect(kinds(a)).toContain('device_equivocation');
  });

  it('147 a store that fails at any step of a revocation leaves the alarm, and the next try settles it', () => {
    const world = setup();
    const { a } = world;
    tellTruth(world);
    lie(world);
    a.replica.caughtUp(world.workspace);
    for (let operation = 1, isDone = false; !isDone; operation++) {
      expect(operation).toBeLessThan(200);
      a.failing.arm(operation);
      try {
        revoke(world);
        isDone = true;
      } catch {
        a.failing.disarm();
        expect(claimants(a)).toContain(world.liar.keys.deviceId);
      }
      a.failing.disarm();
    }
    expect(claimants(a)).toEqual([world.honest.keys.deviceId]);
  });
});

describe('what versions before wrote down', () => {
  const inOldForm = (alarm: JsonValue): JsonObject => {
    const { claims: _claims, ...rest } = alarm as JsonObject;
    return rest;
  };

  /** The store as a version left it that did not note who said so. */
  function age({ a, workspace }: World, deviceId: DeviceId, told: readonly [number, BatchId]): void {
    a.disk.settings.remove(`frontier.claims.${workspace}`);
    a.disk.settings.set('frontier.attested', { [workspace]: { [deviceId]: told } } as never);
    a.disk.settings.set('alarms', (a.disk.settings.get('alarms') as readonly JsonValue[]).map(inOldForm));
    const heard = a.events.length;
    a.restart();
    // Who listens is not there yet while the replica is made.
    expect(a.events).toHaveLength(heard);
    a.replica.rejudgeBatches();
  }

  it('148 who told of a batch is found in the log, and the alarm goes on in its name', () => {
    const world = setup();
    const { a, honest, author, workspace, send } = world;
    tellTruth(world);
    a.replica.caughtUp(workspace);
    const { deviceId } = author.keys;
    const { batchId } = author.disk.log.get(workspace, deviceId, 1) as { batchId: BatchId };
    age(world, deviceId, [1, batchId]);
    expect(open(a)).toMatchObject([{ kind: 'withheld', claims: [{ by: honest.keys.deviceId, sequence: 1 }] }]);
    send(author, a);
    expect(kinds(a)).toEqual([]);
  });

  it('148 what nobody is found for is forgotten, and its alarm is settled at the start', () => {
    const world = setup();
    const { a, author, workspace } = world;
    lie(world);
    a.replica.caughtUp(workspace);
    const events = a.events.length;
    age(world, author.keys.deviceId, [far, batchIdFromBytes(new Uint8Array(32).fill(8))]);
    expect(kinds(a)).toEqual([]);
    expect(a.events.slice(events).map(({ type }) => type)).toEqual(['alarm.cleared']);
    a.replica.caughtUp(workspace);
    expect(kinds(a)).toEqual([]);
  });

  it('148 the liar that was revoked long ago lets go', () => {
    const world = setup();
    const { a, author, workspace } = world;
    lie(world);
    a.replica.caughtUp(workspace);
    const alarms = a.disk.settings.get('alarms') as JsonValue;
    revoke(world);
    a.disk.settings.set('alarms', alarms);
    age(world, author.keys.deviceId, [far, batchIdFromBytes(new Uint8Array(32).fill(7))]);
    a.replica.caughtUp(workspace);
    expect(open(a)).toEqual([]);
  });

  it.each([
    ['peer_fork', heldOtherwise],
    ['log_fork', (world: World) => world.a.replica.receive(world.workspace, [forkedHeader(world)])],
    ['not_forwarded', lacksOurs],
  ] as const)('148 %s: the signed headers that were kept, or the alarm itself, say who', (kind, say) => {
    const world = setup();
    const { a, author, liar } = world;
    say(world);
    age(world, author.keys.deviceId, [far, batchIdFromBytes(new Uint8Array(32).fill(8))]);
    expect(open(a)).toMatchObject([{ kind, claims: [{ by: liar.keys.deviceId }] }]);
    revoke(world);
    expect(open(a)).toEqual([]);
  });

  it('148 what proves itself stays', () => {
    const world = setup();
    const { a, author } = world;
    lie(world);
    isolate(world);
    age(world, author.keys.deviceId, [1, batchIdFromBytes(new Uint8Array(32).fill(8))]);
    expect(open(a)).toMatchObject([{ kind: 'device_equivocation', claims: null }]);
  });
});

describe('scopes to join', () => {
  const scope = (id: number) => ({
    ...{ scopeId: scopeIdFromBytes(new Uint8Array(32).fill(id)), kind: 'org' as const, name: `s${id}`, root: null },
  });
  const listed = ({ a }: World): readonly string[] => a.replica.announcedScopes().map(({ name }) => name);

  it('149 go with the administrator who announced them, unless another one did too', () => {
    const world = setup();
    const { a, honest, liar, profile } = world;
    a.replica.receive(profile, [saying(liar, profile, {}, { scopes: [scope(1), scope(2)] })]);
    a.replica.receive(profile, [saying(honest, profile, {}, { scopes: [scope(2)] })]);
    expect(listed(world)).toEqual(['s1', 's2']);
    revoke({ ...world, workspace: profile });
    expect(listed(world)).toEqual(['s2']);
    a.restart();
    expect(listed(world)).toEqual(['s2']);
  });

  it('149 are so many of each administrator, and nobody takes the room of another', () => {
    const world = setup();
    const { a, honest, liar, profile } = world;
    const many = (from: number) =>
      Array.from({ length: 200 }, (_, index) => {
        const bytes = new Uint8Array(32).fill(1);
        new DataView(bytes.buffer).setUint32(0, from + index);
        return { ...scope(1), scopeId: scopeIdFromBytes(bytes) };
      });
    for (const from of [0, 1000, 2000]) {
      a.replica.receive(profile, [saying(liar, profile, {}, { scopes: many(from) })]);
    }
    a.replica.receive(profile, [saying(honest, profile, {}, { scopes: [scope(9)] })]);
    expect(a.replica.announcedScopes()).toHaveLength(257);
    expect(listed(world)).toContain('s9');
  });
});
