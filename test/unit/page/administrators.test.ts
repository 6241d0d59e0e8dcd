import { describe, expect, it } from 'vitest';
import { administers, whoAdministers } from '../../../page/devices/administrators.ts';
import { roleText } from '../../../page/ground/words.ts';
import type { DeviceListBody } from '../../../src/api/types/devices.ts';

type Device = DeviceListBody['items'][number];

const device = (label: string, changed: Partial<Device>): Device => ({
  ...{ deviceId: `urn:srcos:device:${label}`, label, userId: 'u', role: 'writer', self: false, revoked: false },
  ...{ lastSeenAt: null, scopes: [], ...changed },
});
const desk = device('desk', { role: 'admin' });
const lost = device('lost', { role: 'admin', revoked: true });

describe('who may pair and revoke', () => {
  it('is this device where it is an administrator', () => {
    expect(administers({ items: [lost, device('here', { self: true, role: 'admin' })] })).toBe(true);
    expect(administers({ items: [desk, device('here', { self: true })] })).toBe(false);
    expect(administers({ items: [desk, device('here', { self: true, role: 'admin', revoked: true })] })).toBe(false);
  });

  it('else another that is named, or nobody', () => {
    const here = device('here', { self: true });
    expect(whoAdministers({ items: [desk, lost, here] })).toMatch(/Do it on desk\.$/);
    expect(whoAdministers({ items: [lost, here] })).toContain('twelve words');
  });

  it.each([
    ['admin', 'It is an administrator.'],
    ['writer', 'It is a writer.'],
  ])('%s is said as a sentence', (role, words) => {
    expect(roleText(role)).toBe(words);
  });
});
