import { describe, expect, it } from 'vitest';
import type { RotationBody } from '../../../src/api/types/membership.ts';
import { ok } from '../../../src/base/result.ts';
import { run } from './setup-cli.ts';

const device = (label: string, role: string, self: boolean) => ({
  ...{ deviceId: `urn:srcos:device:${label}`, label, userId: 'u', role, self, revoked: false },
  ...{ lastSeenAt: null, scopes: [] },
});
const scope: RotationBody['scopes'][number] = {
  ...{ scopeId: 's' as RotationBody['scopes'][number]['scopeId'], kind: 'profile', name: 'profile' },
  ...{ state: 'refused', message: 'This device is no administrator of the scope.', epoch: 2, devices: 1, cut: 0 },
  held: { batches: 0, changes: 0, unreadable: 0, missingEpochs: [] },
};
const plan: RotationBody = {
  subject: { deviceId: 'urn:srcos:device:desk' as never, label: 'desk' },
  ...{ executed: false, scopes: [scope], readable: { batches: 0, changes: 0 } },
};

describe('devices ls', () => {
  it('says of each when something of it came last', async () => {
    const heard = { ...device('phone', 'writer', false), lastSeenAt: '2026-01-01T00:00:00.000Z' };
    const items = [device('desk', 'admin', true), device('laptop', 'writer', false), heard];
    const { out } = await run({ client: { devices: async () => ok({ items }) } }, 'devices', 'ls');
    const lines = out.join('\n').split('\n');
    expect(lines[1]).toMatch(/^desk +admin +now +this device +urn:srcos:device:desk$/);
    expect(lines[2]).toMatch(/writer +nothing received yet +urn:\S+laptop$/);
    expect(lines[3]).toMatch(/writer +202[56]-\d\d-\d\d \d\d:\d\d +urn:\S+phone$/);
  });
});

describe('devices revoke', () => {
  it.each([[[]], [['--execute']]])(
    'that this device may not do says who may, and gives no other advice %j',
    async (more) => {
      const client = {
        revokeDevice: async () => ok(plan),
        devices: async () => ok({ items: [device('laptop', 'writer', true), device('desk', 'admin', false)] }),
      };
      const said = await run({ client }, 'devices', 'revoke', 'desk', ...more);
      expect(said.exitCode).toBe(6);
      expect(said.notes).toContain('Do it on an administrator: desk.');
      expect(said.out.join('')).not.toContain('--execute');
    },
  );

  it('that can be done says how', async () => {
    const planned = { ...plan, scopes: [{ ...scope, state: 'planned' as const, message: null }] };
    const client = { revokeDevice: async () => ok(planned), devices: async () => ok({ items: [] }) };
    const said = await run({ client }, 'devices', 'revoke', 'desk');
    expect([said.exitCode, said.out.join('')]).toEqual([0, expect.stringContaining('Do it with: --execute')]);
  });
});
