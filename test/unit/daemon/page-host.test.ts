import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { idleMs } from '../../../src/daemon/page/page-host.ts';
import { codeLifeMs } from '../../../src/daemon/page/page-keys.ts';
import { pageRoutes } from '../../../src/daemon/page/page-routes.ts';
import { type Opened, logIn, openPage, ownHeaders, script, send, setupPage, style } from './setup-page.ts';

const status = '/v1/status';
const unasked = [
  '/v1/page',
  '/v1/clients',
  '/v1/secrets/held',
  '/v1/secrets/x/reveal',
  '/v1/daemon/stop',
  '/v1/sync/../page',
  '/v1/sync/%2e%2e/page',
  '/v1//page',
  '//v1/sync/now',
  '/v1/sync/now/',
  '/V1/sync/now',
  '/v1/reviews/%2e%2e/accept',
  '/v1/reviews/../accept',
  '/v1/reviews//accept',
  '/v1/reviews/a/b/accept',
  '/v1/reviews/a%00;/accept\\',
  'http://evil.example/v1/sync/now',
  '/login/../v1/sync/now',
];

describe('a code of the page', () => {
  it('U1 is changed for a bearer that opens the page, once; a second use is refused', async () => {
    const { host, opened } = await setupPage();
    const page = await openPage(host);
    const bearer = await logIn(page);
    const again = await send(page.port, 'POST', '/login', ownHeaders(page), JSON.stringify({ code: page.code }));
    expect([again.status, opened.times]).toEqual([401, 1]);
    expect(again.body).toContain('sourcesync ui');
    const answer = await send(page.port, 'GET', status, ownHeaders(page, bearer));
    expect(JSON.parse(answer.body)).toHaveProperty('device');
  });

  it('U1 has 32 random bytes and counts for a minute', async () => {
    const { host, movable } = await setupPage();
    const page = await openPage(host);
    expect(Buffer.from(page.code, 'base64url')).toHaveLength(32);
    movable.nowMs += codeLifeMs;
    const late = await send(page.port, 'POST', '/login', ownHeaders(page), JSON.stringify({ code: page.code }));
    expect(late.status).toBe(401);
  });

  it('U1 what is no code is refused', async () => {
    const { host, opened } = await setupPage();
    const page = await openPage(host);
    for (const body of ['{}', 'null', '{"code": 7}', '{"code": ""}', 'code', `{"code": "${'x'.repeat(2000)}"}`]) {
      expect((await send(page.port, 'POST', '/login', ownHeaders(page), body)).status, body).toBe(401);
    }
    expect(opened.times).toBe(0);
  });

  it('U1 only the newest are kept, and each of those counts', async () => {
    const { host } = await setupPage();
    const pages: Opened[] = [];
    for (let count = 0; count < 17; count++) {
      pages.push(await openPage(host));
    }
    await expect(logIn(pages[0] as Opened)).rejects.toThrow('401');
    expect(await logIn(pages[1] as Opened)).toHaveLength(43);
  });

  it('U1 only the owner of the home makes one', async () => {
    const { call, clients } = await setupPage();
    const client = clients.add({
      ...{ name: 'agent', capabilities: ['admin'], collections: 'all', origin: null, lifetimeMs: null },
      publicKey: null,
    });
    const authorization = `Bearer ${client.ok ? client.value.token : ''}`;
    expect((await call('POST', '/v1/page', {}, { authorization })).statusCode).toBe(403);
    expect((await call('POST', '/v1/page', {})).statusCode).not.toBe(403);
  });
});

