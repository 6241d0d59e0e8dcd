import { describe, expect, it } from 'vitest';
import { base64urlFromBytes, utf8 } from '../../../src/base/bytes.ts';
import { canonicalBytes } from '../../../src/base/canonical-json.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import type { RecordBody } from '../../../src/api/types/bodies.ts';
import { agentId, hourMs, leaseBy, presented } from '../../helpers/agent.ts';
import { stateOf } from '../../helpers/crafted-batch.ts';
import { type ApiSetup, setupApi } from './setup-api.ts';

const path = '/v1/collections/agents/records/one';
const helper: JsonObject = { name: 'helper' };

function leaseFor({ a, workspace, clock }: ApiSetup, lifetimeMs = hourMs): JsonObject {
  return leaseBy(a, stateOf(a, workspace), clock.nowMs, { lifetimeMs });
}

function header({ clock }: ApiSetup, lease: JsonObject, fields: JsonObject | null): Record<string, string> {
  const act = { id: 'one', fields };
  const { use } = presented(lease, act, clock.nowMs);
  return { 'sourcesync-lease': base64urlFromBytes(canonicalBytes({ lease, use })) };
}

describe('19 a write under a lease', () => {
  it('is made in the name of the agent: put, patch and delete', async () => {
    const setup = setupApi();
    const lease = leaseFor(setup);
    const put = await setup.call('PUT', path, helper, header(setup, lease, helper));
    expect(put.statusCode).toBe(200);
    expect(setup.a.row(['agents', 'one'])).toMatchObject({ authorId: agentId, fields: helper });
    const patched = { ...helper, description: 'helps' };
    const patch = await setup.call('PATCH', path, { description: 'helps' }, header(setup, lease, patched));
    expect(patch.json<RecordBody>().fields).toEqual(patched);
    const removed = await setup.call('DELETE', path, undefined, header(setup, lease, null));
    expect(removed.json<RecordBody>().state).toBe('tombstoned');
  });

  it('19a that waits for a person is answered with 202, the record as it is, and where it waits', async () => {
    const setup = setupApi();
    const dangerous = { ...helper, tools: ['shell'] };
    const lease = leaseFor(setup);
    const answer = await setup.call('PUT', path, dangerous, header(setup, lease, dangerous));
    const [item] = setup.a.reviews();
    expect(answer.statusCode).toBe(202);
    expect(answer.json<RecordBody>()).toMatchObject({
      ...{ state: 'absent', fields: null, pending: { reviews: 1 } },
      waits: { review: item?.id, message: expect.stringContaining('reviews accept') },
    });
    const accepted = await setup.call('POST', `/v1/reviews/${item?.id}/accept`, {});
    expect(accepted.json()).toMatchObject({ status: 'accepted', live: dangerous });
  });

  it('for which a person must say yes is answered likewise, and nothing is written before', async () => {
    const setup = setupApi();
    const { a, workspace, clock } = setup;
    const lease = leaseBy(a, stateOf(a, workspace), clock.nowMs, { requiresHumanApproval: true });
    const answer = await setup.call('PUT', path, helper, header(setup, lease, helper));
    const [item] = a.reviews();
    expect(answer.statusCode).toBe(202);
    expect(answer.json<RecordBody>()).toMatchObject({
      ...{ state: 'absent', fields: null },
      waits: { review: item?.id, message: expect.stringContaining('lease approve') },
    });
    expect(a.appended).toEqual([]);
    const shown = await setup.call('GET', `/v1/reviews/${item?.id}`);
    expect(shown.json()).toMatchObject({ kind: 'approval', author: agentId, alternatives: [{}, { value: helper }] });
    await setup.call('POST', `/v1/reviews/${item?.id}/accept`, {});
    expect(a.fields(['agents', 'one'])).toEqual(helper);
  });

  it('takes no approval from whoever presents it', async () => {
    const setup = setupApi();
    const { a, workspace, clock } = setup;
    const lease = leaseBy(a, stateOf(a, workspace), clock.nowMs, { requiresHumanApproval: true });
    const { use } = presented(lease, { id: 'one', fields: helper }, clock.nowMs);
    const approval = { approvedAt: new Date(clock.nowMs).toISOString() };
    const shown = base64urlFromBytes(canonicalBytes({ lease, use, approval }));
    const answer = await setup.call('PUT', path, helper, { 'sourcesync-lease': shown });
    expect([answer.statusCode, a.fields(['agents', 'one'])]).toEqual([202, undefined]);
  });

  it('is denied when the lease has expired', async () => {
    const setup = setupApi();
    const lease = leaseFor(setup);
    setup.clock.nowMs += 2 * hourMs;
    const answer = await setup.call('PUT', path, helper, header(setup, lease, helper));
    expect(answer.statusCode).toBe(403);
    expect(answer.json()).toMatchObject({ reasonCode: 'capability_expired/expired' });
    expect(setup.a.row(['agents', 'one'])).toBeUndefined();
  });

  it('is refused when the agent signed something else', async () => {
    const setup = setupApi();
    const answer = await setup.call('PUT', path, { name: 'other' }, header(setup, leaseFor(setup), helper));
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ reasonCode: 'signature_invalid/hash_mismatch' });
  });

  it('is refused as a patch of what is not there', async () => {
    const setup = setupApi();
    const answer = await setup.call('PATCH', path, helper, header(setup, leaseFor(setup), helper));
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ reasonCode: 'schema_unknown/entry_unknown' });
  });

  it.each([
    ['no base64url', '{}'],
    ['no JSON', base64urlFromBytes(utf8('lease'))],
    ['no object', base64urlFromBytes(utf8('1'))],
    ['without a use', base64urlFromBytes(canonicalBytes({ lease: {} }))],
    ['too long', 'A'.repeat(12 * 1024 + 4)],
  ])('20 is refused before anything is read: %s', async (_title, text) => {
    const setup = setupApi();
    const answer = await setup.call('PUT', path, helper, { 'sourcesync-lease': text });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ detail: expect.stringContaining('sourcesync-lease') });
    expect(setup.a.appended).toEqual([]);
  });

  it('is one write: a list takes no lease', async () => {
    const setup = setupApi();
    const items = [{ id: 'one', fields: helper }];
    const url = '/v1/collections/agents/records';
    const answer = await setup.call('POST', url, { items }, header(setup, leaseFor(setup), helper));
    expect(answer.statusCode).toBe(400);
    expect(setup.a.appended).toEqual([]);
  });

  it('ends with a revocation, which is audited and goes out', async () => {
    const setup = setupApi();
    const granted = await setup.call('POST', '/v1/leases', {
      agent: 'helper',
      capability: 'records.write',
      agentKey: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
      collections: ['agents'],
      ttlSeconds: 60,
    });
    const { leaseId } = granted.json<{ leaseId: string }>();
    const before = setup.a.appended.length;
    const revoked = await setup.call('POST', `/v1/leases/${encodeURIComponent(leaseId)}/revoke`, {});
    expect(revoked.statusCode).toBe(200);
    expect(setup.a.appended.length).toBe(before + 1);
    setup.send(setup.a, setup.b);
    expect([...setup.b.replica.revocations().keys()]).toEqual([leaseId]);
  });
});
