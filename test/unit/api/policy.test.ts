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

  it('is obeyed by records, engines, clients and leases', async () => {
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

  it('bounds the life of leases', async () => {
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
