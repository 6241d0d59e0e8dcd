import type { LightMyRequestResponse } from 'fastify';
import { describe, expect, it } from 'vitest';
import type { PrivilegedCall } from '../../../src/api/ports/channel.ts';
import type { AddClientBody, AddedClientBody } from '../../../src/api/types/clients.ts';
import { commandOfCall, privilegedRoutes } from '../../../src/api/types/privileged.ts';
import { routeAccess } from '../../../src/api/gate/route-access.ts';
import { base64urlFromBytes, utf8 } from '../../../src/base/bytes.ts';
import { signPairFromSeed } from '../../../src/crypto/keys.ts';
import { channelPlace, createChannelHost } from '../../../src/daemon/members/channel-host.ts';
import { type AskedCall, bodyHashOf, createEnvelope } from '../../../src/membership/envelope/envelope.ts';
import { createRandom } from '../../simulation/random.ts';
import { type ApiSetup, type Method, setupApi } from './setup-api.ts';

const pair = signPairFromSeed(new Uint8Array(32).fill(9));
const random = createRandom(9, 'envelopes').bytes;
const secret = { label: 'mail', value: 'xylophone' };
const path = '/v1/collections/secrets/records/mail';

interface Channel extends ApiSetup {
  readonly client: AddedClientBody;
  /** A call of the client, with an envelope for it unless told otherwise. */
  ask(options?: {
    readonly method?: Method;
    readonly path?: string;
    readonly body?: string;
    readonly envelope?: string | null;
    readonly headers?: Record<string, string>;
  }): Promise<LightMyRequestResponse>;
  envelope(call?: Partial<AskedCall> & { readonly body?: string }): string;
  /** What the audit log holds of the client's calls. */
  told(): { eventType: string; outcome: string; reasonCode: string; details: unknown }[];
}

async function setupChannel(wanted: Partial<AddClientBody> = {}): Promise<Channel> {
  const setup = setupApi();
  const added = await setup.call('POST', '/v1/clients', {
    ...{ name: 'editor', capabilities: ['records.write'], publicKey: base64urlFromBytes(pair.publicKey), ...wanted },
  });
  const client = added.json<AddedClientBody>();
  const channelId = `urn:srcos:channel:${client.id}`;
  const envelope: Channel['envelope'] = ({ body = JSON.stringify(secret), ...call } = {}) => {
    const { deviceId, profile, policyBundleHash } = setup.channel.facts({ kind: 'owner' });
    return createEnvelope({
      facts: { channelId, deviceId, profile, policyBundleHash },
      call: {
        ...{ command: 'secret.lease.issue', method: 'PUT', path, origin: 'local', bodyHash: bodyHashOf(utf8(body)) },
        ...call,
      },
      ...{ surface: 'other', reason: 'a test', secretKey: pair.secretKey, nowMs: setup.clock.nowMs },
      randomBytes: random,
    });
  };
  return {
    ...setup,
    client,
    envelope,
    ask: async ({
      method = 'PUT',
      path: at = path,
      body = JSON.stringify(secret),
      envelope: given,
      headers = {},
    } = {}) =>
      setup.call(method, at, body, {
        authorization: `Bearer ${client.token}`,
        'content-type': 'application/json',
        ...(given === null ? {} : { 'sourcesync-envelope': given ?? envelope({ body }) }),
        ...headers,
      }),
    told: () =>
      setup.a.disk.audit
        .read(0, 1000)
        .flatMap((event) => (typeof event === 'string' || event.subjectId !== channelId ? [] : [event]))
        .slice(1)
        .map(({ eventType, outcome, reasonCode, details }) => ({ eventType, outcome, reasonCode, details })),
  };
}

const stored = ({ a }: ApiSetup): unknown => a.disk.vault.list();

