import { describe, expect, it } from 'vitest';
import type { ReviewBody, ReviewDetailBody } from '../../../src/api/types/reviews.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import { ok } from '../../../src/base/result.ts';
import { fieldsOfFile, handMerge } from '../../../src/cli/review/hand-merge.ts';
import { columnsOf, isUnicode, keysOf } from '../../../src/daemon/terminal/terminal.ts';
import type { Client } from '../../../src/client/client.ts';
import { type CliSetup, refuses, run } from './setup-cli.ts';

const item: ReviewBody = {
  ...{ engineId: 'sourceos.sync.shell', collection: 'shell', recordId: 'x', reasonCode: 'manual_review_required' },
  ...{ id: 'rv_aaaaaaaaaaaaaaaa', kind: 'proposal', author: 'urn:srcos:user:u', deviceId: 'urn:srcos:device:d' },
  ...{ createdAt: '2026-01-01T00:00:00.000Z', summary: 'change function greet: greet runs whatever is in it' },
};
const device = (deviceId: string, label: string): object => ({
  ...{ deviceId, label, userId: 'urn:srcos:user:u', role: 'admin', self: label === 'desk' },
  ...{ revoked: false, lastSeenAt: null, scopes: [] },
});
const devices = [
  device('urn:srcos:device:d', 'desk'),
  device('urn:srcos:device:e', 'twin'),
  device('urn:srcos:device:f', 'twin'),
];

function clientWith(more: Partial<Client> = {}): Partial<Client> {
  return {
    reviews: async () => ok({ items: [item], nextCursor: null }),
    devices: async () => ok({ items: devices as never }),
    engine: async () => ok({ collection: 'shell' } as never),
    decidedHere: async () => ok({ items: [], nextCursor: null }),
    ...more,
  };
}

describe('reviews ls', () => {
  it.each([80, 64, 40])('fits %i columns, what it is about first', async (columns) => {
    const { out } = await run({ client: clientWith(), look: { columns } }, 'reviews', 'ls');
    const lines = out.join('\n').split('\n');
    expect(lines.join('\n')).toContain(item.id);
    expect(lines.join('\n')).toMatch(/shell: change f.*\n?.*desk/);
    expect(columns < 64 ? [] : lines.filter((line) => line.length > columns)).toEqual([]);
  });

  it('is not cut where no terminal shows it, and names an agent', async () => {
    const summary = `change file ${'long/'.repeat(30)}notes.md`;
    const author = 'urn:srcos:agent:claude';
    const reviews = async () => ok({ items: [{ ...item, summary, author }], nextCursor: null });
    const columns = columnsOf({ isTTY: false, columns: 80 });
    const { out } = await run({ client: clientWith({ reviews }), look: { columns } }, 'reviews', 'ls');
    expect(out.join('\n')).toContain(`shell: ${summary}  agent claude  `);
    expect([columnsOf({ isTTY: true, columns: 40 }), columnsOf({ isTTY: true, columns: 0 })]).toEqual([40, 80]);
  });
});

describe('review', () => {
  it.each([
    [{}, []],
    [{ keys: [] }, ['--json']],
  ])('without a terminal says what to use instead, and ends with 2', async (setup: CliSetup, args: string[]) => {
    const { exitCode, notes } = await run({ client: clientWith(), ...setup }, 'review', ...args);
    expect([exitCode, notes]).toEqual([2, expect.stringContaining('sourcesync reviews ls, reviews show ID')]);
  });

  it('leaves with the words of a daemon that does not answer', async () => {
    const { exitCode } = await run(
      { client: { devices: async () => ok({ items: devices as never }) }, keys: ['a'] },
      'review',
    );
    expect(exitCode).toBe(4);
  });

  it('shows examples and keys in its help', async () => {
    const { out } = await run({}, 'review', '--help');
    expect(out.join('\n')).toMatch(/Examples:\n {2}sourcesync review\n[\s\S]*Keys: a accept/);
  });
});

describe('reviews undo', () => {
  it('says so where nothing was decided here', async () => {
    const { exitCode, notes } = await run({ client: clientWith() }, 'reviews', 'undo');
    expect([exitCode, notes]).toEqual([1, expect.stringContaining('Nothing was decided on this device')]);
  });
});

