import { mkdtempSync, rmSync } from 'node:fs';
import { type RequestListener, createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Client, createClient } from '../../../src/client/client.ts';
import { setupApi, token } from '../api/setup-api.ts';

function socketPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sourcesync-test-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return join(folder, 'api.sock');
}

async function clientOf(answer: RequestListener, timeoutMs = 10_000): Promise<Client> {
  const path = socketPath();
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(path, resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return createClient({ socketPath: path, token, timeoutMs });
}

async function clientOfApi(): Promise<{ client: Client; other: Client }> {
  const path = socketPath();
  const { api } = setupApi();
  await api.listen({ path });
  onTestFinished(async () => {
    await api.close();
  });
  return {
    client: createClient({ socketPath: path, token }),
    other: createClient({ socketPath: path, token: 'another' }),
  };
}

describe('the client on the socket of the API', () => {
  it('writes, reads, and is told of a stale version with the current one', async () => {
    const { client } = await clientOfApi();
    const id = '../a b/ü?#%';
    const fields = { kind: 'alias', name: 'll', body: 'ls' };
    const written = await client.putRecord('shell', id, fields);
    expect(written).toMatchObject({ ok: true, value: { id, fields, state: 'live' } });
    expect(await client.record('shell', id)).toEqual(written);
    const version = written.ok ? written.value.version : '';
    const patched = await client.patchRecord('shell', id, { body: 'ls -l' }, version);
    expect(patched.ok && patched.value.fields?.['body']).toBe('ls -l');
    const stale = await client.putRecord('shell', id, fields, version);
    const current = patched.ok ? patched.value.version : '';
    expect(stale).toMatchObject({ ok: false, error: { kind: 'problem', problem: { status: 412, current } } });
    expect(await client.removeRecord('shell', id)).toMatchObject({ ok: true, value: { state: 'tombstoned' } });
    expect(await client.history('shell', id)).toMatchObject({ ok: true, value: { items: [{}, {}, {}] } });
  });

  it('a record that is absent is an answer; another token is a problem', async () => {
    const { client, other } = await clientOfApi();
    expect(await client.record('shell', 'x')).toMatchObject({ ok: true, value: { state: 'absent' } });
    expect(await other.status()).toMatchObject({ ok: false, error: { kind: 'problem', problem: { status: 401 } } });
  });

  it('lists, pages and metrics', async () => {
    const { client } = await clientOfApi();
    const items = ['a', 'b', 'c'].map((id) => ({ id, fields: { kind: 'alias', name: id, body: id } }));
    expect(await client.putRecords('shell', { items })).toEqual({ ok: true, value: { written: 3, failed: [] } });
    const first = await client.records('shell', { limit: 2 });
    const cursor = first.ok ? (first.value.nextCursor ?? '') : '';
    expect(await client.records('shell', { limit: 2, cursor })).toMatchObject({
      ok: true,
      value: { items: [{}], nextCursor: null },
    });
    expect(await client.metrics()).toMatchObject({ ok: true, value: expect.stringContaining('sourcesync') });
    expect(await client.verifyAudit()).toMatchObject({ ok: true, value: { valid: true } });
  });
});

describe('what answers is no daemon of this version', () => {
  it('nobody listens: unreachable, and the token is not told', async () => {
    const client = createClient({ socketPath: '/nonexistent/api.sock', token });
    const answer = await client.status();
    expect(answer).toMatchObject({
      ok: false,
      error: { kind: 'unreachable', message: expect.stringContaining('/nonexistent/api.sock') },
    });
    expect(JSON.stringify(answer)).not.toContain(token);
  });

  it.each([
    ['half a document', 200, 'application/json', '{"a":'],
    ['an empty document', 200, 'application/json', ''],
    ['a problem that is none', 500, 'application/problem+json', '<html>'],
    ['a page with status 502', 502, 'text/html', '<html>'],
    ['words with status 404', 404, 'text/plain', 'not found'],
  ])('%s is a fault, never a throw', async (_name, status, type, body) => {
    const client = await clientOf((_request, response) => {
      response.writeHead(status, { 'content-type': type }).end(body);
    });
    expect(await client.status()).toMatchObject({
      ok: false,
      error: { kind: 'problem', problem: { status, detail: expect.any(String) } },
    });
  });

  it('a connection that ends in the middle is unreachable', async () => {
    const client = await clientOf((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
      response.write('{"a":', () => response.destroy());
    });
    expect(await client.status()).toMatchObject({ ok: false, error: { kind: 'unreachable' } });
  });

  it('no answer in time is unreachable', async () => {
    const client = await clientOf(() => {}, 1);
    expect(await client.status()).toMatchObject({
      ok: false,
      error: { kind: 'unreachable', message: expect.stringContaining('no answer in time') },
    });
  });
});