describe('52 a secret put by a client', () => {
  it('52 with an envelope is kept, and audited once', async () => {
    const channel = await setupChannel();
    expect((await channel.ask()).statusCode).toBe(200);
    expect(stored(channel)).toEqual(['mail']);
    expect(channel.told()).toEqual([
      {
        ...{ eventType: 'sourcechannel.policy.allow', outcome: 'allow', reasonCode: 'none' },
        details: {
          ...{ command: 'secret.lease.issue', route: '/v1/collections/:c/records/:id' },
          requestId: expect.stringMatching(/^urn:srcos:request:/),
          auditId: expect.stringMatching(/^urn:srcos:audit:/),
        },
      },
    ]);
    expect((await channel.call('GET', '/v1/audit/verify')).json()).toMatchObject({ valid: true });
  });

  it('15, 52 an envelope replayed: policy_denied, also after a restart', async () => {
    const channel = await setupChannel();
    const envelope = channel.envelope();
    expect((await channel.ask({ envelope })).statusCode).toBe(200);
    const again = await channel.ask({ envelope });
    expect(again.statusCode).toBe(403);
    expect(again.json()).toMatchObject({ reasonCode: 'policy_denied/nonce_used' });
    const { a, clock, client } = channel;
    const restarted = createChannelHost({
      ...{ store: a.disk, ownerId: channel.household.userId, nowMs: () => clock.nowMs, ownerKey: () => null },
      ...channelPlace({ replica: a.replica, bindings: a.bindings }),
      audit: () => {},
    });
    const { id, name, capabilities, collections, origin, publicKey } = client;
    const call: PrivilegedCall = {
      caller: {
        kind: 'client',
        client: {
          ...{ id, name, collections, origin, publicKey, createdAtMs: 0, expiresAtMs: null, revokedAtMs: null },
          capabilities: capabilities as ['records.write'],
        },
      },
      ...{ command: 'secret.lease.issue', method: 'PUT', path, route: '/', origin: 'local' },
      bodyHash: bodyHashOf(utf8(JSON.stringify(secret))),
    };
    expect(restarted.admit(call, envelope)).toMatchObject({ ok: false, error: { detail: 'nonce_used' } });
    expect(restarted.admit(call, channel.envelope())).toEqual({ ok: true, value: undefined });
    expect(channel.told().map(({ eventType }) => eventType)).toEqual([
      'sourcechannel.policy.allow',
      'sourcechannel.replay.denied',
    ]);
  });

  it('52 body swapped: signature_invalid, and nothing is kept', async () => {
    const channel = await setupChannel();
    const envelope = channel.envelope({ body: '{"label":"mail","value":"zither"}' });
    const answer = await channel.ask({ envelope });
    expect(answer.statusCode).toBe(403);
    expect(answer.json()).toMatchObject({ reasonCode: 'signature_invalid/hash_mismatch' });
    expect(stored(channel)).toEqual([]);
  });

  it.each<[name: string, status: number, reason: string, event: string, ask: Parameters<Channel['ask']>[0]]>([
    ['without an envelope', 403, 'policy_denied/authority_missing', 'policy.deny', { envelope: null }],
    ['an envelope that is none', 400, 'schema_unknown/record_malformed', 'request.rejected', { envelope: 'e30' }],
    ['another record', 403, 'policy_denied/channel_foreign', 'policy.deny', { path: `${path}2` }],
    ['another method', 403, 'policy_denied/channel_foreign', 'policy.deny', { method: 'PATCH' }],
    [
      'the same body otherwise spelt',
      403,
      'signature_invalid/hash_mismatch',
      'request.rejected',
      { spaced: true } as object,
    ],
  ])('12, 13, 14, 52 %s: %i %s, audited once', async (_name, status, reason, event, ask) => {
    const channel = await setupChannel();
    const spaced = ask !== undefined && 'spaced' in ask;
    const answer = await channel.ask(
      spaced ? { body: JSON.stringify(secret, null, 1), envelope: channel.envelope() } : ask,
    );
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toMatchObject({ reasonCode: reason });
    expect(stored(channel)).toEqual([]);
    expect(channel.told()).toMatchObject([
      { eventType: `sourcechannel.${event}`, outcome: 'deny', reasonCode: reason },
    ]);
  });

  it('52 expired: capability_expired', async () => {
    const channel = await setupChannel();
    const envelope = channel.envelope();
    channel.clock.nowMs += 300_000;
    expect((await channel.ask({ envelope })).json()).toMatchObject({ reasonCode: 'capability_expired/expired' });
    expect(channel.told()).toMatchObject([{ eventType: 'sourcechannel.expired.denied' }]);
  });

  it.each<[name: string, status: number, wanted: Partial<AddClientBody>, ask: Parameters<Channel['ask']>[0]]>([
    ['a capability that lacks', 403, { capabilities: ['records.read'] }, {}],
    ['a collection that lacks', 403, { collections: ['shell'] }, {}],
    ['a form', 415, {}, { headers: { 'content-type': 'application/x-www-form-urlencoded' } }],
    ['half a document', 400, {}, { body: '{' }],
    ['a poisoned document', 400, {}, { body: '{"__proto__":{"a":1}}' }],
  ])('16, 52 %s: %i, audited once though no envelope was looked at', async (_name, status, wanted, ask) => {
    const channel = await setupChannel(wanted);
    expect((await channel.ask(ask)).statusCode).toBe(status);
    expect(stored(channel)).toEqual([]);
    expect(channel.told()).toMatchObject([{ eventType: 'sourcechannel.request.rejected', outcome: 'deny' }]);
  });

  it('52 an ended client: 401, audited once; a stranger: 401, and nothing is written', async () => {
    const channel = await setupChannel();
    channel.clients.revoke(channel.client.id);
    const before = channel.told().length;
    expect((await channel.ask()).statusCode).toBe(401);
    expect(channel.told().slice(before)).toMatchObject([{ eventType: 'sourcechannel.request.rejected' }]);
    const { count } = channel.a.disk.audit.head();
    expect((await channel.ask({ headers: { authorization: 'Bearer stranger' } })).statusCode).toBe(401);
    expect(channel.a.disk.audit.head().count).toBe(count);
  });

  it('52 neither PATCH nor a bulk write is a way around', async () => {
    const channel = await setupChannel();
    const patched = await channel.ask({ method: 'PATCH', envelope: null });
    expect(patched.json()).toMatchObject({ reasonCode: 'policy_denied/authority_missing' });
    const items = JSON.stringify({ items: [{ id: 'mail', fields: secret }] });
    const bulk = await channel.ask({
      method: 'POST',
      path: '/v1/collections/secrets/records',
      body: items,
      envelope: null,
    });
    expect(bulk.json()).toMatchObject({ reasonCode: 'policy_denied/authority_missing' });
    const encoded = await channel.ask({ path: '/v1/collections/%73ecrets/records/mail', envelope: null });
    expect(encoded.json()).toMatchObject({ reasonCode: 'policy_denied/authority_missing' });
    expect(stored(channel)).toEqual([]);
  });

  it('52 the owner needs no envelope to keep a secret', async () => {
    const channel = await setupChannel();
    expect((await channel.call('PUT', path, secret)).statusCode).toBe(200);
    expect(stored(channel)).toEqual(['mail']);
  });

  it('52 a client without a key is told to be added again', async () => {
    const channel = await setupChannel({ publicKey: base64urlFromBytes(pair.publicKey) });
    const keyless = (
      await channel.call('POST', '/v1/clients', { name: 'keyless', capabilities: ['records.write'] })
    ).json<AddedClientBody>();
    const answer = await channel.ask({ headers: { authorization: `Bearer ${keyless.token}` } });
    expect(answer.json()).toMatchObject({
      reasonCode: 'policy_denied/authority_missing',
      detail: expect.stringContaining('public key'),
    });
  });

  it('15, 52 more than 2,048 calls in five minutes are refused; later ones are not', async () => {
    const channel = await setupChannel();
    const expiresAtMs = channel.clock.nowMs + 300_000;
    channel.a.disk.settings.set(
      'channel.nonces',
      Array.from({ length: 2048 }, (_, index) => ['urn:srcos:channel:x', `n${index}`, expiresAtMs]),
    );
    expect((await channel.ask()).json()).toMatchObject({ reasonCode: 'policy_denied/too_many' });
    channel.clock.nowMs = expiresAtMs;
    expect((await channel.ask()).statusCode).toBe(200);
    expect((channel.a.disk.settings.get('channel.nonces') as unknown[]).length).toBe(2048);
  });
});

