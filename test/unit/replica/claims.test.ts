import { describe, expect, it } from 'vitest';
import { assert } from '../../../src/base/assert.ts';
import { type DeviceId, batchIdFromBytes } from '../../../src/base/ids.ts';
import { alarmBodies } from '../../../src/daemon/relays/alarm-bodies.ts';
import { decodeBatch } from '../../../src/log/header.ts';
import { createRevoke } from '../../../src/membership/log/create.ts';
import { createEpochKey } from '../../../src/membership/log/epoch.ts';
import type { AlarmKind } from '../../../src/replica/names/alarm.ts';
import { stateOf } from '../../helpers/crafted-batch.ts';
import type { TestDevice } from '../../helpers/test-device.ts';
import {
  far,
  forkedHeader,
  heldOtherwise,
  isolate,
  kinds,
  lacksOurs,
  lie,
  node,
  open,
  revoke,
  saying,
  setup,
  tellTruth,
  type World,
} from './claims-world.ts';

const claimants = (device: TestDevice): readonly DeviceId[] =>
  open(device).flatMap(({ claims }) => (claims ?? []).map(({ by }) => by));

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
