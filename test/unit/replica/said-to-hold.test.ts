import { expect, it } from 'vitest';
import type { ScopeId } from '../../../src/base/ids.ts';
import { deviceStandings } from '../../../src/daemon/relays/device-standings.ts';
import { batchesBy, setupPair } from '../../helpers/setup-pair.ts';
import { receiveAll } from '../../helpers/receive-all.ts';

const write = { kind: 'task', title: 'one' };

it('134a a device that wrote nothing has said nothing; a sign of life says all that it holds', () => {
  const { a, b, workspace, exchange } = setupPair();
  a.put(['workspace', 'w'], write);
  exchange();
  const said = () => a.replica.saidToHold(workspace).get(b.keys.deviceId);
  expect(said()).toEqual({ behind: null, inStep: null });
  b.replica.writeHeartbeat(workspace);
  exchange();
  expect(said()).toEqual({ behind: 0, inStep: true });
  expect([...a.replica.saidToHold(workspace).keys()]).toEqual([b.keys.deviceId]);
  expect(a.replica.saidToHold('urn:srcos:scope:x' as ScopeId).size).toBe(0);
});

it('134a what was written since is not confirmed, until the device speaks; signs of life are not counted', () => {
  const { a, b, workspace, exchange } = setupPair();
  b.replica.writeHeartbeat(workspace);
  a.replica.writeHeartbeat(workspace);
  exchange();
  const said = () => a.replica.saidToHold(workspace).get(b.keys.deviceId);
  expect(said()).toEqual({ behind: 0, inStep: true });
  a.put(['workspace', 'w'], write);
  a.put(['workspace', 'v'], write);
  expect(said()).toEqual({ behind: 2, inStep: null });
  exchange();
  expect(said()).toEqual({ behind: 2, inStep: null });
  b.put(['workspace', 'u'], write);
  exchange();
  expect(said()).toEqual({ behind: 0, inStep: true });
});

it('134a a device that wrote later and lacked something is not in step; many are counted without opening them', () => {
  const { a, b, workspace, clock, exchange } = setupPair();
  b.replica.writeHeartbeat(workspace);
  exchange();
  for (let n = 0; n < 20; n++) {
    a.put(['workspace', `w${n}`], write);
  }
  clock.nowMs += 60_000;
  b.put(['workspace', 'u'], write);
  receiveAll(a.replica, workspace, batchesBy(b, workspace));
  expect(a.replica.saidToHold(workspace).get(b.keys.deviceId)).toEqual({ behind: 20, inStep: false });
  exchange();
  const [standing] = deviceStandings(a.replica, () => 'lap');
  expect(standing).toMatchObject({ deviceId: b.keys.deviceId, label: 'lap', behind: null, inStep: false });
});

it('134a a log that cannot be read leaves the device there, with nothing known of it', () => {
  const { a, b, workspace, exchange } = setupPair();
  b.replica.writeHeartbeat(workspace);
  exchange();
  const failing = (cause: Error) => ({
    ...a.replica,
    saidToHold: () => {
      throw cause;
    },
  });
  const unread = Object.assign(new Error('disk I/O error'), { code: 'SQLITE_IOERR_READ' });
  expect(deviceStandings(failing(unread), () => 'lap')).toContainEqual(
    expect.objectContaining({ deviceId: b.keys.deviceId, behind: null, inStep: null }),
  );
  expect(() => deviceStandings(failing(new Error('a bug')), () => 'lap')).toThrow('a bug');
});
