import { describe, expect, it } from 'vitest';
import type { GrantedBody, LeaseBody, RevokedLeaseBody } from '../../../src/api/types/leases.ts';
import { base64urlFromBytes } from '../../../src/base/bytes.ts';
import { signPairFromSeed } from '../../../src/crypto/keys.ts';
import { parseLeaseFile, parseRevocationsFile } from '../../../src/membership/lease/lease-file.ts';
import { type ApiSetup, setupApi } from './setup-api.ts';
import { valueOf } from '../membership/fixtures.ts';

const agentKey = base64urlFromBytes(signPairFromSeed(new Uint8Array(32).fill(3)).publicKey);
const wish = { agent: 'writer', capability: 'records.write', agentKey };

async function granted(setup: ApiSetup, change: object = {}): Promise<GrantedBody> {
  const answer = await setup.call('POST', '/v1/leases', { ...wish, ...change });
  expect(answer.json()).toMatchObject({ state: 'active' });
  return answer.json();
}

async function listed({ call }: ApiSetup): Promise<readonly LeaseBody[]> {
  return (await call('GET', '/v1/leases')).json<{ items: LeaseBody[] }>().items;
}

function told({ a }: ApiSetup): readonly string[] {
  return a.disk.audit.read(0, 1000).flatMap((event) => (typeof event === 'string' ? [] : [event.eventType]));
}

describe('granting', () => {
  it('signs a lease that anybody can check, lists it, and audits call and grant once each', async () => {
    const setup = setupApi();
    const lease = await granted(setup, { collections: ['workspace'], ttlSeconds: 3600, requiresHumanApproval: true });
    expect(lease).toMatchObject({
      ...{ agentId: 'urn:srcos:agent:writer', capability: 'records.write', scopeId: setup.workspace },
      ...{ grantedBy: setup.a.replica.self, collections: ['workspace'], requiresHumanApproval: true },
      ...{ state: 'active', reasonCode: null, issuedAt: new Date(setup.clock.nowMs).toISOString() },
    });
    expect(Date.parse(lease.expiresAt) - setup.clock.nowMs).toBe(3_600_000);
    const { file, ...body } = lease;
    expect(await listed(setup)).toEqual([body]);
    const read = valueOf(parseLeaseFile(file));
    expect(read.lease.lease.leaseId).toBe(lease.leaseId);
    expect(read.state.scopeId).toBe(setup.workspace);
    expect(told(setup)).toEqual(['sourcechannel.policy.allow', 'agent.lease.granted']);
    expect((await setup.call('GET', '/v1/audit/verify')).json()).toMatchObject({ valid: true });
  });

  it('names a scope by id, name or kind, and is for the first workspace when none is named', async () => {
    const setup = setupApi();
    for (const [scope, scopeId] of [
      [setup.profile, setup.profile],
      ['profile', setup.profile],
      ['workspace', setup.workspace],
      [undefined, setup.workspace],
    ]) {
      expect(await granted(setup, { scope })).toMatchObject({ scopeId });
    }
    const unknown = await setup.call('POST', '/v1/leases', { ...wish, scope: 'nowhere' });
    expect(unknown.statusCode).toBe(404);
  });

  it.each<[name: string, status: number, change: object, words: string]>([
    ['no agent', 400, { agent: '' }, 'agent'],
    ['an agent of other characters', 400, { agent: 'A b' }, 'agent'],
    ['no capability', 400, { capability: undefined }, 'capability'],
    ['no key', 400, { agentKey: undefined }, 'agentKey'],
    ['half a key', 400, { agentKey: 'AAAA' }, 'agentKey'],
    ['no collection', 400, { collections: [] }, 'collections'],
    ['a collection that is no name', 400, { collections: [7] }, 'collections'],
    ['too long', 400, { ttlSeconds: 30 * 24 * 3600 + 1 }, 'ttlSeconds'],
    ['no time at all', 400, { ttlSeconds: 0 }, 'ttlSeconds'],
    ['a scope that is no name', 400, { scope: 7 }, 'scope'],
    ['half a human', 400, { requiresHumanApproval: 'yes' }, 'requiresHumanApproval'],
    ['a collection of elsewhere', 422, { collections: ['shell'] }, 'shell'],
    ['a secret', 422, { collections: ['secrets'] }, 'secrets'],
    ['too long for what is critical', 422, { scope: 'profile', ttlSeconds: 24 * 3600 + 1 }, '24 hours'],
  ])('%s: %i, in words, and nothing is signed', async (_name, status, change, words) => {
    const setup = setupApi();
    const answer = await setup.call('POST', '/v1/leases', { ...wish, ...change });
    expect(answer.statusCode).toBe(status);
    expect(answer.json().detail).toContain(words);
    expect(await listed(setup)).toEqual([]);
    expect(told(setup)).toEqual(['sourcechannel.policy.allow']);
  });

  it('36 self-granted: the key of a device is no agent', async () => {
    const setup = setupApi();
    const own = base64urlFromBytes(setup.b.keys.sign.publicKey);
    const answer = await setup.call('POST', '/v1/leases', { ...wish, agentKey: own });
    expect(answer.json()).toMatchObject({ status: 422, reasonCode: 'agent_untrusted/self_granted' });
    expect(await listed(setup)).toEqual([]);
  });

  it('36 a device without the authority grants nothing and revokes nothing', async () => {
    const setup = setupApi(undefined, { grantor: 'b' });
    const answer = await setup.call('POST', '/v1/leases', wish);
    expect(answer.json()).toMatchObject({
      reasonCode: 'agent_untrusted/authority_missing',
      detail: expect.stringMatching(
        /gives it to this one with: sourcesync devices role urn:\S+ \w+ --authority .*\blease$/,
      ),
    });
    const whole = `urn:srcos:lease:${'a'.repeat(32)}`;
    const revoked = await setup.call('POST', `/v1/leases/${whole}/revoke`, {});
    expect(revoked.json()).toMatchObject({ status: 422, reasonCode: 'agent_untrusted/authority_missing' });
  });

  it('keeps the last thousand', async () => {
    const setup = setupApi();
    const first = await granted(setup);
    const one = (setup.a.disk.settings.get('leases') as object[])[0] as never;
    setup.a.disk.settings.set(
      'leases',
      Array.from({ length: 1000 }, () => one),
    );
    const last = await granted(setup);
    const leases = await listed(setup);
    expect(leases).toHaveLength(1000);
    expect(leases.at(-1)?.leaseId).toBe(last.leaseId);
    expect(leases.at(-2)?.leaseId).toBe(first.leaseId);
  });
});

