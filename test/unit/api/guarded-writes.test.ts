import { describe, expect, it } from 'vitest';
import type { AddedClientBody } from '../../../src/api/types/clients.ts';
import { craftBatch, craftChange } from '../../helpers/crafted-batch.ts';
import { rebind } from '../../helpers/rebind.ts';
import { token } from './setup-api.ts';
import { type ApiSetup, type Method, setupApi } from './setup-api.ts';

const org = { layer: 'org', generation: 1, rules: {} };
const helper = { name: 'helper' };

interface World extends ApiSetup {
  /** A program that may do everything, as its envelope does not say. */
  asAdmin(method: Method, url: string, body?: unknown): Promise<readonly [status: number, reasonCode: unknown]>;
}

async function setup(): Promise<World> {
  const api = setupApi();
  rebind(api.a, 'policy', { scope: 'workspace' });
  const capabilities = ['admin', 'records.write', 'reviews.decide', 'engines.switch'];
  const admin = (await api.call('POST', '/v1/clients', { name: 'admin', capabilities })).json<AddedClientBody>();
  const headers = { authorization: `Bearer ${admin.token}` };
  return {
    ...api,
    asAdmin: async (method, url, body) => {
      const answer = await api.call(method, url, body, headers);
      return [answer.statusCode, answer.json<{ reasonCode?: string }>().reasonCode];
    },
  };
}

const unsigned = [403, 'policy_denied/authority_missing'] as const;
const writes = (collection: string, fields: object): readonly (readonly [Method, string, unknown])[] => {
  const records = `/v1/collections/${collection}/records`;
  return [
    ['POST', records, { items: [{ id: 'one', fields }] }],
    ['PUT', `${records}/one`, fields],
    ['PATCH', `${records}/one`, fields],
    ['DELETE', `${records}/one`, undefined],
    ['POST', `${records}/one/rollback`, { to: 'A'.repeat(43) }],
    ['POST', `/v1/collections/${collection}/rollback`, { at: '2026-01-01T00:00:00Z', execute: true }],
    ['PUT', `/v1/collections/${collection}/owners/app/one`, { syncToken: 1, contentHash: 'sha256:0', items: [] }],
    ['POST', '/v1/reviews', { collection, decision: 'accept' }],
  ];
};

describe('11a a program without an envelope', () => {
  it.each([...writes('policy', org), ...writes('agents', helper), ...writes('clients', helper)])(
    'cannot write what asks for an authority: %s %s',
    async (method, url, body) => {
      const { a, asAdmin } = await setup();
      const before = a.appended.length;
      expect(await asAdmin(method, url, body)).toEqual(unsigned);
      expect(a.appended.length).toBe(before);
    },
  );

  it('writes everything else as its capabilities say', async () => {
    const { asAdmin } = await setup();
    const alias = { kind: 'alias', name: 'll', body: 'ls' };
    expect(await asAdmin('PUT', '/v1/collections/shell/records/ll', alias)).toEqual([200, undefined]);
    expect(await asAdmin('GET', '/v1/collections/policy/records')).toEqual([200, undefined]);
    expect(await asAdmin('GET', '/v1/collections/agents/records')).toEqual([200, undefined]);
  });

  it('cannot switch the engine of policy off', async () => {
    const { asAdmin } = await setup();
    expect(await asAdmin('POST', '/v1/engines/sourceos.sync.policy-fabric/disable')).toEqual(unsigned);
    expect(await asAdmin('POST', '/v1/engines/sourceos.sync.agent-registry/disable')).toEqual([200, undefined]);
  });

  it('cannot drop a held policy, which would lift what it denies', async () => {
    const { a, b, workspace, asAdmin } = await setup();
    const records = [craftChange({ collection: 'policy', objectId: 'org', schemaVersion: '9.0.0', value: {} })];
    a.replica.receive(workspace, [craftBatch({ by: b, scopeId: workspace, after: null, records }).bytes]);
    const id = a.held()[0]?.id ?? '';
    for (const act of ['drop', 'release']) {
      expect(await asAdmin('POST', `/v1/quarantine/${id}/${act}`)).toEqual(unsigned);
    }
    expect(a.held()).toMatchObject([{ id, status: 'held' }]);
  });

  it('goes back by a restore point in what asks for no authority', async () => {
    const { a, call, asAdmin } = await setup();
    a.put(['agents', 'one'], helper);
    a.put(['workspace', 'w'], { kind: 'task', title: 'one' });
    const whole = (await call('POST', '/v1/restore', {})).json<{ id: string }>().id;
    const ofAgents = a.replica.createRestorePoint({ name: '', cause: 'person', collection: 'agents' as never }).id;
    a.put(['agents', 'one'], { ...helper, description: 'helps' });
    a.put(['workspace', 'w'], { kind: 'task', title: 'two' });
    expect(await asAdmin('POST', `/v1/restore/${whole}`, { execute: true })).toEqual([200, undefined]);
    expect(a.fields(['workspace', 'w'])).toMatchObject({ title: 'one' });
    expect(await asAdmin('POST', `/v1/restore/${whole}`, { execute: true, collection: 'agents' })).toEqual(unsigned);
    expect(await asAdmin('POST', `/v1/restore/${ofAgents}`, { execute: true })).toEqual(unsigned);
    expect(a.fields(['agents', 'one'])).toMatchObject({ description: 'helps' });
  });

  it('is not let through by a lease on a route that takes none', async () => {
    const { call, clients, ...world } = await setup();
    expect(clients).toBeDefined();
    const admin = (
      await call('POST', '/v1/clients', { name: 'two', capabilities: ['records.write'] })
    ).json<AddedClientBody>();
    const headers = { authorization: `Bearer ${admin.token}`, 'sourcesync-lease': 'e30' };
    const rollback = await call('POST', '/v1/collections/agents/records/one/rollback', { to: 'A'.repeat(43) }, headers);
    expect([rollback.statusCode, rollback.json().reasonCode]).toEqual(unsigned);
    const put = await call('PUT', '/v1/collections/agents/records/one', helper, headers);
    expect(put.statusCode).toBe(400);
    expect(world.a.row(['agents', 'one'])).toBeUndefined();
  });
});

describe('the owner', () => {
  it('signs what is written to policy, by the records too', async () => {
    const { a, call } = await setup();
    const asOwner = { authorization: `Bearer ${token}` };
    const url = '/v1/collections/policy/records/org';
    const bare = await call('PUT', url, org, asOwner);
    expect([bare.statusCode, bare.json().reasonCode]).toEqual(unsigned);
    expect((await call('PUT', url, org)).statusCode).toBe(200);
    expect(a.fields(['policy', 'org'])).toEqual(org);
  });

  it('is trusted with what else asks for an authority', async () => {
    const { a, call } = await setup();
    const asOwner = { authorization: `Bearer ${token}` };
    expect((await call('PUT', '/v1/collections/agents/records/one', helper, asOwner)).statusCode).toBe(200);
    expect(a.fields(['agents', 'one'])).toEqual(helper);
  });
});
