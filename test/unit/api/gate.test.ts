import { describe, expect, it } from 'vitest';
import { type Method, permitted, setupApi, token } from './setup-api.ts';

const bearer = `Bearer ${token}`;
const get = { method: 'GET', url: '/v1/status' } as const;

describe('1 who may call', () => {
  it.each([
    ['no token', { host: 'localhost' }],
    ['another token', { host: 'localhost', authorization: 'Bearer another' }],
    ['the token and more', { host: 'localhost', authorization: `${bearer}x` }],
    ['another scheme', { host: 'localhost', authorization: `Basic ${token}` }],
    ['the token alone', { host: 'localhost', authorization: token }],
    ['an empty token', { host: 'localhost', authorization: 'Bearer ' }],
    ['a cookie', { host: 'localhost', cookie: `token=${token}` }],
  ])('§10.51 %s: 401', async (_name, headers) => {
    const { api } = setupApi();
    const answer = await api.inject({ ...get, headers });
    expect(answer.statusCode).toBe(401);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.body).not.toContain(token);
  });

  it('2 §10.51 token in URL: 401', async () => {
    const { api } = setupApi();
    for (const name of ['token', 'access_token', 'authorization']) {
      const answer = await api.inject({
        method: 'GET',
        url: `/v1/status?${name}=${token}`,
        headers: { host: 'localhost' },
      });
      expect(answer.statusCode).toBe(401);
      expect(answer.body).not.toContain(token);
    }
  });

  it.each(['evil.example', 'localhost.evil.example', '127.0.0.1.nip.io', 'localhost@evil.example', 'localhost:1:2'])(
    '§10.51 foreign Host %j: 421',
    async (host) => {
      const { api } = setupApi();
      const answer = await api.inject({ ...get, headers: { ...permitted, host } });
      expect(answer.statusCode).toBe(421);
    },
  );

  it.each(['https://evil.example', 'null', 'http://localhost'])(
    '§10.51 Origin %s: 403, and no CORS header',
    async (origin) => {
      const { api } = setupApi();
      const answer = await api.inject({ ...get, headers: { ...permitted, origin } });
      expect(answer.statusCode).toBe(403);
      expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
    },
  );

  it('§10.51 a refused write has no effect', async () => {
    const { api, a } = setupApi();
    const answer = await api.inject({
      ...{ method: 'PUT', url: '/v1/collections/shell/records/x', headers: { host: 'localhost' } },
      payload: { kind: 'alias', name: 'll', body: 'ls' },
    });
    expect(answer.statusCode).toBe(401);
    expect(a.row(['shell', 'x'])).toBeUndefined();
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/xml'])(
    '§10.51 content type %s: 415',
    async (type) => {
      const { call, a } = setupApi();
      const answer = await call('PUT', '/v1/collections/shell/records/x', '{"kind":"alias"}', { 'content-type': type });
      expect(answer.statusCode).toBe(415);
      expect(answer.json()).toMatchObject({ status: 415 });
      expect(a.row(['shell', 'x'])).toBeUndefined();
    },
  );

  it('a body without a content type: 415', async () => {
    const { call } = setupApi();
    expect((await call('POST', '/v1/pairing/approve', 'digits=1')).statusCode).toBe(415);
  });

  it('a port behind the host name is fine, and health needs no token', async () => {
    const { api } = setupApi();
    expect((await api.inject({ ...get, headers: { ...permitted, host: 'localhost:7341' } })).statusCode).toBe(200);
    for (const url of ['/healthz', '/readyz']) {
      const answer = await api.inject({ method: 'GET', url, headers: { host: 'localhost' } });
      expect(answer.json()).toEqual({ ok: true });
    }
    for (const url of ['/statez', '/metrics', '/v1/nothing', '/nothing']) {
      expect((await api.inject({ method: 'GET', url, headers: { host: 'localhost' } })).statusCode).toBe(401);
    }
  });
});

describe('what cannot be served', () => {
  it.each<[Method, string, number, string]>([
    ['GET', '/v1/nothing.json', 501, 'capability_not_provided'],
    ['POST', '/v1/collections/shell/records/x/unknown', 501, 'capability_not_provided'],
    ['OPTIONS', '/v1/status', 501, 'capability_not_provided'],
    ['GET', '/nothing', 404, 'about:blank'],
    ['GET', '/../../etc/passwd', 404, 'about:blank'],
    ['GET', '/v1/engines/nothing', 404, 'about:blank'],
    ['GET', '/v1/engines/nothing/machine', 404, 'about:blank'],
    ['GET', '/v1/engines/nothing/transitions', 404, 'about:blank'],
    ['POST', '/v1/engines/nothing/enable', 404, 'about:blank'],
    ['GET', '/v1/changes/nothing/explain', 404, 'about:blank'],
    ['GET', '/v1/collections/nothing/records/x/explain', 404, 'about:blank'],
    ['POST', '/v1/scopes', 400, 'about:blank'],
    ['POST', '/v1/links', 400, 'about:blank'],
    ['POST', '/v1/pairing/approve', 400, 'about:blank'],
    ['POST', '/v1/reviews', 400, 'about:blank'],
    ['DELETE', '/v1/links', 400, 'about:blank'],
    ['DELETE', '/v1/links?root=a&root=b', 400, 'about:blank'],
    ['DELETE', '/v1/links?root=a', 404, 'about:blank'],
    ['POST', '/v1/pairing', 409, 'about:blank'],
    ['GET', '/v1/collections/shell/records/%zz', 400, 'about:blank'],
    ['GET', '/v1/collections/shell/records/%ED%A0%80', 400, 'about:blank'],
  ])('%s %s is a problem document with status %i', async (method, url, status, type) => {
    const { call, faults } = setupApi();
    const answer = await call(method, url);
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.json()).toMatchObject({ type, status, title: expect.any(String), detail: expect.any(String) });
    expect(faults).toEqual([]);
  });

  it('an id beyond every limit: 414', async () => {
    const { call } = setupApi();
    const answer = await call('GET', `/v1/collections/shell/records/${'x'.repeat(3000)}`);
    expect(answer.json()).toMatchObject({ status: 414 });
    expect(answer.body).not.toContain('xxxx');
  });

  it('an address that cannot be decoded is refused to a stranger like any other', async () => {
    const { api } = setupApi();
    const answer = await api.inject({ method: 'GET', url: '/v1/%zz', headers: { host: 'localhost' } });
    expect(answer.statusCode).toBe(401);
  });

  it('what goes wrong inside is told to the log and not to the caller', async () => {
    const { call, faults } = setupApi((control) => ({
      ...control,
      edit: async () => {
        throw new Error('xylophone');
      },
    }));
    const answer = await call('PUT', '/v1/collections/shell/records/x', { kind: 'alias', name: 'll', body: 'ls' });
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain('xylophone');
    expect(answer.body).not.toContain('.ts:');
    expect(faults).toHaveLength(1);
  });
});
