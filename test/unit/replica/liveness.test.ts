import { describe, expect, it } from 'vitest';
import type { ScopeId } from '../../../src/base/ids.ts';
import { beatLiveness, isCaughtUp } from '../../../src/daemon/members/liveness-host.ts';
import { decodeBatch } from '../../../src/log/header.ts';
import { batchesBy, setupDevices, setupPair } from '../../helpers/setup-pair.ts';
import type { TestDevice } from '../../helpers/test-device.ts';

const hour = 60 * 60 * 1000;
const node = ['workspace', 'w'] as const;

const kinds = (device: TestDevice, scopeId: ScopeId): readonly string[] =>
  batchesBy(device, scopeId).map((bytes) => {
    const decoded = decodeBatch(bytes);
    return decoded.ok ? decoded.value.header.kind : '';
  });
const unseen = (device: TestDevice): readonly (string | null)[] =>
  device.replica
    .alarms()
    .filter(({ kind, clearedMs }) => kind === 'device_unseen' && clearedMs === null)
    .map(({ deviceId }) => deviceId);

describe('signs of life', () => {
  it('130 a heartbeat a day, also of a reader, and also after a restart', () => {
    const { b, a, workspace, clock, exchange } = setupPair({ laterRole: 'reader' });
    a.put(node, { kind: 'task', title: 'one' });
    exchange();
    expect(b.replica.writeHeartbeat(workspace)).toBe(true);
    expect(b.replica.writeHeartbeat(workspace)).toBe(false);
    b.restart();
    clock.nowMs += 23 * hour;
    expect(b.replica.writeHeartbeat(workspace)).toBe(false);
    clock.nowMs += hour;
    expect(b.replica.writeHeartbeat(workspace)).toBe(true);
    expect(kinds(b, workspace)).toEqual(['heartbeat', 'heartbeat']);
    expect(a.replica.receive(workspace, batchesBy(b, workspace))).toMatchObject({ appended: 2, refusals: [] });
    expect(b.appended.filter(({ scopeId }) => scopeId === workspace)).toHaveLength(2);
  });

  it('130 a scope that is not held, and one without its key, get none', () => {
    const { a, workspace, profile } = setupPair();
    expect(a.replica.writeHeartbeat('urn:srcos:scope:x' as ScopeId)).toBe(false);
    expect(a.replica.lastHeard('urn:srcos:scope:x' as ScopeId).size).toBe(0);
    a.replica.judgeUnseen('urn:srcos:scope:x' as ScopeId);
    expect([a.replica.writeHeartbeat(workspace), a.replica.writeHeartbeat(profile)]).toEqual([true, true]);
  });

  it('131 last heard is what the last batch says of its time, and never the future', () => {
    const { a, b, workspace, clock, exchange } = setupPair();
    expect([...a.replica.lastHeard(workspace).values()]).toEqual([null, null]);
    const writtenMs = clock.nowMs;
    b.put(node, { kind: 'task', title: 'one' });
    exchange();
    clock.nowMs += hour;
    expect(a.replica.lastHeard(workspace).get(b.keys.deviceId)).toBe(writtenMs);
    clock.nowMs = writtenMs - hour;
    expect(a.replica.lastHeard(workspace).get(b.keys.deviceId)).toBe(clock.nowMs);
  });

  it('132 a device that is silent for 72 hours is unseen, until it is heard again', () => {
    const { all, workspace, clock, exchange } = setupDevices(3);
    const [a, b, c] = all as readonly [TestDevice, TestDevice, TestDevice];
    b.replica.writeHeartbeat(workspace);
    exchange();
    clock.nowMs += 71 * hour;
    a.replica.judgeUnseen(workspace);
    expect(unseen(a)).toEqual([]);
    clock.nowMs += 2 * hour;
    c.replica.writeHeartbeat(workspace);
    exchange();
    a.replica.judgeUnseen(workspace);
    a.replica.judgeUnseen(workspace);
    expect(unseen(a)).toEqual([b.keys.deviceId]);
    b.replica.writeHeartbeat(workspace);
    exchange();
    a.replica.judgeUnseen(workspace);
    expect(unseen(a)).toEqual([]);
  });

  it('132 a device that never wrote counts from when it was added', () => {
    const { a, b, workspace, clock } = setupPair();
    a.replica.judgeUnseen(workspace);
    expect(unseen(a)).toEqual([]);
    clock.nowMs += 73 * hour;
    a.replica.judgeUnseen(workspace);
    expect(unseen(a)).toEqual([b.keys.deviceId]);
  });

  it('133 nothing is written or judged before a relay says that everything is here', () => {
    const { a, workspace, profile, clock } = setupPair();
    clock.nowMs += 100 * hour;
    beatLiveness(a.replica, () => false);
    expect([kinds(a, workspace), a.replica.alarms()]).toEqual([[], []]);
    const scope = { caughtUp: true, acknowledged: 0, inFlight: 0 };
    const relay = {
      state: 'online',
      scopes: { [workspace]: scope, [profile]: { ...scope, caughtUp: false } },
    } as const;
    beatLiveness(a.replica, (scopeId) => isCaughtUp(a.replica, relay, scopeId));
    expect([kinds(a, workspace), kinds(a, profile)]).toEqual([['heartbeat'], []]);
    expect(unseen(a)).toHaveLength(1);
    expect([
      isCaughtUp(a.replica, undefined, workspace),
      isCaughtUp(a.replica, { state: 'paused' }, workspace),
    ]).toEqual([false, false]);
  });
});
