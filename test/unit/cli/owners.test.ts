import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { OwnerSetBody, OwnerStatusBody } from '../../../src/api/types/owners.ts';
import { ok } from '../../../src/base/result.ts';
import { needLines } from '../../../src/cli/commands/home/status-text.ts';
import { temporaryFolder } from '../daemon/temporary-folder.ts';
import { refuses, run } from './setup-cli.ts';

const synced: OwnerStatusBody = {
  ...{
    collection: 'extensions',
    engineId: 'sourceos.sync.extensions',
    owner: 'urn:srcos:app:code',
    type: 'app',
    id: 'code',
  },
  ...{
    status: 'synced',
    syncToken: 'W/"1"',
    contentHash: 'sha256:ab',
    version: '1.0.0',
    takenAt: 'T1',
    items: 3,
    foreign: 0,
  },
  ...{ unsatisfied: { count: 0, first: [] }, message: null, at: 'T1', late: null },
};
const failed: OwnerStatusBody = {
  ...{ ...synced, collection: 'workspace', status: 'sync_failed', message: 'item 1 (go): no.', at: 'T2' },
  late: { syncToken: 2, version: '2.0.0', review: null },
};

function owners(items: readonly OwnerStatusBody[], asked: unknown[] = []): object {
  return {
    owners: async (query: { cursor?: string }) => {
      asked.push(query);
      const index = Number(query.cursor ?? 0);
      const nextCursor = index + 1 < items.length ? String(index + 1) : null;
      return ok({ items: items.slice(index, index + 1), nextCursor });
    },
  };
}

describe('owners', () => {
  it('ls lists every page, and leaves with 3 where one is not synced', async () => {
    const asked: unknown[] = [];
    const said = await run({ client: owners([synced, failed], asked) }, 'owners', 'ls');
    expect(said.exitCode).toBe(3);
    expect(said.out.join('\n')).toMatch(/app:code +synced +1\.0\.0 +W\/"1" +3[\s\S]*sync_failed[\s\S]*item 1 \(go\)/);
    expect(asked).toEqual([{}, { cursor: '1' }]);
    expect((await run({ client: owners([synced]) }, 'owners', 'ls')).exitCode).toBe(0);
    const one = await run({ client: owners([synced], asked) }, 'owners', 'ls', 'extensions', '--json');
    expect([one.exitCode, one.documents, asked.at(-1)]).toEqual([
      0,
      [{ items: [synced] }],
      { collection: 'extensions' },
    ]);
    const none = { owners: async () => ok({ items: [], nextCursor: null }) };
    expect((await run({ client: none }, 'owners', 'ls')).out).toEqual(['No program has pushed a set on this device.']);
  });

  it('show says what is active, what it lacks and what became of the last push', async () => {
    const asked: unknown[] = [];
    const first = [
      { id: 'x', to: 'models/m', detail: 'is 1.0.0, wanted ^2' },
      { id: 'y', to: 'models/n' },
    ];
    const partial = { ...failed, foreign: 2, unsatisfied: { count: 5, first } };
    const said = await run({ client: owners([partial], asked) }, 'owners', 'show', 'app:code', 'workspace');
    expect(said.exitCode).toBe(3);
    expect(said.out[0]?.split('\n')).toEqual([
      'app:code in workspace: sync_failed',
      'active: 3 records, token W/"1", version 1.0.0, sha256:ab, since T1',
      '2 items belong to somebody else here',
      'x needs models/m, which is 1.0.0, wanted ^2',
      'y needs models/n, which is not there',
      'and 3 more',
      'last push: T2, token 2, version 2.0.0, not taken',
      'item 1 (go): no.',
    ]);
    expect(asked).toEqual([{ owner: 'app:code', collection: 'workspace' }]);
  });

  it('show names the question that waits, and what cannot be shown', async () => {
    const nothing = { syncToken: null, contentHash: null, version: null, takenAt: null, items: 0 };
    const late = { syncToken: null, version: null, review: 'rv_x' };
    const held = { ...failed, ...nothing, status: 'pending_retry' as const, message: 'It waits.', late };
    const said = await run({ client: owners([held]) }, 'owners', 'show', 'app:code');
    expect(said.out[0]).toContain('nothing of it is active\nlast push: T2, token (not shown), version none, not taken');
    expect(said.out[0]).toContain('Decide it: sourcesync reviews show rv_x');
  });

  it.each([
    [['owners', 'show', 'code'], 2, /app:NAME/],
    [['owners', 'show', 'user:me'], 2, /app:NAME/],
    [['owners', 'show', 'app:__proto__'], 2, /app:NAME/],
    [['owners', 'show', 'app:none', 'workspace'], 1, /No set of app:none in workspace/],
    [['owners'], 2, /./],
  ])('%j leaves in words', async (args, exitCode, words) => {
    const none = { owners: async () => ok({ items: [], nextCursor: null }) };
    const said = await run({ client: none }, ...args);
    expect([said.exitCode, said.notes + said.out.join('')]).toEqual([exitCode, expect.stringMatching(words)]);
  });

  it('of a client that may not ask ends with 6', async () => {
    expect((await run({ client: { owners: refuses(403, 'No.') } }, 'owners', 'ls')).exitCode).toBe(6);
  });
});

