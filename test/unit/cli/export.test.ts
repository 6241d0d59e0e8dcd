import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ExportPageBody, ExportedCollectionBody, ExportedRecordBody } from '../../../src/api/types/export.ts';
import type { OwnerSetBody } from '../../../src/api/types/owners.ts';
import { utf8 } from '../../../src/base/bytes.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import { ok } from '../../../src/base/result.ts';
import { type ExportLine, createTally, readExport } from '../../../src/cli/ground/export-lines.ts';
import { writeExport } from '../../../src/daemon/transfer/write-export.ts';
import { temporaryFolder } from '../daemon/temporary-folder.ts';
import { type CliSetup, type Said, refuses, run } from './setup-cli.ts';

const facts = {
  version: 'v',
  updatedAt: '2026-01-02T00:00:00.000Z',
  author: 'urn:srcos:user:x',
  managedBy: 'user',
} as const;
const recordOf = (id: string, fields: JsonObject, file?: Partial<NonNullable<ExportedRecordBody['file']>>) => ({
  ...{ id, fields, ...facts },
  ...(file === undefined
    ? {}
    : {
        file: {
          bytes: Buffer.from(String(fields['text'])).toString('base64'),
          executable: false,
          private: false,
          symlink: false,
          ...file,
        },
      }),
});

const collections: readonly ExportedCollectionBody[] = ['notes', 'secrets', 'workspace', 'shell'].map((collection) => ({
  ...{ collection, engineId: `sourceos.sync.${collection}`, schemaVersion: '0.1.0', schema: { type: 'object' } },
  ...{ live: collection === 'shell' ? 0 : 2, leftOut: collection === 'secrets' ? 'they never leave.' : null },
}));

const pages: Readonly<Record<string, readonly ExportPageBody[]>> = {
  notes: [
    { items: [recordOf('a.md', { text: 'a\u001b[31m' }, {})], nextCursor: '1', damaged: 0 },
    { items: [recordOf('l', { text: 'a.md' }, { symlink: true })], nextCursor: null, damaged: 0 },
  ],
  workspace: [
    { items: [recordOf('t', { kind: 'task' }), recordOf('n', { kind: 'note' })], nextCursor: null, damaged: 0 },
  ],
};

const client: CliSetup['client'] = {
  exportable: async () => ok({ items: collections, nextCursor: null }),
  exported: async (collection, query) => ok(pages[collection]?.[Number(query?.cursor ?? 0)] as ExportPageBody),
};
const setup: CliSetup = { client, local: { transfer: async () => ({ write: writeExport }) } };