describe('who may call the listener of the page', () => {
  it('U2 a name that was bound to this address reaches nothing: 421', async () => {
    const { page, bearer } = await opened();
    for (const host of ['evil.example', 'localhost', '127.0.0.1', '127.0.0.1:1', '127.0.0.1.nip.io', '[::1]']) {
      for (const [method, path] of [
        ['GET', '/'],
        ['GET', status],
        ['POST', '/login'],
      ] as const) {
        const foreign = { ...ownHeaders(page, bearer), host, origin: `http://${host}` };
        expect((await send(page.port, method, path, foreign)).status, host).toBe(421);
      }
    }
  });

  it('U2 an Origin that agrees with a foreign Host, or with a right one, is held against the address: 421, 403', async () => {
    const { page, bearer } = await opened();
    const rebound = `evil.example:${page.port}`;
    const both = { ...ownHeaders(page, bearer), host: rebound, origin: `http://${rebound}` };
    const one = { ...ownHeaders(page, bearer), origin: `http://${rebound}` };
    expect((await send(page.port, 'POST', '/v1/sync/now', both)).status).toBe(421);
    expect((await send(page.port, 'POST', '/v1/sync/now', one, '{}')).status).toBe(403);
  });

  it('U2 an absent Origin is no leave to write: 403', async () => {
    const { page, bearer } = await opened();
    const { origin: _origin, ...without } = ownHeaders(page, bearer);
    expect((await send(page.port, 'POST', '/v1/sync/now', without, '{}')).status).toBe(403);
    expect((await send(page.port, 'POST', '/login', without, '{}')).status).toBe(403);
    expect((await send(page.port, 'GET', status, without)).status).toBe(200);
  });

  it('U2 a foreign Origin does not read either: 403, and no header that would let it', async () => {
    const { page, bearer } = await opened();
    for (const origin of ['null', 'https://127.0.0.1', 'http://localhost', 'http://127.0.0.1:1']) {
      const answer = await send(page.port, 'GET', status, { ...ownHeaders(page, bearer), origin });
      expect(answer.status, origin).toBe(403);
      expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });

  it('U2 a request of another site, or of another port of this one: 403', async () => {
    const { page, bearer } = await opened();
    for (const site of ['cross-site', 'same-site', 'none']) {
      const foreign = { ...ownHeaders(page, bearer), 'sec-fetch-site': site };
      expect((await send(page.port, 'GET', status, foreign)).status, site).toBe(403);
      expect((await send(page.port, 'POST', '/v1/sync/now', foreign, '{}')).status, site).toBe(403);
      const embedded = { 'sec-fetch-site': site, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' };
      expect((await send(page.port, 'GET', '/', embedded)).status, site).toBe(403);
    }
  });

  it('U2 a browser is led to the page itself from a terminal or a file, and there alone', async () => {
    const { page, bearer } = await opened();
    const led = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    expect((await send(page.port, 'GET', '/', led)).status).toBe(200);
    const authorization = `Bearer ${bearer}`;
    expect((await send(page.port, 'GET', status, { ...led, authorization })).status).toBe(403);
  });

  it('U2 a body that is not declared as JSON: 415', async () => {
    const { page, bearer } = await opened();
    const forms = ['application/x-www-form-urlencoded', 'multipart/form-data'];
    for (const type of ['text/plain', 'text/plain; application/json', ...forms]) {
      const headers = { ...ownHeaders(page, bearer), 'content-type': type };
      expect((await send(page.port, 'POST', '/v1/sync/now', headers, '{}')).status, type).toBe(415);
      expect((await send(page.port, 'POST', '/login', headers, '{}')).status, type).toBe(415);
    }
  });

  it('U2 other methods are not served, a question for leave from afar among them: 405', async () => {
    const { page, bearer } = await opened();
    for (const method of ['OPTIONS', 'DELETE', 'PATCH', 'HEAD', 'TRACE']) {
      expect((await send(page.port, method, status, ownHeaders(page, bearer))).status, method).toBe(405);
    }
  });

  it('U2 a PUT comes from the page alone, as JSON, and to what the page may write alone', async () => {
    const { page, bearer } = await opened();
    const { origin: _origin, ...unnamed } = ownHeaders(page, bearer);
    const named = ownHeaders(page, bearer);
    const put = async (path: string, headers: Record<string, string>): Promise<number> =>
      (await send(page.port, 'PUT', path, headers, '{}')).status;
    expect(await put('/v1/policy/org', unnamed)).toBe(403);
    expect(await put('/v1/policy/org', { ...named, origin: 'http://localhost:1' })).toBe(403);
    expect(await put('/v1/policy/org', { ...named, 'content-type': 'text/plain' })).toBe(415);
    expect(await put('/v1/collections/shell/records/x', named)).toBe(404);
  });

  it('U3 without the bearer of a login: 401', async () => {
    const { page } = await opened();
    for (const bearer of [undefined, '', 'guess', 'x'.repeat(43)]) {
      const answer = await send(page.port, 'GET', status, ownHeaders(page, bearer));
      expect(answer.status, bearer).toBe(401);
      expect(answer.body).toContain('sourcesync ui');
    }
  });

  it('U3 the token of the home and a cookie open nothing here', async () => {
    const { page, bearer } = await opened();
    const cookie = { ...ownHeaders(page), cookie: `token=${bearer}; sourcesync.bearer=${bearer}` };
    expect((await send(page.port, 'GET', status, cookie)).status).toBe(401);
    const home = ownHeaders(page, 'the-token-of-this-home');
    expect((await send(page.port, 'GET', status, home)).status).toBe(401);
  });

  it('U4 what the page does not ask is refused, however it is spelt', async () => {
    const { page, bearer, faults } = await opened();
    for (const path of unasked) {
      expect((await send(page.port, 'POST', path, ownHeaders(page, bearer), '{}')).status, path).toBe(404);
    }
    expect(faults).toEqual([]);
  });

  it('U4 everything that the page may ask is a route of the API', async () => {
    const { routes } = await setupPage();
    expect(pageRoutes.filter((route) => !routes.includes(route))).toEqual([]);
  });
});

describe('what the page is answered', () => {
  it('U5 itself, with a policy that lets its own script and style run and nothing else', async () => {
    const { page } = await opened();
    const { headers, body } = await send(page.port, 'GET', '/', {});
    expect(body).toContain(script);
    const policy = String(headers['content-security-policy']);
    const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    expect(policy.split('; ')).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        `script-src ${hashOf(script)}`,
        `style-src ${hashOf(style)}`,
        "connect-src 'self'",
        'img-src data:',
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
      ]),
    );
    expect(policy).not.toContain('unsafe');
  });

  it('U5 every answer is kept from sniffing, frames, referrers and caches, and sets no cookie', async () => {
    const { page, bearer } = await opened();
    const answers = [
      await send(page.port, 'GET', '/', {}),
      await send(page.port, 'GET', status, ownHeaders(page, bearer)),
      await send(page.port, 'GET', status, ownHeaders(page)),
      await send(page.port, 'POST', '/login', ownHeaders(page), '{}'),
      await send(page.port, 'GET', '/', { host: 'evil.example' }),
    ];
    expect(answers.map(({ status: code }) => code)).toEqual([200, 200, 401, 401, 421]);
    for (const { headers } of answers) {
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
        'cross-origin-opener-policy': 'same-origin',
      });
      expect(headers).not.toHaveProperty('set-cookie');
    }
  });

  it('U6 a privileged call is signed for what its person confirmed, and made for nothing else', async () => {
    const { page, bearer, audited } = await opened();
    const path = '/v1/leases/x/revoke';
    const headers = ownHeaders(page, bearer);
    const confirmed = { ...headers, 'sourcesync-confirmed': 'agent.lease.grant' };
    const other = { ...headers, 'sourcesync-confirmed': 'device.command.remote' };
    const forged = { ...headers, 'sourcesync-envelope': 'e30' };
    expect((await send(page.port, 'POST', path, headers, '{}')).status).toBe(403);
    expect((await send(page.port, 'POST', path, other, '{}')).status).toBe(403);
    expect((await send(page.port, 'POST', path, forged, '{}')).status).toBe(403);
    expect(audited()).toEqual([]);
    expect((await send(page.port, 'POST', path, confirmed, '{}')).status).toBe(404);
    expect(audited()).toEqual(['sourcechannel.policy.allow']);
  });

  it('U6 problems of the API come as they are, and a body beyond its limit is refused', async () => {
    const { page, bearer } = await opened();
    const unknown = await send(page.port, 'POST', '/v1/reviews/rv_none/accept', ownHeaders(page, bearer), '{}');
    expect([unknown.status, unknown.headers['content-type']]).toEqual([404, 'application/problem+json; charset=utf-8']);
    const torn = await send(page.port, 'POST', '/v1/reviews/rv_none/merge', ownHeaders(page, bearer), '{"a":1,"a":2}');
    expect(torn.status).toBe(400);
    const large = `"${'x'.repeat(16 * 1024 * 1024)}"`;
    expect((await send(page.port, 'POST', '/v1/reviews/rv_none/merge', ownHeaders(page, bearer), large)).status).toBe(
      413,
    );
  });

  it('U6 where the API is gone the page is told so', async () => {
    const { page, bearer, api } = await opened();
    await api.close();
    expect((await send(page.port, 'GET', status, ownHeaders(page, bearer))).status).toBe(503);
  });
});