describe('push with an opaque token', () => {
  const file = (): string => {
    const path = join(temporaryFolder(), 'set.json');
    writeFileSync(path, '[]');
    return path;
  };

  it.each<[args: readonly string[], sent: object]>([
    [['--token', 'W/"2"', '--previous', 'W/"1"'], { syncToken: 'W/"2"', previousToken: 'W/"1"' }],
    [['--token', '7', '--previous', '6'], { syncToken: 7, previousToken: 6 }],
    [['--token', 'abc'], { syncToken: 'abc' }],
  ])('%j sends %j', async (args, expected) => {
    const sent: OwnerSetBody[] = [];
    const report = {
      status: 'partial',
      upserted: 0,
      pruned: 0,
      unchanged: 0,
      skippedNoOp: false,
      syncToken: 'x',
    } as const;
    const missing = [{ id: 'y', to: 'models/m', detail: 'is 1.0.0, wanted ^2' }];
    const client = {
      pushOwnerSet: async (_collection: string, _type: string, _id: string, set: OwnerSetBody) => {
        sent.push(set);
        return ok({ ...report, foreign: [], missing });
      },
    };
    const said = await run({ client }, 'push', 'workspace', '--owner', 'app:code', '--file', file(), ...args);
    const { syncToken, previousToken } = sent[0] as OwnerSetBody;
    expect({ syncToken, ...(previousToken === undefined ? {} : { previousToken }) }).toEqual(expected);
    expect([said.exitCode, said.out[0]]).toEqual([
      3,
      expect.stringContaining('y needs models/m, which is 1.0.0, wanted ^2.'),
    ]);
  });

  it.each([
    ['--token', 'a b', /--token: .*blanks/],
    ['--token', '', /--token: /],
    ['--token', 'a'.repeat(257), /--token: .*256/],
    ['--previous', '1.5', /--previous: .*whole number/],
  ])('%s %j leaves with 2', async (option, text, words) => {
    const given = option === '--token' ? [] : ['--token', '1'];
    const args = ['push', 'workspace', '--owner', 'app:code', '--file', file(), ...given, option, text];
    const said = await run({ client: {} }, ...args);
    expect([said.exitCode, said.notes]).toEqual([2, expect.stringMatching(words)]);
  });
});

describe('what an engine needs of a set that was not taken', () => {
  it('stands in one line, with who and what to do, and no command of the terminal', () => {
    const need = {
      ...{ collection: 'extensions', owner: 'app:code', status: 'sync_failed', records: 2, missing: 1 },
      ...{ first: ['a\u001b[2J', 'b'], message: 'The set was not taken.', remedy: 'Push it again.' },
    } as const;
    expect(needLines({ collection: 'workspace', needs: [need] } as never)).toEqual([
      'workspace: 2 records need the set of app:code in extensions, 1 in vain (a\\x1b[2J, b). The set was not taken. Push it again.',
    ]);
    expect(
      needLines({ collection: 'workspace', needs: [{ ...need, records: 1, missing: 0, first: ['b'] }] } as never)[0],
    ).toContain('workspace: 1 record needs the set of app:code in extensions (b). ');
    expect(needLines({ collection: 'workspace' } as never)).toEqual([]);
  });
});