describe('export', () => {
  it('writes everything but what never leaves, and says so', async () => {
    const out = join(temporaryFolder(), 'all.jsonl');
    const said = await run(setup, 'export', '--out', out);
    expect([said.exitCode, said.out.join('\n')]).toEqual([
      0,
      expect.stringContaining('4 records (2 of notes, 2 of workspace)'),
    ]);
    expect(said.out.join('\n')).toContain('secrets is left out: they never leave.');
    expect(said.out.join('\n')).toContain('notes/l is in the lines alone: it is a symbolic link');
    const lines = readFileSync(out, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as JsonObject);
    expect(lines[0]).toMatchObject({
      ...{ format: 'sourcesync-export', version: 1, where: null },
      collections: [{ collection: 'notes', schema: { type: 'object' } }, { collection: 'workspace' }],
      leftOut: [{ collection: 'secrets', reason: 'they never leave.' }],
    });
    expect(lines[1]).toMatchObject({ collection: 'notes', id: 'a.md', file: { path: 'notes/a.md' } });
    expect(lines[2]).not.toHaveProperty('file');
    expect(lines.at(-1)).toMatchObject({ trailer: { records: { notes: 2, workspace: 2 }, files: 1 } });
    expect(readFileSync(out.replace('.jsonl', '.files/notes/a.md'), 'utf8')).toBe('a\u001b[31m');
    expect(readExport(readFileSync(out))).toMatchObject({ ok: true });
    expect(said.notes).toContain('workspace: 2 of 2 records');
  });

  it('names each large file in its line and counts them, wherever it goes, and an import says so too', async () => {
    const [reason, fields] = ['it is a large file.', { chunked: 'U1JCTA==' }];
    const items = ['b.raw', 'c.raw'].map((id) => ({ ...recordOf(id, fields), leftOut: reason }));
    const page = { items: [recordOf('a.md', { text: 'a' }, {}), ...items], nextCursor: null, damaged: 0 };
    const withLarge = { ...setup, client: { ...client, exported: async () => ok(page) } };
    const out = join(temporaryFolder(), 'notes.jsonl');
    const said = await run(withLarge, 'export', 'notes', '--out', out);
    expect(said.out.join('\n')).toContain('3 records (3 of notes)');
    expect(said.out.join('\n')).toMatch(/1 file of them .*\n2 large files are not in it, .* in the linked folder/);
    const lines = readFileSync(out, 'utf8').trim().split('\n');
    expect(lines.slice(1).map((line) => JSON.parse(line) as JsonObject)).toMatchObject([
      { id: 'a.md', file: { path: 'notes/a.md' } },
      { id: 'b.raw', leftOut: reason },
      { id: 'c.raw', leftOut: reason },
      { trailer: { records: { notes: 3 }, files: 1, leftOut: 2 } },
    ]);
    const piped = await run(withLarge, 'export', 'notes', '--where', 'id != c.raw');
    expect(piped.notes).toContain('1 large file is not in it');
    const taken = await imported(`${piped.out.join('\n')}\n`, {});
    expect(taken.out.join('\n')).toContain('1 record of it is a large file whose bytes are not in it');
  });

  it('goes to standard output line by line, or as one document', async () => {
    const lines = await run(setup, 'export', 'workspace', '--where', 'kind = task');
    expect(lines.out).toHaveLength(3);
    expect(readExport(utf8(`${lines.out.join('\n')}\n`))).toMatchObject({
      ok: true,
      value: { records: [{ id: 't' }] },
    });
    const { documents } = await run(setup, 'export', 'workspace', '--json');
    expect(documents).toMatchObject([
      { header: { where: null }, records: [{ id: 't' }, { id: 'n' }], trailer: { files: 0 } },
    ]);
  });

  it.each([
    [['export', 'secrets'], 6, 'secrets is not exported: they never leave.'],
    [['export', 'none'], 1, 'There is no collection none here'],
    [['export', 'notes', '--where', 'kind'], 2, 'is no condition'],
  ])('%j ends with %i', async (args, exitCode, words) => {
    expect(await run(setup, ...args)).toMatchObject({ exitCode, notes: expect.stringContaining(words), out: [] });
  });

  it('says what could not be read, and fails where the daemon goes away', async () => {
    const damaged = async () => ok({ items: [], nextCursor: null, damaged: 1 });
    const said = await run({ ...setup, client: { ...client, exported: damaged } }, 'export', 'notes');
    expect(said).toMatchObject({ exitCode: 3, notes: expect.stringContaining('1 record could not be read') });
    const folder = temporaryFolder();
    const gone = { ...setup, client: { ...client, exported: refuses(503, 'It stops.') } };
    const failed = await run(gone, 'export', '--out', join(folder, 'x.jsonl'));
    expect(failed).toMatchObject({ exitCode: 1, notes: expect.stringContaining('It stops.') });
  });
});

/** An export as it is written. */
async function exported(): Promise<string> {
  return `${(await run(setup, 'export')).out.join('\n')}\n`;
}

/** Lines with a last one that belongs to them. */
function sealedLines(header: object, lines: readonly object[]): string {
  const tally = createTally();
  const texts = [tally.line(header), ...lines.map((line) => tally.record(line as ExportLine))];
  return [...texts, JSON.stringify({ trailer: tally.trailer() }), ''].join('\n');
}

function imported(content: string, more: CliSetup['client'], ...args: readonly string[]): Promise<Said> {
  const path = join(temporaryFolder(), 'in.jsonl');
  writeFileSync(path, content);
  const here = async (collection: string) =>
    ok({
      items:
        collection === 'workspace'
          ? [
              { ...recordOf('t', { kind: 'task' }), author: 'urn:srcos:app:desk' },
              { ...recordOf('n', { kind: 'note' }), author: 'urn:srcos:user:y' },
              { ...recordOf('old', { kind: 'note' }), author: 'urn:srcos:app:desk' },
            ]
          : [],
      nextCursor: null,
    });
  return run({ client: { records: here as never, ...more } }, 'import', path, '--owner', 'desk', ...args);
}

