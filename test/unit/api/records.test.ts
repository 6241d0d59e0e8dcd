import { describe, expect, it } from 'vitest';
import type { PageBody, RecordBody } from '../../../src/api/types/bodies.ts';
import { setupApi } from './setup-api.ts';

const alias = { kind: 'alias', name: 'll', body: 'ls -l' };
const address = '/v1/collections/shell/records/x';
const json = { 'content-type': 'application/json' };
const nested = (depth: number): string =>
  `{"kind":"alias","name":"x","body":"y","z":${'['.repeat(depth)}${']'.repeat(depth)}}`;

describe('one record', () => {
  it('is written and read in the shape of RecordBody, with its version as ETag', async () => {
    const { call, a } = setupApi();
    const written = await call('PUT', address, alias);
    expect(written.statusCode).toBe(200);
    expect(written.json()).toEqual({
      ...{ collection: 'shell', id: 'x', fields: alias, version: expect.stringMatching(/^[\w-]{43}$/), state: 'live' },
      ...{ managedBy: 'user', updatedAt: '2026-01-01T00:00:00.000Z', deviceId: a.replica.self },
      ...{ author: expect.stringMatching(/^urn:srcos:user:/), pending: { reviews: 0, conflicts: 0 } },
    });
    expect(written.headers.etag).toBe(`"${written.json().version}"`);
    const read = await call('GET', address);
    expect(read.json()).toEqual(written.json());
    expect(read.headers.etag).toBe(written.headers.etag);
  });

  it('is patched by JSON merge patch, where null removes', async () => {
    const { call } = setupApi();
    await call('PUT', address, { ...alias, shell: 'zsh' });
    const patched = await call('PATCH', address, { body: 'ls -la', shell: null });
    expect(patched.json().fields).toEqual({ ...alias, body: 'ls -la' });
  });

  it('is deleted, and its history stays', async () => {
    const { call } = setupApi();
    const first = await call('PUT', address, alias);
    const removed = await call('DELETE', address);
    expect(removed.json()).toMatchObject({ state: 'tombstoned', fields: null });
    const { items, nextCursor } = (await call('GET', `${address}/history`)).json();
    expect(nextCursor).toBeNull();
    expect(items).toHaveLength(2);
    expect(items.map((item: { changeId: string }) => item.changeId)).toContain(first.json().version);
    expect(items[0]).toMatchObject({ disposition: 'applied', at: expect.any(String), parents: expect.any(Array) });
  });

  it('that was never there is absent, with status 404 and an empty version', async () => {
    const { call } = setupApi();
    const answer = await call('GET', address);
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ state: 'absent', version: '', fields: null, id: 'x' });
  });

  it('of an unknown collection: 404 schema_unknown', async () => {
    const { call } = setupApi();
    for (const url of [
      '/v1/collections/nope/records',
      '/v1/collections/nope/records/x',
      '/v1/collections/nope/records/x/history',
    ]) {
      const answer = await call('GET', url);
      expect(answer.statusCode).toBe(404);
      expect(answer.json().reasonCode).toBe('schema_unknown');
    }
    expect((await call('PUT', '/v1/collections/nope/records/x', alias)).json()).toMatchObject({
      status: 404,
      reasonCode: 'schema_unknown',
    });
  });

  it('of a disabled engine: 409, and written again once enabled', async () => {
    const { call, a } = setupApi();
    a.disabled.add('sourceos.sync.shell');
    expect((await call('PUT', address, alias)).statusCode).toBe(409);
    a.disabled.clear();
    expect((await call('PUT', address, alias)).statusCode).toBe(200);
  });

  it('explains each change, and why the record is not synced', async () => {
    const { call } = setupApi();
    const { version } = (await call('PUT', address, alias)).json();
    const answer = (await call('GET', `${address}/explain`)).json();
    expect(answer).toMatchObject({
      collection: 'shell',
      id: 'x',
      synced: false,
      changes: [{ changeId: version, verdict: 'accept' }],
    });
    expect((await call('GET', `/v1/changes/${version}/explain`)).json()).toEqual(answer.changes[0]);
    expect(answer.changes[0].steps.length).toBeGreaterThan(3);
  });
});