describe('the listener of the page', () => {
  it('U7 is there from the first code on, on this machine alone, and ends with every page', async () => {
    const { host, page, bearer } = await opened();
    expect((await openPage(host)).port).toBe(page.port);
    await host.end();
    expect(await isListening(page.port)).toBe(false);
    const anew = await openPage(host);
    expect((await send(anew.port, 'GET', status, ownHeaders(anew, bearer))).status).toBe(401);
  });

  it('U7 closes fifteen minutes after the last call, and not while a stream is open', async () => {
    const { host, page, bearer, movable } = await opened();
    movable.nowMs += idleMs - 1;
    await host.look();
    expect((await send(page.port, 'GET', status, ownHeaders(page, bearer))).status).toBe(200);
    const stream = await openStream(page, bearer);
    movable.nowMs += 10 * idleMs;
    await host.look();
    expect(await isListening(page.port)).toBe(true);
    await stream.end();
    await host.look();
    expect(await isListening(page.port)).toBe(true);
    movable.nowMs += idleMs;
    await host.look();
    expect(await isListening(page.port)).toBe(false);
  });

  it('U7 is not kept open by whoever holds no bearer', async () => {
    const { host, page, movable } = await opened();
    movable.nowMs += idleMs - 1;
    expect((await send(page.port, 'GET', '/', {})).status).toBe(200);
    expect((await send(page.port, 'GET', status, ownHeaders(page))).status).toBe(401);
    movable.nowMs += 1;
    await host.look();
    expect(await isListening(page.port)).toBe(false);
  });
});

async function opened(): Promise<Awaited<ReturnType<typeof setupPage>> & { page: Opened; bearer: string }> {
  const setup = await setupPage();
  const page = await openPage(setup.host);
  return { ...setup, page, bearer: await logIn(page) };
}

async function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const attempt = connect(port, '127.0.0.1');
    attempt.once('connect', () => resolve(true)).once('error', () => resolve(false));
    attempt.once('connect', () => attempt.destroy());
  });
}

/** The stream of events, once it has begun; its end is waited for until the listener has seen it. */
async function openStream({ port, origin }: Opened, bearer: string): Promise<{ end(): Promise<void> }> {
  const ending = new AbortController();
  const answer = await fetch(`http://127.0.0.1:${port}/v1/events`, {
    headers: { authorization: `Bearer ${bearer}`, 'sec-fetch-site': 'same-origin' },
    signal: ending.signal,
  });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
  return {
    async end() {
      ending.abort();
      // A call that is answered after it: the listener has heard of the end before.
      await send(port, 'GET', status, ownHeaders({ port, origin, code: '' }, bearer));
    },
  };
}
