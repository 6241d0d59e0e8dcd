import { describe, expect, it } from 'vitest';
import { setupApi } from './setup-api.ts';

describe('the rest of the surface', () => {
  it('status names device, relay and every engine with its counts', async () => {
    const { call, a } = setupApi();
    a.put(['shell', 'x'], { kind: 'alias', name: 'll', body: 'ls' });
    const status = (await call('GET', '/v1/status')).json();
    expect(status.device).toMatchObject({ deviceId: a.replica.self, label: 'first' });
    expect(status.relay).toEqual({ url: null, state: 'none', reason: null, nextAttemptAt: null });
    expect(status.engines).toHaveLength(a.bindings.all().length);
    const shell = status.engines.find((engine: { collection: string }) => engine.collection === 'shell');
    expect(shell).toEqual({
      ...{ engineId: 'sourceos.sync.shell', collection: 'shell', enabled: true, state: expect.any(String) },
      ...{
        reasonCodes: expect.any(Array),
        conditions: expect.any(Array),
        causes: [],
        since: '2026-01-01T00:00:00.000Z',
      },
      ...{ mergeStrategy: 'manual_review', encryptionScope: 'profile', policyClass: 'high' },
      counts: { live: 1, tombstoned: 0, collected: 0, review: 0, conflicts: 0, quarantined: 0, outbox: 0 },
    });
  });

  it('an engine shows its whole state table with one current row', async () => {
    const { call } = setupApi();
    const engine = (await call('GET', '/v1/engines/sourceos.sync.shell')).json();
    expect(engine.machine.filter((row: { current: boolean }) => row.current)).toHaveLength(1);
    expect((await call('GET', '/v1/engines/sourceos.sync.shell/machine')).json()).toEqual({ rows: engine.machine });
  });

  it('an engine that is switched off says so, with the transition', async () => {
    const { call } = setupApi();
    await call('GET', '/v1/engines');
    const off = (await call('POST', '/v1/engines/sourceos.sync.shell/disable')).json();
    expect(off).toMatchObject({ enabled: false, state: 'engine_disabled' });
    const { items } = (await call('GET', '/v1/engines/sourceos.sync.shell/transitions')).json();
    expect(items[0]).toMatchObject({ to: 'engine_disabled', event: 'disabled' });
    expect((await call('POST', '/v1/engines/sourceos.sync.shell/enable')).json().enabled).toBe(true);
  });

  it('devices are listed with this one marked, and scopes with what they hold', async () => {
    const { call, a, b } = setupApi();
    const devices = (await call('GET', '/v1/devices')).json().items;
    expect(devices.map(({ deviceId, self }: { deviceId: string; self: boolean }) => [deviceId, self])).toEqual([
      [a.replica.self, true],
      [b.replica.self, false],
    ]);
    const scopes = (await call('GET', '/v1/scopes')).json().items;
    expect(scopes).toMatchObject([
      { devices: 2, epoch: 1, holdsKey: true },
      { devices: 2, epoch: 1, holdsKey: true },
    ]);
  });

  it('the audit chain is paged and verified', async () => {
    const { call, a } = setupApi();
    for (const id of ['x', 'y', 'z']) {
      a.put(['shell', id], { kind: 'alias', name: id, body: id });
    }
    const { count } = a.disk.audit.head();
    const first = (await call('GET', `/v1/audit?limit=${count - 1}`)).json();
    expect(first.items).toHaveLength(count - 1);
    expect((await call('GET', `/v1/audit?cursor=${first.nextCursor}`)).json()).toMatchObject({
      nextCursor: null,
      items: [{}],
    });
    expect((await call('GET', '/v1/audit?cursor=abc')).statusCode).toBe(400);
    expect((await call('GET', '/v1/audit?cursor=-1')).statusCode).toBe(400);
    expect((await call('GET', '/v1/audit/verify')).json()).toMatchObject({
      valid: true,
      events: count,
      reasonCode: null,
    });
  });

  it('pausing is told, and stopping happens after the answer', async () => {
    const { call, stopped } = setupApi();
    expect((await call('POST', '/v1/sync/pause')).json().sync).toEqual({ paused: true });
    expect((await call('POST', '/v1/sync/resume')).json().sync).toEqual({ paused: false });
    expect((await call('POST', '/v1/sync/now')).statusCode).toBe(200);
    expect((await call('POST', '/v1/daemon/stop')).json()).toEqual({ stopping: true });
    expect(stopped.times).toBe(1);
  });

  it('capabilities, doctor and metrics answer', async () => {
    const { call } = setupApi();
    expect((await call('GET', '/v1/capabilities')).json()).toMatchObject({ protocol: 'srcos/v1', suites: [1] });
    expect((await call('GET', '/v1/doctor')).json()).toEqual({ ok: true, checks: [] });
    const metrics = await call('GET', '/metrics');
    expect(metrics.headers['content-type']).toContain('text/plain');
  });

  it('a scope that cannot be created: 422 with the reason', async () => {
    const { call } = setupApi();
    expect((await call('POST', '/v1/scopes', { kind: 'profile', name: 'x' })).statusCode).toBe(422);
    expect((await call('POST', '/v1/pairing/approve', { digits: '1' })).json()).toMatchObject({
      status: 422,
      reasonCode: 'signature_invalid',
    });
    expect((await call('POST', '/v1/links', { engineId: 'shell', root: '/' })).statusCode).toBe(422);
    expect((await call('POST', '/v1/links', { engineId: 'nothing', root: '/' })).statusCode).toBe(404);
  });
});