describe('import', () => {
  it('plans: what is new, as it is, gone, and of others; and changes nothing', async () => {
    const { exitCode, out } = await imported(await exported(), {});
    expect([exitCode, out.join('\n')]).toEqual([0, expect.stringContaining('Nothing was changed. Do it with:')]);
    expect(out.join('\n')).toMatch(/notes +2 +2 +0 +0 +0 +0/);
    expect(out.join('\n')).toMatch(/workspace +2 +0 +0 +1 +1 +1/);
    const { documents } = await imported(await exported(), {}, '--json');
    expect(documents).toMatchObject([
      { executed: false, owner: 'app:desk', collections: [{}, { counts: { removed: 1, foreign: 1 } }] },
    ]);
  });

  it.each([
    [5, (token: unknown) => Number(token) > 5],
    [null, (token: unknown) => Number(token) > 5],
    ['v7', (token: unknown) => String(token).startsWith('import-')],
  ])('pushes each collection as the set that follows %j', async (syncToken, follows) => {
    const sets: [string, OwnerSetBody][] = [];
    const report = { status: 'synced', upserted: 2, pruned: 0, unchanged: 0, skippedNoOp: false } as const;
    const said = await imported(
      await exported(),
      {
        ownerStatus: (async () => ok({ syncToken })) as never,
        pushOwnerSet: async (collection, _type, _id, set) => {
          sets.push([collection, set]);
          return ok({ ...report, syncToken: set.syncToken, foreign: [], missing: [] });
        },
      },
      '--execute',
    );
    expect([said.exitCode, sets.map(([collection]) => collection)]).toEqual([0, ['notes', 'workspace']]);
    expect(sets.every(([, set]) => follows(set.syncToken) && set.confirm === true)).toBe(true);
    expect(sets[0]?.[1].previousToken).toBe(typeof syncToken === 'string' ? syncToken : undefined);
  });

  it('says what is refused, and goes on with the rest', async () => {
    const said = await imported(
      await exported(),
      { ownerStatus: refuses(404, ''), pushOwnerSet: refuses(403, 'Nobody may.') },
      '--execute',
    );
    expect([said.exitCode, said.out.join('\n')]).toEqual([1, expect.stringContaining('notes: Nobody may.')]);
    const refused = await imported(await exported(), { records: refuses(404, 'No engine serves it.') });
    expect([refused.exitCode, refused.out.join('\n')]).toEqual([1, expect.stringContaining('No engine serves it.')]);
  });

  it.each([
    ['one byte another one', (text: string) => text.replace('"task"', '"tusk"'), 'is not as it was written'],
    ['the end cut off', (text: string) => text.slice(0, -2), 'its last line is missing'],
    [
      'the last line cut off',
      (text: string) => text.slice(0, text.lastIndexOf('{"trailer"')),
      'its last line is missing',
    ],
    ['a line more', (text: string) => `${text}{}\n`, 'its last line is missing'],
    ['nothing', () => '', 'its last line is missing'],
    ['another file', () => 'hello\n', 'its last line is missing'],
  ])('%s: nothing of it is taken', async (_, change, words) => {
    const said = await imported(change(await exported()), {}, '--execute');
    expect(said).toMatchObject({ exitCode: 1, notes: expect.stringContaining(words), out: [] });
  });

  it('leaves the audit to its daemons', async () => {
    const content = sealedLines({ format: 'sourcesync-export', version: 1 }, [
      { collection: 'audit', id: 'e', fields: {}, ...facts },
      { collection: 'notes', id: 'a', fields: {}, ...facts },
    ]);
    const said = await imported(content, {});
    expect([said.exitCode, said.out.join('\n')]).toEqual([0, expect.stringContaining('1 record of audit is left out')]);
  });

  it.each([
    [{ format: 'other' }, [], 'it is no export of this program'],
    [{ format: 'sourcesync-export', version: 2 }, [], 'a newer version of this program wrote it'],
    [{ format: 'sourcesync-export', version: 1 }, [{ collection: 'notes', id: 7 }], 'line 2 is no record'],
    [
      { format: 'sourcesync-export', version: 1 },
      [{ collection: 'notes', fields: 2 ** 60 }],
      'line 2 is not to be taken',
    ],
  ])('a first line %j and records %j: %s', async (header, lines, words) => {
    const said = await imported(sealedLines(header, lines), {}, '--execute');
    expect(said).toMatchObject({ exitCode: 1, notes: expect.stringContaining(words) });
  });

  it('more than the set of one owner takes is refused before anything is sent', async () => {
    const many = Array.from({ length: 10_001 }, (_, at) => ({
      collection: 'notes',
      id: String(at),
      fields: {},
      ...facts,
    }));
    const said = await imported(sealedLines({ format: 'sourcesync-export', version: 1 }, many), {}, '--execute');
    expect([said.exitCode, said.out.join('\n')]).toEqual([1, expect.stringContaining('10001 records are more than')]);
  });

  it('an owner is a name', async () => {
    const said = await run({}, 'import', 'x', '--owner', 'a b');
    expect(said).toMatchObject({ exitCode: 2, notes: expect.stringContaining('An owner is a name') });
  });
});