describe('a decision about many', () => {
  const all = ['reviews', 'accept', '--all', '--engine', 'shell'] as const;

  it('asks for what its options say, and shows the command that does it', async () => {
    const asked: unknown[] = [];
    const client = clientWith({
      previewAll: async (collection, decision, only) => {
        asked.push([collection, decision, only]);
        const group = {
          engineId: 'sourceos.sync.shell',
          kind: 'proposal',
          reasonCode: 'r',
          deviceId: 'urn:srcos:device:d',
        };
        return ok({ preview: true, total: 1, groups: [{ ...group, kind: 'proposal', count: 1 }], first: [item] });
      },
    });
    const options = ['--author', 'me', '--device', 'desk', '--kind', 'proposal', '--reason', 'manual_review_required'];
    const { out } = await run({ client }, ...all, ...options);
    await run({ client }, ...all, '--author', 'helper');
    expect(asked).toEqual([
      [
        'shell',
        'accept',
        {
          ...{ author: 'urn:srcos:user:u', deviceId: 'urn:srcos:device:d' },
          ...{ kind: 'proposal', reasonCode: 'manual_review_required' },
        },
      ],
      ['shell', 'accept', { author: 'urn:srcos:agent:helper' }],
    ]);
    expect(out.join('\n')).toContain(
      `To decide about it: sourcesync ${[...all, ''].join(' ')}${options.join(' ')} --execute`,
    );
    expect(out.join('\n')).toContain('desk');
  });

  it.each([
    [[...all, '--device', 'attic'], 'No device is called attic'],
    [[...all, '--device', 'twin'], '2 devices are called twin'],
    [[...all, '--kind', 'question'], 'Allowed choices are'],
    [['reviews', 'accept', 'rv_a', '--all', '--engine', 'shell'], 'not both'],
  ])('%j: %s', async (args, words) => {
    const { exitCode, notes } = await run({ client: clientWith() }, ...args);
    expect([exitCode, notes]).toEqual([2, expect.stringContaining(words)]);
  });
});

describe('reviews merge --file', () => {
  it('of an item that there is none of, or a file that cannot be read', async () => {
    const none = clientWith({ review: refuses(404, 'No review item is called x') });
    expect(await run({ client: none }, 'reviews', 'merge', 'x', '--file', '-')).toMatchObject({ exitCode: 1 });
    const some = clientWith({ review: async () => ok(detail(null, { body: 'a' }, { body: 'b' })) });
    const said = await run({ client: some }, 'reviews', 'merge', 'x', '--file', '/nonexistent/file');
    expect([said.exitCode, said.notes]).toEqual([2, expect.stringContaining('/nonexistent/file cannot be read')]);
  });
});

function detail(
  base: JsonObject | null,
  live: JsonObject,
  proposed: JsonObject,
  conflicts = ['/body'],
): ReviewDetailBody {
  return {
    ...item,
    ...{ version: 'v', status: 'open', judgement: null, live, closedBy: null, kept: [], decisions: [] },
    alternatives: [live, proposed].map((value) => ({ change: null, path: '', value, deleted: false, by: null })),
    merge: { base, proposed, merged: live, conflicts },
  };
}

const sideNames = { mine: 'live here', theirs: 'desk' };

