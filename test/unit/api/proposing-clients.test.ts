import { describe, expect, it } from 'vitest';
import { base64urlFromBytes } from '../../../src/base/bytes.ts';
import { canonicalBytes } from '../../../src/base/canonical-json.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import type { AddedClientBody } from '../../../src/api/types/clients.ts';
import type { RecordBody } from '../../../src/api/types/bodies.ts';
import { agentId, leaseBy, presented } from '../../helpers/agent.ts';
import { stateOf } from '../../helpers/crafted-batch.ts';
import { type ApiSetup, type Method, setupApi } from './setup-api.ts';

const path = '/v1/collections/agents/records/one';
const helper: JsonObject = { name: 'helper' };

async function clientOf(setup: ApiSetup, ...capabilities: readonly string[]): Promise<Record<string, string>> {
  const added = await setup.call('POST', '/v1/clients', { name: capabilities.join(' '), capabilities });
  return { authorization: `Bearer ${added.json<AddedClientBody>().token}` };
}

function leased({ a, workspace, clock }: ApiSetup, fields: JsonObject | null): Record<string, string> {
  const lease = leaseBy(a, stateOf(a, workspace), clock.nowMs);
  const { use } = presented(lease, { id: 'one', fields }, clock.nowMs);
  return { 'sourcesync-lease': base64urlFromBytes(canonicalBytes({ lease, use })) };
}

describe('5a a client that may only propose', () => {
  it('has each write wait for a person, where one with records.write has it live at once', async () => {
    const setup = setupApi();
    const proposing = await clientOf(setup, 'records.propose');
    const answer = await setup.call('PUT', path, helper, { ...proposing, ...leased(setup, helper) });
    expect(answer.statusCode).toBe(202);
    const { waits } = answer.json<RecordBody>();
    expect(setup.a.reviews()).toMatchObject([{ id: waits?.review, kind: 'approval', authorId: agentId }]);
    expect([setup.a.appended, setup.a.fields(['agents', 'one'])]).toEqual([[], undefined]);
    await setup.call('POST', `/v1/reviews/${waits?.review}/accept`, {});
    expect(setup.a.row(['agents', 'one'])).toMatchObject({ authorId: agentId, fields: helper });

    const removed = await setup.call('DELETE', path, undefined, { ...proposing, ...leased(setup, null) });
    expect([removed.statusCode, setup.a.fields(['agents', 'one'])]).toEqual([202, helper]);
    const writing = await clientOf(setup, 'records.propose', 'records.write');
    const changed = { ...helper, description: 'helps' };
    const live = await setup.call('PUT', path, changed, { ...writing, ...leased(setup, changed) });
    expect([live.statusCode, setup.a.fields(['agents', 'one'])]).toEqual([200, changed]);
  });

  it.each<[title: string, method: Method, url: string, body: JsonObject | undefined, isLeased: boolean]>([
    ['a write without a lease', 'PUT', path, helper, false],
    ['a removal without a lease', 'DELETE', path, undefined, false],
    ['a list of writes', 'POST', '/v1/collections/agents/records', { items: [] }, true],
    ['a rollback', 'POST', `${path}/rollback`, {}, true],
    ['a set of an owner', 'PUT', '/v1/collections/agents/owners/app/one', {}, true],
    ['bytes of an editor', 'POST', `${path}/updates`, {}, true],
    ['a restore', 'POST', '/v1/restore', {}, true],
    ['a secret', 'DELETE', '/v1/collections/secrets/records/one', undefined, true],
    ['a secret put in', 'PUT', '/v1/collections/secrets/records/one', { value: 'x' }, true],
    ['a decision', 'POST', '/v1/reviews', {}, true],
  ])('is denied %s', async (_title, method, url, body, isLeased) => {
    const setup = setupApi();
    const proposing = await clientOf(setup, 'records.propose');
    const answer = await setup.call(method, url, body, { ...proposing, ...(isLeased ? leased(setup, helper) : {}) });
    expect(answer.statusCode).toBe(403);
    expect(setup.a.appended).toEqual([]);
  });

  it('is told what its lease lacks as any other', async () => {
    const setup = setupApi();
    const proposing = await clientOf(setup, 'records.propose');
    const other = await setup.call('PUT', path, { name: 'other' }, { ...proposing, ...leased(setup, helper) });
    expect([other.statusCode, setup.a.reviews()]).toEqual([422, []]);
  });
});

describe('6a whose token it is', () => {
  it('is told to the owner and to a client, and to no stranger', async () => {
    const setup = setupApi();
    const owner = await setup.call('GET', '/v1/clients/self');
    expect(owner.json()).toEqual({ kind: 'owner', client: null });
    const client = await setup.call('GET', '/v1/clients/self', undefined, await clientOf(setup, 'records.read'));
    expect(client.json()).toMatchObject({ kind: 'client', client: { capabilities: ['records.read'] } });
    const stranger = await setup.call('GET', '/v1/clients/self', undefined, { authorization: 'Bearer nobody' });
    expect(stranger.statusCode).toBe(401);
  });
});
