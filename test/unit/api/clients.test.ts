import { request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { AddClientBody, AddedClientBody } from '../../../src/api/types/clients.ts';
import { type NewClient, apiCapabilities } from '../../../src/api/ports/clients.ts';
import { routeAccess, routeKey } from '../../../src/api/gate/route-access.ts';
import { createClientsHost } from '../../../src/daemon/members/clients-host.ts';
import { createRandom } from '../../simulation/random.ts';
import { temporaryFolder } from '../daemon/temporary-folder.ts';
import { type ApiSetup, type Method, permitted, setupApi, token } from './setup-api.ts';

const alias = { kind: 'alias', name: 'll', body: 'ls' };
const page = 'http://127.0.0.1:5173';

async function added(setup: ApiSetup, wanted: Partial<AddClientBody>): Promise<AddedClientBody> {
  const answer = await setup.call('POST', '/v1/clients', {
    ...{ name: 'editor', capabilities: ['records.read'] },
    ...wanted,
  });
  expect(answer.statusCode).toBe(200);
  return answer.json();
}

const as = (client: AddedClientBody): Record<string, string> => ({ authorization: `Bearer ${client.token}` });

describe('6 every route says what it asks of a client', () => {
  it('each registered route has an entry in the table, and its capability is of the closed list', () => {
    const { routes } = setupApi();
    expect(routes.length).toBeGreaterThan(40);
    expect(routes.filter((key) => routeAccess[key] === undefined)).toEqual([]);
    const words = new Set<string>([...apiCapabilities, 'anyone', 'known', 'owner']);
    expect(Object.entries(routeAccess).filter(([, { needs }]) => !words.has(needs))).toEqual([]);
  });

  it('needs no token for health alone', () => {
    const open = Object.entries(routeAccess).filter(([, { needs }]) => needs === 'anyone');
    expect(open.map(([key]) => key)).toEqual(['GET /healthz', 'GET /readyz']);
  });

  it('HEAD asks what GET asks', () => {
    expect(routeKey('HEAD', '/v1/audit')).toBe('GET /v1/audit');
  });
});

describe('5 capabilities', () => {
  it.each<[capabilities: string[], method: Method, url: string, status: number]>([
    [['records.read'], 'GET', '/v1/collections/shell/records', 200],
    [['records.read'], 'HEAD', '/v1/collections/shell/records', 200],
    [['records.read'], 'GET', '/v1/capabilities', 200],
    [['records.read'], 'PUT', '/v1/collections/shell/records/x', 403],
    [['records.read'], 'GET', '/v1/audit', 403],
    [['records.read'], 'GET', '/v1/events', 403],
    [['records.read'], 'GET', '/v1/clients', 403],
    [['records.read', 'records.write'], 'PUT', '/v1/collections/shell/records/x', 200],
    [['audit.read'], 'GET', '/v1/audit', 200],
    [['audit.read'], 'GET', '/v1/collections/shell/records', 403],
    [['reviews.read'], 'GET', '/v1/reviews', 200],
    [['reviews.read'], 'POST', '/v1/reviews', 403],
    [['engines.read'], 'GET', '/v1/status', 200],
    [['engines.read'], 'POST', '/v1/engines/shell/disable', 403],
    [['engines.switch'], 'POST', '/v1/engines/shell/disable', 200],
    [['sync.control'], 'POST', '/v1/daemon/stop', 403],
    [['admin'], 'GET', '/v1/audit', 200],
    [['admin'], 'PUT', '/v1/collections/shell/records/x', 200],
    [['admin'], 'GET', '/v1/clients', 403],
    [['admin'], 'POST', '/v1/clients', 403],
  ])('%j: %s %s is %i', async (capabilities, method, url, status) => {
    const setup = setupApi();
    const client = await added(setup, { capabilities });
    const body = method === 'PUT' ? alias : method === 'POST' ? {} : undefined;
    const answer = await setup.call(method, url, body, as(client));
    expect(answer.statusCode).toBe(status);
    if (status === 403) {
      expect(answer.json()).toMatchObject({ reasonCode: 'policy_denied', detail: expect.stringMatching(/owner/) });
    }
  });
});

describe('7 collections', () => {
  it.each<[collections: string[], method: Method, url: string, body: unknown, status: number]>([
    [['shell'], 'GET', '/v1/collections/shell/records', undefined, 200],
    [['shell'], 'GET', '/v1/collections/browser/records', undefined, 403],
    [['shell'], 'GET', '/v1/collections/%62rowser/records', undefined, 403],
    [['shell'], 'PUT', '/v1/collections/browser/records/x', alias, 403],
    [['shell'], 'GET', '/v1/collections/browser/records/x/history', undefined, 403],
    [['shell'], 'GET', '/v1/engines/shell', undefined, 200],
    [['shell'], 'GET', '/v1/engines/browser', undefined, 403],
    [['shell'], 'GET', '/v1/engines/sourceos.sync.browser', undefined, 403],
    [['shell'], 'GET', '/v1/engines/nothing', undefined, 404],
    [['shell'], 'POST', '/v1/engines/browser/disable', {}, 403],
    [['shell'], 'GET', '/v1/reviews', undefined, 403],
    [['shell'], 'GET', '/v1/reviews?collection=shell', undefined, 200],
    [['shell'], 'GET', '/v1/reviews?collection=browser', undefined, 403],
    [['shell'], 'GET', '/v1/reviews?collection=shell&collection=browser', undefined, 403],
    [['shell'], 'POST', '/v1/reviews', { collection: 'shell', decision: 'accept' }, 200],
    [['shell'], 'POST', '/v1/reviews', { collection: 'browser', decision: 'accept' }, 403],
    [['shell'], 'POST', '/v1/reviews', {}, 403],
    [['shell'], 'GET', '/v1/quarantine?collection=browser', undefined, 403],
    [['shell'], 'GET', '/v1/reviews/nothing', undefined, 404],
    [['shell'], 'GET', '/v1/quarantine/nothing', undefined, 404],
    [['shell'], 'GET', '/v1/changes/nothing/explain', undefined, 404],
    [['shell'], 'GET', '/v1/audit', undefined, 403],
    [['shell'], 'GET', '/v1/events', undefined, 403],
    [['shell'], 'GET', '/v1/status', undefined, 200],
  ])('%j: %s %s %j is %i', async (collections, method, url, body, status) => {
    const setup = setupApi();
    const client = await added(setup, { capabilities: ['admin'], collections });
    const answer = await setup.call(method, url, body, as(client));
    expect(answer.statusCode).toBe(status);
    if (status === 403) {
      expect(answer.json()).toMatchObject({ reasonCode: 'policy_denied' });
    }
  });

  it('a change, a review and what is held are judged by their collection', async () => {
    const setup = setupApi();
    await setup.call('PUT', '/v1/collections/shell/records/x', alias);
    const history = await setup.call('GET', '/v1/collections/shell/records/x/history');
    const [{ changeId }] = history.json<{ items: [{ changeId: string }] }>().items;
    const other = await added(setup, { capabilities: ['admin'], collections: ['browser'] });
    const own = await added(setup, { name: 'shell', capabilities: ['admin'], collections: ['shell'] });
    const url = `/v1/changes/${changeId}/explain`;
    expect((await setup.call('GET', url, undefined, as(other))).statusCode).toBe(403);
    expect((await setup.call('GET', url, undefined, as(own))).statusCode).toBe(200);
  });
});

describe('tokens of clients', () => {
  it('3 that of the home does what none of a client may', async () => {
    const setup = setupApi();
    const admin = await added(setup, { capabilities: ['admin'] });
    const asked = Object.entries(routeAccess).filter(([, access]) => access.needs === 'owner');
    expect(asked.length).toBeGreaterThan(2);
    const wish = { name: 'another', capabilities: ['records.read'] };
    expect((await setup.call('POST', '/v1/clients', wish, as(admin))).statusCode).toBe(403);
    expect((await setup.call('POST', '/v1/clients', wish)).statusCode).toBe(200);
    expect((await setup.call('GET', '/v1/clients', undefined, { authorization: 'Bearer x' })).statusCode).toBe(401);
  });

  it('4, 51 are kept as hashes, and stand in no list, audit row or second answer', async () => {
    const setup = setupApi();
    const client = await added(setup, {});
    const seen = [
      (await setup.call('GET', '/v1/clients')).body,
      (await setup.call('GET', '/v1/audit')).body,
      JSON.stringify(setup.a.disk.settings.get('api.clients')),
      JSON.stringify(setup.faults),
    ];
    expect(seen.filter((text) => text.includes(client.token))).toEqual([]);
    expect(seen[0]).toContain(client.id);
  });

  it('3, 51 survive a restart, and the token of the home is its owner’s', async () => {
    const setup = setupApi();
    const client = await added(setup, { collections: ['shell'] });
    const { a, clock } = setup;
    const again = createClientsHost({
      ...{ store: a.disk, homeToken: token, ownerId: setup.household.userId, nowMs: () => clock.nowMs },
      ...{ randomBytes: createRandom(3, 'again').bytes, audit: () => {} },
    });
    expect(again.identify(client.token)).toMatchObject({ kind: 'client', client: { id: client.id } });
    expect(again.identify(token)).toEqual({ kind: 'owner' });
    expect(again.identify(`${client.token}x`)).toBeUndefined();
    expect(again.identify('')).toBeUndefined();
  });

  it('9, 51 expired: 401 with words', async () => {
    const setup = setupApi();
    const client = await added(setup, { ttlSeconds: 60 });
    const ask = async (): Promise<number> =>
      (await setup.call('GET', '/v1/collections/shell/records', undefined, as(client))).statusCode;
    setup.clock.nowMs += 59_999;
    expect(await ask()).toBe(200);
    setup.clock.nowMs += 1;
    const answer = await setup.call('GET', '/v1/collections/shell/records', undefined, as(client));
    expect(answer.statusCode).toBe(401);
    expect(answer.json().detail).toMatch(/editor expired at .*sourcesync clients add/);
  });

  it('9, 37 a clock that is set back brings no expired client to life', async () => {
    const setup = setupApi();
    const client = await added(setup, { ttlSeconds: 60, capabilities: ['records.read'] });
    setup.clock.nowMs += 60_000;
    await setup.call('PUT', '/v1/collections/shell/records/x', alias);
    setup.clock.nowMs -= 60_000;
    const answer = await setup.call('GET', '/v1/collections/shell/records', undefined, as(client));
    expect(answer.statusCode).toBe(401);
    expect((await setup.call('GET', '/v1/clients')).json()).toMatchObject({ items: [{ state: 'expired' }] });
  });

  it.each(['id', 'prefix', 'name'] as const)('51 revoked by %s: 401 with words, at once', async (by) => {
    const setup = setupApi();
    const client = await added(setup, {});
    const named = { id: client.id, prefix: client.id.slice(0, 6), name: client.name }[by];
    const revoked = await setup.call('POST', `/v1/clients/${named}/revoke`, {});
    expect(revoked.json()).toMatchObject({ id: client.id, state: 'revoked' });
    const answer = await setup.call('GET', '/v1/collections/shell/records', undefined, as(client));
    expect(answer.statusCode).toBe(401);
    expect(answer.json().detail).toContain('was revoked at');
    expect((await setup.call('POST', `/v1/clients/${client.id}/revoke`, {})).statusCode).toBe(409);
    expect((await setup.call('POST', '/v1/clients/nobody/revoke', {})).statusCode).toBe(404);
  });

  it('10 each add and revoke is audited once, and the chain holds', async () => {
    const setup = setupApi();
    const client = await added(setup, { collections: ['shell'] });
    await setup.call('POST', `/v1/clients/${client.id}/revoke`, {});
    const { items } = (await setup.call('GET', '/v1/audit')).json<{
      items: { eventType: string; subjectId: string }[];
    }>();
    const told = items.filter(({ subjectId }) => subjectId === `urn:srcos:channel:${client.id}`);
    expect(told.map(({ eventType }) => eventType)).toEqual([
      'sourcechannel.client.added',
      'sourcechannel.client.revoked',
    ]);
    expect((await setup.call('GET', '/v1/audit/verify')).json()).toMatchObject({ valid: true });
  });

  it('9 a name that is taken, and the 257th client: 409; those that ended make room', async () => {
    const setup = setupApi();
    await added(setup, {});
    const again = await setup.call('POST', '/v1/clients', { name: 'editor', capabilities: ['admin'] });
    expect(again.statusCode).toBe(409);
    for (let count = 1; count < 256; count++) {
      expect(setup.clients.add({ ...plain, name: `c${count}` }).ok).toBe(true);
    }
    expect(setup.clients.add({ ...plain, name: 'one more' })).toMatchObject({ ok: false, error: { kind: 'conflict' } });
    expect(setup.clients.revoke('c7').ok).toBe(true);
    expect(setup.clients.add({ ...plain, name: 'one more' }).ok).toBe(true);
  });

  it('9 the oldest that ended give way after 256', () => {
    const setup = setupApi();
    for (let count = 0; count < 259; count++) {
      setup.clients.add({ ...plain, name: `c${count}` });
      setup.clients.revoke(`c${count}`);
    }
    const names = setup.clients.list().map(({ name }) => name);
    expect(names).toHaveLength(257);
    expect(names[0]).toBe('c2');
  });
});

const plain: Omit<NewClient, 'name'> = {
  ...{ capabilities: ['admin'], collections: 'all', origin: null, publicKey: null, lifetimeMs: null },
};

describe('what is no client', () => {
  it.each<[string, unknown]>([
    ['name', { capabilities: ['admin'] }],
    ['name', { name: '', capabilities: ['admin'] }],
    ['name', null],
    ['capabilities', { name: 'x' }],
    ['capabilities', { name: 'x', capabilities: [] }],
    ['capabilities', { name: 'x', capabilities: ['everything'] }],
    ['capabilities', { name: 'x', capabilities: [7] }],
    ['collections', { name: 'x', capabilities: ['admin'], collections: [] }],
    ['collections', { name: 'x', capabilities: ['admin'], collections: ['A B'] }],
    ['collections', { name: 'x', capabilities: ['admin'], collections: Array.from({ length: 65 }, (_, n) => `c${n}`) }],
    ['origin', { name: 'x', capabilities: ['admin'], origin: 'null' }],
    ['origin', { name: 'x', capabilities: ['admin'], origin: 'http://' }],
    ['origin', { name: 'x', capabilities: ['admin'], origin: 'http://a/' }],
    ['origin', { name: 'x', capabilities: ['admin'], origin: 'file:///a' }],
    ['publicKey', { name: 'x', capabilities: ['admin'], publicKey: 'AAAA' }],
    ['publicKey', { name: 'x', capabilities: ['admin'], publicKey: 7 }],
    ['ttlSeconds', { name: 'x', capabilities: ['admin'], ttlSeconds: 0 }],
    ['ttlSeconds', { name: 'x', capabilities: ['admin'], ttlSeconds: 1.5 }],
    ['ttlSeconds', { name: 'x', capabilities: ['admin'], ttlSeconds: '1h' }],
  ])('a wrong %s: 400 that names it, and nothing is kept (%j)', async (field, body) => {
    const setup = setupApi();
    const answer = await setup.call('POST', '/v1/clients', body);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().detail).toContain(field);
    expect(setup.clients.list()).toEqual([]);
  });
});