describe('ETag and If-Match', () => {
  it('the current version permits the write', async () => {
    const { call } = setupApi();
    const etag = String((await call('PUT', address, alias)).headers.etag);
    const second = await call('PUT', address, { ...alias, body: 'ls' }, { 'if-match': etag });
    expect(second.statusCode).toBe(200);
    expect(second.headers.etag).not.toBe(etag);
  });

  it.each(['PUT', 'PATCH', 'DELETE'] as const)(
    'a stale version: %s answers 412 with the current one, and changes nothing',
    async (method) => {
      const { call, a } = setupApi();
      const stale = String((await call('PUT', address, alias)).headers.etag);
      const current = (await call('PUT', address, { ...alias, body: 'ls' })).json().version;
      const answer = await call(method, address, method === 'DELETE' ? undefined : alias, { 'if-match': stale });
      expect(answer.statusCode).toBe(412);
      expect(answer.json()).toMatchObject({ status: 412, current });
      expect(a.fields(['shell', 'x'])).toEqual({ ...alias, body: 'ls' });
    },
  );

  it('If-None-Match: * writes only where nothing is', async () => {
    const { call } = setupApi();
    expect((await call('PUT', address, alias, { 'if-none-match': '*' })).statusCode).toBe(200);
    expect((await call('PUT', address, alias, { 'if-none-match': '*' })).statusCode).toBe(412);
  });

  it.each(['x', '"x"', 'W/"abc"', `"${'a'.repeat(44)}"`])('If-Match: %s is no version: 400', async (match) => {
    const { call } = setupApi();
    expect((await call('PUT', address, alias, { 'if-match': match })).statusCode).toBe(400);
  });
});

describe('B1 a body that is not fields', () => {
  it.each([
    ['malformed', '{', 400],
    ['empty', '', 400],
    ['an array', '[]', 400],
    ['null', 'null', 400],
    ['a text', '"x"', 400],
    ['__proto__', '{"__proto__":{"kind":"alias"}}', 400],
    ['__proto__ further down', '{"kind":"alias","name":"x","body":"y","z":{"__proto__":1}}', 400],
    ['against the record schema', '{"kind":"nope","name":"x","body":"y"}', 422],
    ['a lone surrogate', '{"kind":"alias","name":"x","body":"\\ud800"}', 400],
    ['a number beyond doubles', '{"kind":"alias","name":"x","body":"y","z":1e400}', 400],
    ['a whole number beyond 2^53', '{"kind":"alias","name":"x","body":"y","z":3791411052119578828}', 400],
    ['a key that stands twice', '{"kind":"alias","name":"x","body":"y","body":"z"}', 400],
    ['depth 1,000', nested(1_000), 400],
    ['depth 10,000', nested(10_000), 400],
    ['depth 100,000', nested(100_000), 400],
    ['more than one change holds', JSON.stringify({ ...alias, body: 'y'.repeat(1_500_000) }), 422],
  ])('%s: refused without effect', async (_name, payload, status) => {
    const { call, a, faults } = setupApi();
    const answer = await call('PUT', address, payload, json);
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.body.length).toBeLessThan(1_000);
    expect(a.row(['shell', 'x'])).toBeUndefined();
    expect(faults).toEqual([]);
    expect(({} as { kind?: string }).kind).toBeUndefined();
  });

  it('is told with the place and what to do', async () => {
    const { call } = setupApi();
    const answer = await call('PUT', address, '{"kind":"alias",\n "props":[{"id":3791411052119578828}]}', json);
    expect(answer.json().detail).toBe(
      'The body is not taken, and nothing was done. At /props/0/id (line 2, column 17): The number 3791411052119578828 is beyond 2^53 - 1, where whole numbers are not told apart any more: it would become 3791411052119578600. Write it as text, in quotes, or write a number that can be kept.',
    );
  });

  it('what is not UTF-8: 400', async () => {
    const { call, a } = setupApi();
    const bytes = Buffer.concat([
      Buffer.from('{"kind":"alias","name":"x","body":"'),
      Buffer.of(0xff),
      Buffer.from('"}'),
    ]);
    const answer = await call('PUT', address, bytes, json);
    expect([answer.statusCode, answer.json().detail]).toEqual([400, expect.stringContaining('not UTF-8')]);
    expect(a.row(['shell', 'x'])).toBeUndefined();
  });

  it('one item of many that is not exact: nothing is written', async () => {
    const { call, a } = setupApi();
    const items = `[{"id":"x","fields":${JSON.stringify(alias)}},{"id":"y","fields":{"n":1e400}}]`;
    const answer = await call('POST', '/v1/collections/shell/records', `{"items":${items}}`, json);
    expect([answer.statusCode, answer.json().detail]).toEqual([400, expect.stringContaining('/items/1/fields/n')]);
    expect(a.row(['shell', 'x'])).toBeUndefined();
  });

  it('B2 an item that says who wrote it, or who manages it: 400', async () => {
    const { call, a } = setupApi();
    for (const said of [{ managedBy: 'system' }, { authorId: 'urn:srcos:user:other' }]) {
      const items = [{ id: 'x', fields: alias, ...said }];
      const answer = await call('POST', '/v1/collections/shell/records', { items });
      expect([answer.statusCode, answer.json().detail]).toEqual([
        400,
        expect.stringContaining(Object.keys(said)[0] ?? ''),
      ]);
      const set = { items, syncToken: 1, contentHash: `sha256:${'0'.repeat(64)}` };
      expect((await call('PUT', '/v1/collections/shell/owners/app/me', set)).statusCode).toBe(400);
    }
    expect(a.row(['shell', 'x'])).toBeUndefined();
  });

  it('beyond 16 MiB: 413', async () => {
    const { call } = setupApi();
    const answer = await call('PUT', address, `{"x":"${'y'.repeat(16 * 1024 * 1024)}"}`, json);
    expect(answer.statusCode).toBe(413);
    expect(answer.json()).toMatchObject({ status: 413 });
  });

  it('no body at all: 400', async () => {
    const { call } = setupApi();
    expect((await call('PUT', address)).statusCode).toBe(400);
  });
});

