import { describe, expect, it } from 'vitest';
import { stateOf } from '../../helpers/crafted-batch.ts';
import { setupApi } from './setup-api.ts';

describe('devices and keys', () => {
  it('a revocation is a dry run until it is told to execute', async () => {
    const setup = setupApi();
    const path = `/v1/devices/${encodeURIComponent(setup.b.replica.self)}/revoke`;
    const plan = await setup.call('POST', path, {});
    expect(plan.json()).toMatchObject({ executed: false, scopes: [{ state: 'planned' }, { state: 'planned' }] });
    expect(stateOf(setup.a, setup.workspace).epochs).toHaveLength(1);
    const done = await setup.call('POST', path, { execute: true });
    expect(done.json()).toMatchObject({ executed: true, scopes: [{ state: 'done', epoch: 2 }, { state: 'done' }] });
    const again = await setup.call('POST', path, { execute: true });
    expect([again.statusCode, again.json()]).toMatchObject([
      409,
      { detail: expect.stringContaining('already') as string },
    ]);
  });

  it.each([
    ['an unknown device', '/v1/devices/nobody/revoke', {}, 404],
    ['an unknown role', '/v1/devices/nobody/role', { role: 'owner' }, 400],
    ['an unknown authority', '/v1/devices/nobody/role', { role: 'writer', authorities: ['all'] }, 400],
    ['the same authority twice', '/v1/devices/nobody/role', { role: 'writer', authorities: ['lease', 'lease'] }, 400],
    ['an unknown device for a role', '/v1/devices/nobody/role', { role: 'writer' }, 404],
    ['a name that is no text', '/v1/devices/nobody/rename', { label: 1 }, 400],
    ['an unknown device to rename', '/v1/devices/nobody/rename', { label: 'x' }, 404],
    ['a scope that is no text', '/v1/keys/rotate', { scopeId: 1 }, 400],
    ['an unknown scope', '/v1/keys/rotate', { scopeId: 'x' }, 404],
  ])('%s is told', async (_what, path, body, status) => {
    expect((await setupApi().call('POST', path, body)).statusCode).toBe(status);
  });

  it('a role is given, keys are rotated and verified', async () => {
    const setup = setupApi();
    const device = encodeURIComponent(setup.b.replica.self);
    const role = await setup.call('POST', `/v1/devices/${device}/role`, { role: 'admin', authorities: ['lease'] });
    expect(role.json()).toMatchObject({
      role: 'admin',
      authorities: ['lease'],
      scopes: [{ done: true }, { done: true }],
    });
    const rotated = await setup.call('POST', '/v1/keys/rotate', { execute: true, scopeId: setup.workspace });
    expect(rotated.json()).toMatchObject({ subject: null, scopes: [{ state: 'done', epoch: 2 }] });
    expect((await setup.call('GET', '/v1/keys/verify')).json()).toMatchObject({ ok: true });
  });

  it('a device is renamed, with nothing hidden in its name', async () => {
    const setup = setupApi();
    const path = `/v1/devices/${encodeURIComponent(setup.b.replica.self)}/rename`;
    const renamed = await setup.call('POST', path, { label: ' Anna’s laptop ' });
    expect(renamed.json()).toEqual({ deviceId: setup.b.replica.self, label: 'Anna’s laptop' });
    const { items } = (await setup.call('GET', '/v1/devices')).json<{ items: { label: string }[] }>();
    expect(items.map(({ label }) => label)).toContain('Anna’s laptop');
    for (const label of ['', 'x'.repeat(128), 'a\nb', 'lap\u200btop', '\u202eptop', '\u00ad']) {
      const refused = await setup.call('POST', path, { label });
      expect([refused.statusCode, refused.json()]).toMatchObject([
        422,
        { detail: expect.stringContaining('1 to 127 bytes') as string },
      ]);
    }
  });

  it('the log of a scope is given as it travels', async () => {
    const setup = setupApi();
    const log = await setup.call('GET', `/v1/scopes/${encodeURIComponent(setup.workspace)}/log`);
    expect(log.json()).toMatchObject({ scopeId: setup.workspace, kind: 'workspace', sealedRoot: null });
    expect((await setup.call('GET', '/v1/scopes/x/log')).statusCode).toBe(404);
  });
});