describe('revoking', () => {
  it.each(['whole id', 'first characters'] as const)('by %s: at once, for ever, and audited', async (by) => {
    const setup = setupApi();
    const lease = await granted(setup);
    const own = lease.leaseId.replace('urn:srcos:lease:', '');
    const named = by === 'whole id' ? lease.leaseId : own.slice(0, 6);
    const answer = await setup.call('POST', `/v1/leases/${named}/revoke`, {});
    expect(answer.json()).toMatchObject({ leaseId: lease.leaseId, scopeId: setup.workspace });
    expect(await listed(setup)).toMatchObject([{ state: 'revoked', reasonCode: 'capability_expired/revoked' }]);
    const { state } = valueOf(parseLeaseFile(lease.file));
    const { file } = answer.json<RevokedLeaseBody>();
    expect([...valueOf(parseRevocationsFile(file, state)).keys()]).toEqual([lease.leaseId]);
    expect((await setup.call('POST', `/v1/leases/${named}/revoke`, {})).statusCode).toBe(409);
    expect(told(setup).filter((type) => type === 'agent.lease.revoked')).toHaveLength(1);
  });

  it('one that another device granted, by its whole id and scope', async () => {
    const setup = setupApi();
    const whole = `urn:srcos:lease:${'a'.repeat(32)}`;
    const answer = await setup.call('POST', `/v1/leases/${whole}/revoke`, { scope: 'profile' });
    expect(answer.json()).toMatchObject({ leaseId: whole, scopeId: setup.profile });
    const elsewhere = valueOf(parseLeaseFile((await granted(setup)).file));
    const { file } = answer.json<RevokedLeaseBody>();
    expect(valueOf(parseRevocationsFile(file, elsewhere.state)).size).toBe(0);
  });

  it.each<[name: string, status: number, id: string, body: object]>([
    ['unknown', 404, 'abcdef', {}],
    ['too short', 404, 'a', {}],
    ['in no scope', 404, `urn:srcos:lease:${'a'.repeat(32)}`, { scope: 'nowhere' }],
    ['a scope that is no name', 400, 'abcdef', { scope: 7 }],
  ])('%s: %i', async (_name, status, id, body) => {
    const setup = setupApi();
    expect((await setup.call('POST', `/v1/leases/${id}/revoke`, body)).statusCode).toBe(status);
    expect(told(setup)).toEqual(['sourcechannel.policy.allow']);
  });

  it('37 what has expired is shown so, and stays so when the clock is set back', async () => {
    const setup = setupApi();
    await granted(setup, { ttlSeconds: 60 });
    setup.clock.nowMs += 60_000;
    expect(await listed(setup)).toMatchObject([{ state: 'expired' }]);
    // Something is written at this time; then the clock is set back.
    await setup.call('PUT', '/v1/collections/shell/records/x', { kind: 'alias', name: 'll', body: 'ls' });
    setup.clock.nowMs -= 60_000;
    expect(await listed(setup)).toMatchObject([{ state: 'expired' }]);
  });
});