describe('ids in the address', () => {
  it.each([
    ['%00 in it', 'a%00b'],
    ['a newline', 'a%0Ab'],
    ['an escape code', '%1B%5B2J'],
    ['513 bytes', 'x'.repeat(513)],
    ['257 characters of two bytes', '%C3%A9'.repeat(257)],
  ])('%s: 400', async (_name, id) => {
    const { call } = setupApi();
    for (const url of [`/v1/collections/shell/records/${id}`, `/v1/collections/shell/records/${id}/history`]) {
      expect((await call('GET', url)).statusCode).toBe(400);
    }
    expect((await call('PUT', `/v1/collections/shell/records/${id}`, alias)).statusCode).toBe(400);
  });

  it('what looks like a path is a name and nothing more', async () => {
    const { call, a } = setupApi();
    const answer = await call('PUT', '/v1/collections/shell/records/..%2F..%2Fetc%2Fpasswd', alias);
    expect(answer.json().id).toBe('../../etc/passwd');
    expect(a.fields(['shell', '../../etc/passwd'])).toEqual(alias);
    expect((await call('GET', '/v1/collections/..%2Fsecrets/records')).statusCode).toBe(404);
  });
});

describe('the audit', () => {
  const url = '/v1/collections/audit/records/e';
  const id = `urn:srcos:audit:${'0'.repeat(32)}`;

  it.each([
    ['PUT', url, { id }],
    ['PATCH', url, { outcome: 'deny' }],
    ['DELETE', url, undefined],
    ['PUT', '/v1/collections/audit/owners/app/tasks', { syncToken: 1, contentHash: 'x', items: [] }],
  ] as const)('%s %s is refused in words: what it is, and what to do instead', async (method, address, body) => {
    const { call, a } = setupApi();
    const before = a.disk.audit.head();
    const refused = await call(method, address, body);
    expect(refused.statusCode).toBe(403);
    expect(refused.json()).toMatchObject({ reasonCode: 'policy_denied/audit_writer' });
    expect(refused.json().detail).toMatch(/daemons of your devices note themselves.*records ls audit.*append_only/s);
    expect(a.disk.audit.head()).toEqual(before);
    expect((await call('GET', '/v1/collections/audit/records')).json().items).toEqual([]);
  });
});