describe('both versions in an editor', () => {
  it.each([
    [
      'a text without its base: every difference between marks',
      null,
      { body: 'a\nb' },
      { body: 'a\nc' },
      'a\n<<<<<<< live here\nb\n=======\nc\n>>>>>>> desk\n',
    ],
    [
      'a text with its base: what contradicts',
      { body: '1\n2\n3\n' },
      { body: '0\n2\n4\n' },
      { body: '1\n2\n5\n' },
      '0\n2\n<<<<<<< live here\n4\n=======\n5\n>>>>>>> desk\n',
    ],
    [
      'a text in an object',
      null,
      { props: { text: 'a\n' } },
      { props: { text: 'b\n' } },
      '<<<<<<< live here\na\n=======\nb\n>>>>>>> desk\n',
    ],
    [
      'two texts are no text',
      null,
      { body: 'a', text: 'x' },
      { body: 'b', text: 'x' },
      '{\n<<<<<<< live here\n  "body": "a",\n=======\n  "body": "b",\n>>>>>>> desk\n  "text": "x"\n}\n',
    ],
    [
      'bytes are no text',
      null,
      { body: 'YQ==', encoding: 'base64' },
      { body: 'Yg==', encoding: 'base64' },
      '{\n<<<<<<< live here\n  "body": "YQ==",\n=======\n  "body": "Yg==",\n>>>>>>> desk\n  "encoding": "base64"\n}\n',
    ],
    [
      'a text beside which something else contradicts',
      null,
      { body: 'a', mode: 1 },
      { body: 'a', mode: 2 },
      '{\n  "body": "a",\n<<<<<<< live here\n  "mode": 1\n=======\n  "mode": 2\n>>>>>>> desk\n}\n',
    ],
  ] as const)('%s', (title, base, live, proposed, text) => {
    const conflicts = title.startsWith('a text beside') ? ['/mode'] : 'props' in live ? ['/props/text'] : ['/body'];
    expect(handMerge(detail(base, live, proposed, [...conflicts]), sideNames)?.text).toBe(text);
  });

  it('becomes the record again: no line end is added, other fields stay, and marks that are left are refused', () => {
    const merge = handMerge(detail(null, { body: 'a', name: 'n' }, { body: 'b', name: 'n' }), sideNames);
    expect(merge?.fieldsOf('c\n')).toEqual(ok({ body: 'c', name: 'n' }));
    expect(merge?.fieldsOf(merge.text)).toMatchObject({ ok: false, error: expect.stringContaining('Marks') });
    expect(merge?.fieldsOf(' \n')).toMatchObject({ ok: false, error: 'Nothing was left in the file.' });
  });

  it('of a conflict about one field has that field twice', () => {
    const alternatives = ['a', 'b'].map((value) => ({ change: 'c', path: '/title', value, deleted: false, by: null }));
    const conflict = { ...detail(null, { title: 'a' }, {}), kind: 'conflict' as const, merge: null, alternatives };
    const merge = handMerge(conflict, sideNames);
    expect(merge?.text).toContain('  "title": "a"\n=======\n  "title": "b"\n');
    expect(merge?.fieldsOf('{"title": "c"}')).toEqual(ok({ title: 'c' }));
    expect(merge?.fieldsOf('{"title": }')).toMatchObject({ ok: false });
    expect(merge?.fieldsOf('[]')).toMatchObject({ ok: false });
    expect(handMerge({ ...conflict, kind: 'brake' }, sideNames)).toBeUndefined();
  });

  it.each([
    ['../../etc/passwd', 'passwd'],
    ['a/..', 'record'],
    ['dir/.vimrc', '.vimrc'],
    ['$(touch x); "', '__touch_x____'],
  ])('the record %s is called %s there', (recordId, name) => {
    expect(handMerge({ ...detail(null, { body: 'a' }, { body: 'b' }), recordId }, sideNames)?.name).toBe(name);
  });

  it.each([
    ['the text', 'c', { body: 'c' }],
    ['JSON of the record', '{"body": "d"}', { body: 'd' }],
    ['JSON with no other members than the record', '{"body": 5}', { body: 5 }],
    ['JSON that is no record', '[1]', { body: '[1]' }],
    ['JSON of something else', '{"version": 5, "body": 5}', { body: '{"version": 5, "body": 5}' }],
    ['an empty object', '{}', { body: '{}' }],
  ])('a file is %s', (_, content, fields) => {
    const review = detail(null, { body: 'a' }, { body: 'b' });
    expect(fieldsOfFile(review, new TextEncoder().encode(content))).toEqual(ok(fields));
    expect(fieldsOfFile(review, new Uint8Array([0xff]))).toMatchObject({ ok: false });
    const json = detail(null, { n: 1 }, { n: 2 }, ['/n']);
    expect(fieldsOfFile(json, new TextEncoder().encode('[1]'))).toMatchObject({ ok: false });
    expect(fieldsOfFile(json, new TextEncoder().encode('{"n": 3}'))).toEqual(ok({ n: 3 }));
  });
});

describe('the terminal', () => {
  it.each([
    ['a', ['a']],
    ['a\n', ['a']],
    ['a\r\nr\n', ['a', 'r']],
    ['\u001b[A', []],
    ['accept all', []],
    ['\u0003', ['\u0003']],
    ['é', ['é']],
    ['', []],
    ['\r', ['\n']],
    ['\n', ['\n']],
    ['\r\n', ['\n']],
  ])('%j is the keys %j', (chunk, keys) => {
    expect(keysOf(chunk)).toEqual(keys);
  });

  it.each([
    [{}, true],
    [{ LANG: 'de_DE.UTF-8' }, true],
    [{ LANG: 'de_DE.UTF-8', LC_ALL: 'C' }, false],
    [{ LC_CTYPE: 'en_US.ISO-8859-1' }, false],
    [{ LC_ALL: '', LANG: 'C.utf8' }, true],
  ])('%j has UTF-8: %s', (env, expected) => {
    expect(isUnicode(env)).toBe(expected);
  });
});
