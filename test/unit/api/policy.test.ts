import { describe, expect, it } from 'vitest';
import type { AddedClientBody } from '../../../src/api/types/clients.ts';
import type { PolicyBody, PolicyKeyBody } from '../../../src/api/types/policy.ts';
import { rebind } from '../../helpers/rebind.ts';
import { type ApiSetup, setupApi } from './setup-api.ts';

const rule = { key: 'write.shell', kind: 'decision', value: 'deny' };

/** Policy lives in the workspace: there is no org here. */
function setupPolicy(): ApiSetup {
  const setup = setupApi();
  rebind(setup.a, 'policy', { scope: 'workspace' });
  return setup;
}

describe('/v1/policy', () => {
  it('says that nobody says anything, and what could be said', async () => {
    const { call } = setupPolicy();
    const body = (await call('GET', '/v1/policy')).json<PolicyBody>();
    expect([body.documents, body.keys]).toEqual([[], []]);
    expect(body.vocabulary.map(({ key }) => key)).toContain('write.<collection>');
    expect((await call('GET', '/v1/policy/write.shell')).json<PolicyKeyBody>()).toMatchObject({
      ...{ key: 'write.shell', rule: null, words: [], says: 'No layer says anything of it.' },
    });
  });

  it('is set in a layer, in its next generation, and explained', async () => {
    const { call } = setupPolicy();
    expect((await call('PUT', '/v1/policy/org', rule)).json()).toMatchObject({
      ...{ layer: 'org', id: 'org', generation: 1, effective: { rule: { kind: 'decision', value: 'deny' } } },
    });
    const weaker = { ...rule, value: 'allow' };
    expect((await call('PUT', '/v1/policy/workspace', weaker)).json()).toMatchObject({
      effective: { rule: { value: 'deny' }, says: expect.stringContaining('joining never weakens') as string },
    });
    const key = (await call('GET', '/v1/policy/write.shell')).json<PolicyKeyBody>();
    expect(key.words.map(({ layer, decides }) => [layer, decides])).toEqual([
      ['org', true],
      ['workspace', false],
    ]);
    expect((await call('PUT', '/v1/policy/org', { ...rule, key: 'write.memory' })).json()).toMatchObject({
      generation: 2,
    });
    const { documents, keys } = (await call('GET', '/v1/policy')).json<PolicyBody>();
    expect(documents).toHaveLength(2);
    expect(keys.map((one) => one.key)).toEqual(['write.memory', 'write.shell']);
  });

  it('47 is obeyed by records, engines, clients and leases', async () => {
    const setup = setupPolicy();
    const { call } = setup;
    const client = (
      await call('POST', '/v1/clients', { name: 'editor', capabilities: ['records.read'] })
    ).json<AddedClientBody>();
    const asClient = { authorization: `Bearer ${client.token}` };
    expect((await call('GET', '/v1/collections/shell/records', undefined, asClient)).statusCode).toBe(200);
    for (const key of ['write.shell', 'engine.shell', 'client.records.read', 'lease.records.write']) {
      expect((await call('PUT', '/v1/policy/org', { ...rule, key })).statusCode).toBe(200);
    }
    const alias = { kind: 'alias', name: 'll', body: 'ls -l' };
    const written = await call('PUT', '/v1/collections/shell/records/ll', alias);
    expect([written.statusCode, written.json()]).toMatchObject([
      403,
      { reasonCode: expect.stringMatching(/^policy_denied/) },
    ]);
    const engine = (await call('GET', '/v1/engines/sourceos.sync.shell')).json();
    expect(engine).toMatchObject({ state: 'policy_blocked', reasonCodes: ['policy_denied'] });
    const read = await call('GET', '/v1/collections/shell/records', undefined, asClient);
    expect([read.statusCode, read.json()]).toMatchObject([403, { reasonCode: 'policy_denied' }]);
    const lease = await call('POST', '/v1/leases', {
      agent: 'one',
      capability: 'records.write',
      agentKey: 'A'.repeat(43),
    });
    expect(lease.json().detail).toContain('Policy denies leases of records.write');
  });

  it('a rule is taken away in the next generation, and one that is not there is said to be missing', async () => {
    const { call, a } = setupPolicy();
    a.put(['policy', 'org'], { layer: 'org', generation: 4, rules: {}, note: 'kept' });
    await call('PUT', '/v1/policy/org', rule);
    const gone = await call('PUT', '/v1/policy/org', { key: rule.key, remove: true });
    expect(gone.json()).toMatchObject({ generation: 6, effective: { rule: null } });
    expect(a.fields(['policy', 'org'])).toEqual({ layer: 'org', generation: 6, rules: {}, note: 'kept' });
    expect((await call('PUT', '/v1/policy/org', { key: rule.key, remove: true })).statusCode).toBe(404);
  });

  it('11b a preview says what would hold without the rule, and writes nothing', async () => {
    const { call, a } = setupPolicy();
    await call('PUT', '/v1/policy/org', rule);
    await call('PUT', '/v1/policy/workspace', { ...rule, value: 'require_review' });
    const before = a.row(['policy', 'org']);
    const planned = await call('PUT', '/v1/policy/org', { key: rule.key, remove: true, preview: true });
    expect(planned.json()).toMatchObject({
      ...{ executed: false, generation: 2, version: expect.any(String) as string },
      effective: { rule: { kind: 'decision', value: 'require_review' }, words: [{ layer: 'workspace' }] },
    });
    expect(a.row(['policy', 'org'])).toEqual(before);
    expect(a.replica.policy().decide('write', 'shell').decision).toBe('deny');
  });

  it('11b a preview of a rule says what would hold with it, and writes nothing', async () => {
    const { call, a } = setupPolicy();
    await call('PUT', '/v1/policy/workspace', { ...rule, value: 'require_review' });
    const planned = await call('PUT', '/v1/policy/org', { ...rule, preview: true });
    expect(planned.json()).toMatchObject({
      ...{ executed: false, generation: 1, version: null },
      effective: { rule: { kind: 'decision', value: 'deny' }, words: [{ layer: 'workspace' }, { layer: 'org' }] },
    });
    expect(a.row(['policy', 'org'])).toBeUndefined();
    expect(a.replica.policy().decide('write', 'shell').decision).toBe('require_review');
    expect((await call('PUT', '/v1/policy/org', { ...rule, preview: 'yes' })).statusCode).toBe(400);
    expect((await call('GET', '/v1/policy')).json<PolicyBody>().lacking).toBeNull();
  });

  it('11b is written for the version that was seen, or refused with the one that is there', async () => {
    const { call } = setupPolicy();
    const set = async (headers: Record<string, string>, key = rule.key) =>
      call('PUT', '/v1/policy/org', { ...rule, key }, headers);
    const first = await set({ 'if-none-match': '*' });
    expect(first.statusCode).toBe(200);
    const seen = String(first.headers['etag']);
    const again = await set({ 'if-none-match': '*' });
    expect([again.statusCode, again.json().current]).toEqual([412, seen.slice(1, -1)]);
    expect(again.json().detail).toMatch(/has changed since it was read.*policy show/);
    const second = await set({ 'if-match': seen }, 'write.memory');
    expect(second.statusCode).toBe(200);
    const late = await set({ 'if-match': seen }, 'write.audit');
    expect([late.statusCode, `"${late.json().current}"`]).toEqual([412, second.headers['etag']]);
    const { documents } = (await call('GET', '/v1/policy')).json<PolicyBody>();
    expect(documents).toEqual([{ layer: 'org', id: 'org', generation: 2, version: late.json().current }]);
    expect((await set({ 'if-match': '"v1"' })).statusCode).toBe(400);
  });

  it('a damaged document is not written over', async () => {
    const setup = setupPolicy();
    setup.a.disk.records.get = () => 'damaged';
    expect((await setup.call('PUT', '/v1/policy/org', rule)).statusCode).toBe(409);
  });

  it('of two who set at once, both are heard, or one is told', async () => {
    const { call, a } = setupPolicy();
    const answers = await Promise.all(
      ['write.shell', 'write.memory'].map(async (key) => call('PUT', '/v1/policy/org', { ...rule, key })),
    );
    const statuses = answers.map(({ statusCode }) => statusCode).sort((left, right) => left - right);
    const rules = Object.keys((a.fields(['policy', 'org'])?.['rules'] ?? {}) as object);
    expect([statuses, rules.length]).toEqual(statuses[1] === 200 ? [[200, 200], 2] : [[200, 412], 1]);
  });

  it('is a privileged call, by the records of policy too where a client asks', async () => {
    const { call, a } = setupPolicy();
    const admin = (
      await call('POST', '/v1/clients', { name: 'admin', capabilities: ['admin'] })
    ).json<AddedClientBody>();
    const asAdmin = { authorization: `Bearer ${admin.token}` };
    const fields = { layer: 'org', generation: 1, rules: {} };
    for (const [url, body] of [
      ['/v1/policy/org', rule],
      ['/v1/collections/policy/records/org', fields],
    ] as const) {
      const answer = await call('PUT', url, body, asAdmin);
      expect([url, answer.statusCode, answer.json().reasonCode]).toEqual([url, 403, 'policy_denied/authority_missing']);
    }
    expect(a.row(['policy', 'org'])).toBeUndefined();
  });

  it('47 asks a client that may do something only as an admin under both names', async () => {
    const { call } = setupPolicy();
    const admin = (
      await call('POST', '/v1/clients', { name: 'admin', capabilities: ['admin'] })
    ).json<AddedClientBody>();
    const asAdmin = { authorization: `Bearer ${admin.token}` };
    const read = async (): Promise<number> =>
      (await call('GET', '/v1/collections/shell/records', undefined, asAdmin)).statusCode;
    expect(await read()).toBe(200);
    await call('PUT', '/v1/policy/org', { key: 'client.admin', kind: 'decision', value: 'require_review' });
    expect(await read()).toBe(403);
  });

  it('says that a key is not known', async () => {
    const { call } = setupPolicy();
    expect((await call('GET', '/v1/policy/wirte.shell')).json()).toMatchObject({
      ...{ reasonCode: 'migration_required', says: expect.stringContaining('knows no such key') as string },
    });
  });

  it('an engine whose policy is set off by the floor says so', async () => {
    const setup = setupPolicy();
    await setup.call('PUT', '/v1/policy/org', { ...rule, key: 'engine.shell', value: 'allow' });
    setup.a.floor = { 'engine.*': { kind: 'decision', value: 'deny' } };
    const state = async (name: string): Promise<unknown> =>
      (await setup.call('GET', `/v1/engines/sourceos.sync.${name}`)).json();
    expect(await state('shell')).toMatchObject({ state: 'policy_blocked', reasonCodes: ['local_policy_stronger'] });
    expect(await state('memory-mesh')).toMatchObject({ state: 'policy_blocked', reasonCodes: ['policy_denied'] });
    expect(await state('policy-fabric')).not.toMatchObject({ state: 'policy_blocked' });
    const alias = { kind: 'alias', name: 'll', body: 'ls' };
    const written = await setup.call('PUT', '/v1/collections/shell/records/ll', alias);
    expect([written.statusCode, written.json().reasonCode]).toEqual([403, 'local_policy_stronger/policy_rule']);
  });

  it('47 bounds the life of leases', async () => {
    const { call } = setupPolicy();
    await call('PUT', '/v1/policy/org', { key: 'lease.lifetime_hours', kind: 'max', value: 1 });
    const wish = { agent: 'one', capability: 'records.read', agentKey: 'A'.repeat(43), ttlSeconds: 7200 };
    expect((await call('POST', '/v1/leases', wish)).json().detail).toContain('at most 1 hours');
    expect((await call('POST', '/v1/leases', { ...wish, ttlSeconds: 3600 })).statusCode).toBe(200);
  });

  it.each<[string, string, unknown, number, RegExp]>([
    ['a layer that is none', '/v1/policy/local', rule, 400, /layer/],
    ['no rule', '/v1/policy/org', {}, 400, /"kind"/],
    ['a key that nobody knows', '/v1/policy/org', { ...rule, key: 'disk.size' }, 400, /no key that this build knows/],
    ['a value that does not fit', '/v1/policy/org', { ...rule, value: 'perhaps' }, 400, /does not fit its kind/],
    ['a kind that does not fit', '/v1/policy/org', { ...rule, kind: 'max', value: 1 }, 400, /kind decision/],
  ])('refuses %s', async (_title, url, body, status, words) => {
    const { call } = setupPolicy();
    const answer = await call('PUT', url, body);
    expect([answer.statusCode, answer.json().detail]).toEqual([status, expect.stringMatching(words)]);
  });

  it('refuses a key that is too long', async () => {
    const { call } = setupPolicy();
    expect((await call('GET', `/v1/policy/${'k'.repeat(300)}`)).statusCode).toBe(400);
  });
});