describe('8 where a request comes from', () => {
  it('51 a registered origin is served over loopback, with its own token only', async () => {
    const setup = setupApi();
    const bound = await added(setup, { origin: page });
    const free = await added(setup, { name: 'free' });
    const base = await loopback(setup);
    const url = `${base}/v1/collections/shell/records`;
    const ask = async (headers: Record<string, string>): Promise<{ status: number; allow: unknown }> => {
      const answer = await askOver(url, headers);
      return { status: answer.status, allow: answer.headers['access-control-allow-origin'] ?? null };
    };
    expect(await ask({ origin: page, ...as(bound) })).toEqual({ status: 200, allow: page });
    expect(await ask({ origin: page, ...as(free) })).toEqual({ status: 403, allow: null });
    expect(await ask({ origin: page, authorization: `Bearer ${token}` })).toEqual({ status: 403, allow: null });
    expect(await ask({ origin: page })).toEqual({ status: 401, allow: null });
    expect(await ask({ ...as(bound) })).toEqual({ status: 403, allow: page });
    for (const origin of ['null', 'https://evil.example', `${page}0`, 'http://localhost:5173']) {
      expect(await ask({ origin, ...as(bound) })).toEqual({ status: 403, allow: null });
    }
    setup.clients.revoke(bound.id);
    expect(await ask({ origin: page, ...as(bound) })).toEqual({ status: 403, allow: null });
  });

  it('51 a browser is told beforehand which page may call, and no other', async () => {
    const setup = setupApi();
    await added(setup, { origin: page });
    const url = `${await loopback(setup)}/v1/collections/shell/records`;
    const asks = { 'access-control-request-method': 'PUT' };
    const allowed = await askOver(url, { origin: page, ...asks }, 'OPTIONS');
    expect(allowed.status).toBe(204);
    expect(allowed.headers).toMatchObject({ 'access-control-allow-origin': page, vary: 'Origin' });
    const foreign = await askOver(url, { origin: 'https://evil.example', ...asks }, 'OPTIONS');
    expect(foreign.status).toBe(403);
    expect(foreign.headers['access-control-allow-origin']).toBeUndefined();
  });

  it('51 the Unix socket refuses every origin, a registered one too', async () => {
    const setup = setupApi();
    const bound = await added(setup, { origin: page });
    const socketPath = join(temporaryFolder(), 'api.sock');
    await setup.api.listen({ path: socketPath });
    onTestFinished(async () => {
      await setup.api.close();
    });
    const ask = async (headers: Record<string, string>): Promise<number> =>
      (await askOver('http://localhost/v1/collections/shell/records', headers, 'GET', socketPath)).status;
    expect(await ask({ origin: page, ...as(bound) })).toBe(403);
    expect(await ask({ authorization: `Bearer ${token}` })).toBe(200);
  });

  it.each(['token', 'access_token', 'authorization', 'bearer'])(
    '51 a token in the address is 401, whatever the header says: ?%s=',
    async (name) => {
      const { call } = setupApi();
      const answer = await call('GET', `/v1/status?limit=1&${name}=${token}`);
      expect(answer.statusCode).toBe(401);
      expect(answer.json().detail).toContain('address');
      expect(answer.body).not.toContain(token);
    },
  );
});

async function loopback({ api }: ApiSetup): Promise<string> {
  await api.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(async () => {
    await api.close();
  });
  return `http://127.0.0.1:${(api.server.address() as AddressInfo).port}`;
}

interface Heard {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

async function askOver(
  url: string,
  headers: Record<string, string>,
  method: string = 'GET',
  socketPath?: string,
): Promise<Heard> {
  return new Promise((resolve, reject) => {
    const where = socketPath === undefined ? {} : { socketPath };
    const request = httpRequest(
      url,
      { ...where, method, headers: { host: permitted['host'], ...headers } },
      (answer) => {
        answer.resume();
        answer.once('end', () => {
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers });
        });
      },
    );
    request.once('error', reject);
    request.end();
  });
}
