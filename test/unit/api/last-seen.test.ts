import { describe, expect, it } from 'vitest';
import type { StatusBody } from '../../../src/api/types/bodies.ts';
import type { DeviceListBody } from '../../../src/api/types/devices.ts';
import { setupApi } from './setup-api.ts';

describe('devices and alarms in the API', () => {
  it('a device was last seen when it wrote what is held of it', async () => {
    const { call, b, exchange, clock } = setupApi();
    const seen = async () => {
      const { items } = (await call('GET', '/v1/devices')).json<DeviceListBody>();
      return items.find(({ deviceId }) => deviceId === b.keys.deviceId)?.lastSeenAt;
    };
    expect(await seen()).toBeNull();
    b.put(['workspace', 'w'], { kind: 'task', title: 'one' });
    exchange();
    const at = new Date(clock.nowMs).toISOString();
    clock.nowMs += 5000;
    expect(await seen()).toBe(at);
  });

  it('status lists the alarms that stand, in words', async () => {
    const { call, a, b, workspace } = setupApi();
    a.replica.raiseAlarm({ kind: 'withheld', scopeId: workspace, deviceId: b.keys.deviceId });
    const { alarms } = (await call('GET', '/v1/status')).json<StatusBody>();
    expect(alarms).toMatchObject([{ kind: 'withheld', label: 'later', reasonCode: 'relay_untrusted' }]);
    expect(alarms[0]?.message).toContain('Use another relay');
    a.replica.clearAlarms({});
    expect((await call('GET', '/v1/status')).json<StatusBody>().alarms).toEqual([]);
  });
});
