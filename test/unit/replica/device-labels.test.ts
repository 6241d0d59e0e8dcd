import { describe, expect, it } from 'vitest';
import { setupPair } from '../../helpers/setup-pair.ts';

describe('names of devices', () => {
  it('149a are told to the other devices, and stay after a restart', () => {
    const pair = setupPair();
    const { deviceId } = pair.a.keys;
    expect(pair.a.replica.nameDevice(deviceId, 'tower').ok).toBe(true);
    pair.exchange();
    pair.b.restart();
    for (const { replica } of [pair.a, pair.b]) {
      expect(replica.givenLabel(deviceId)).toBe('tower');
      expect(replica.givenLabel(pair.b.keys.deviceId)).toBeUndefined();
      expect(replica.alarms()).toEqual([]);
    }
  });

  it('149a the later name counts, in whatever order it arrives', () => {
    const pair = setupPair();
    const { deviceId } = pair.b.keys;
    pair.a.replica.nameDevice(deviceId, 'first');
    pair.b.replica.nameDevice(deviceId, 'second');
    pair.a.replica.nameDevice(deviceId, 'third');
    pair.exchange();
    expect(new Set([pair.a, pair.b].map(({ replica }) => replica.givenLabel(deviceId))).size).toBe(1);
    pair.b.replica.nameDevice(deviceId, 'last');
    pair.exchange();
    expect([pair.a, pair.b].map(({ replica }) => replica.givenLabel(deviceId))).toEqual(['last', 'last']);
  });

  it('149a a writer names itself alone, and nobody names a device that is revoked or not of the person', () => {
    const pair = setupPair({ laterRole: 'writer' });
    const { a, b } = pair;
    expect(b.replica.nameDevice(b.keys.deviceId, 'laptop')).toMatchObject({ ok: true });
    const refused = { ok: false, error: { reasonCode: 'policy_denied' } };
    expect(b.replica.nameDevice(a.keys.deviceId, 'mine')).toMatchObject(refused);
    expect(a.replica.nameDevice('urn:srcos:device:nobody' as never, 'x')).toMatchObject(refused);
    pair.exchange();
    expect(a.replica.givenLabel(b.keys.deviceId)).toBe('laptop');
  });
});