describe('11 the table of privileged calls', () => {
  it('each of them asks for admin', () => {
    for (const route of Object.keys(privilegedRoutes)) {
      expect(routeAccess[route]).toMatchObject({ needs: 'admin' });
    }
  });

  it.each([
    ['POST', '/v1/leases', 'agent.lease.grant'],
    ['POST', '/v1/leases?x=1', 'agent.lease.grant'],
    ['POST', '/v1/leases/abc/revoke', 'agent.lease.grant'],
    ['POST', '/v1/devices/urn%3Asrcos/revoke', 'device.command.remote'],
    ['POST', '/v1/keys/rotate', 'device.command.remote'],
    ['PUT', '/v1/collections/secrets/records/x', 'secret.lease.issue'],
    ['GET', '/v1/leases', undefined],
    ['POST', '/v1/leases/abc', undefined],
    ['PUT', '/v1/collections/shell/records/x', undefined],
  ])('%s %s: %s', (method, url, command) => {
    expect(commandOfCall(method, url)).toBe(command);
  });

  it('17 tells a caller what its envelope must name', async () => {
    const channel = await setupChannel();
    const answer = await channel.call('GET', '/v1/channel', undefined, {
      authorization: `Bearer ${channel.client.token}`,
    });
    expect(answer.json()).toEqual({
      channelId: `urn:srcos:channel:${channel.client.id}`,
      deviceId: channel.a.replica.self,
      profileId: channel.profile.replace('scope', 'profile'),
      policyBundleHash: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    });
    expect((await channel.call('GET', '/v1/channel')).json()).toMatchObject({ channelId: 'urn:srcos:channel:owner' });
  });
});