describe('lists', () => {
  it('page through every record once', async () => {
    const { call, a } = setupApi();
    const ids = Array.from({ length: 7 }, (_, index) => `r${index}`);
    ids.forEach((id) => a.put(['shell', id], alias));
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: PageBody<RecordBody> = (
        await call('GET', `/v1/collections/shell/records?limit=3${cursor === '' ? '' : `&cursor=${cursor}`}`)
      ).json();
      expect(page.items.length).toBeLessThanOrEqual(3);
      seen.push(...page.items.map((item) => item.id));
      cursor = page.nextCursor;
    }
    expect(seen.sort()).toEqual(ids);
  });

  it('a cursor that carries a long record id is accepted again', async () => {
    const { call, a } = setupApi();
    const ids = ['a', 'b', 'c'].map((letter) => letter.repeat(500));
    for (const id of ids) {
      a.put(['ledger', id], { id });
    }
    const first = (await call('GET', '/v1/collections/ledger/records?limit=2')).json();
    const second = await call('GET', `/v1/collections/ledger/records?limit=2&cursor=${first.nextCursor}`);
    expect(second.statusCode).toBe(200);
    expect(second.json().items).toHaveLength(1);
  });

  it.each([
    'limit=0',
    'limit=-1',
    'limit=1001',
    'limit=1.5',
    'limit=x',
    'limit=',
    'limit=1&limit=2',
    'cursor=',
    'cursor=%27%20OR%201',
    'cursor=%00',
    `cursor=${'x'.repeat(3000)}`,
  ])('?%.40s: 400', async (query) => {
    const { call } = setupApi();
    for (const path of ['/v1/collections/shell/records', '/v1/reviews', '/v1/quarantine', '/v1/audit']) {
      expect((await call('GET', `${path}?${query}`)).statusCode).toBe(400);
    }
  });

  it('?order=newest goes through the audit backwards, and what is written meanwhile moves no page', async () => {
    const { call, a } = setupApi();
    for (const id of ['x', 'y', 'z']) {
      a.put(['shell', id], alias);
    }
    interface Page {
      readonly items: readonly { readonly id: string }[];
      readonly nextCursor: string | null;
    }
    const oldest = (await call('GET', '/v1/audit?limit=1000')).json<Page>().items.map(({ id }) => id);
    const found: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: Page = (await call('GET', `/v1/audit?order=newest&limit=2${cursor}`)).json<Page>();
      found.push(...page.items.map(({ id }) => id));
      a.put(['shell', `later-${found.length}`], alias);
      cursor = page.nextCursor === null ? null : `&cursor=${page.nextCursor}`;
    }
    expect(found).toEqual(oldest.toReversed());
    expect((await call('GET', '/v1/audit?order=odd')).statusCode).toBe(400);
  });

  it('?state= lists the tombstoned; another word: 400', async () => {
    const { call, a } = setupApi();
    a.put(['shell', 'x'], alias);
    a.remove(['shell', 'x']);
    expect((await call('GET', '/v1/collections/shell/records')).json().items).toEqual([]);
    expect((await call('GET', '/v1/collections/shell/records?state=tombstoned')).json().items).toHaveLength(1);
    expect((await call('GET', '/v1/collections/shell/records?state=gone')).statusCode).toBe(400);
  });
});

describe('many at once', () => {
  it('writes what is valid and names what is not', async () => {
    const { call } = setupApi();
    const items = [
      { id: 'a', fields: alias },
      { id: 'b', fields: { kind: 'nope' } },
      { id: 'c', fields: alias },
    ];
    const answer = (await call('POST', '/v1/collections/shell/records', { items })).json();
    expect(answer).toEqual({ written: 2, failed: [{ id: 'b', message: expect.any(String), reasonCode: null }] });
  });

  it.each([
    ['no items', {}],
    ['items that are no list', { items: {} }],
    ['null among them', { items: [{ id: 'a', fields: alias }, null] }],
    [
      'an id with a newline',
      {
        items: [
          { id: 'a', fields: alias },
          { id: 'a\nb', fields: alias },
        ],
      },
    ],
    [
      'fields that are a list',
      {
        items: [
          { id: 'a', fields: alias },
          { id: 'b', fields: [] },
        ],
      },
    ],
    ['5,001 items', { items: Array.from({ length: 5001 }, () => ({ id: 'a', fields: alias })) }],
  ])('%s: 400, and nothing is written', async (_name, body) => {
    const { call, a } = setupApi();
    expect((await call('POST', '/v1/collections/shell/records', body)).statusCode).toBe(400);
    expect(a.row(['shell', 'a'])).toBeUndefined();
  });
});
