import { describe, expect, it } from 'vitest';
import type { RestoreBody, RestorePointBody } from '../../../src/api/types/restore.ts';
import { ok } from '../../../src/base/result.ts';
import { refuses, run } from './setup-cli.ts';

const point: RestorePointBody = {
  ...{ id: 'rp_abc', name: 'before', cause: 'person', at: '2026-01-01T00:00:00.000Z', collection: null },
};

const body = (executed: boolean, failed: RestoreBody['collections'][number]['failed'] = []): RestoreBody => ({
  point,
  executed,
  collections: [
    {
      ...{ collection: 'workspace', at: point.at, executed, put: 2, remove: 1, unchanged: 3, damaged: 0, failed },
      examples: [],
    },
  ],
});

describe('restore', () => {
  it('ls names the points, and says how to write one', async () => {
    const page = (items: readonly RestorePointBody[]) => ({
      restorePoints: async () => ok({ items, nextCursor: null }),
    });
    expect((await run({ client: page([point]) }, 'restore', 'ls')).out.join('\n')).toMatch(
      /rp_abc.*by you.*all.*before/,
    );
    expect((await run({ client: page([]) }, 'restore', 'ls')).out.join('\n')).toContain('sourcesync restore create');
  });

  it('create hands the name on', async () => {
    const asked: string[] = [];
    const client = {
      createRestorePoint: async (name: string) => {
        asked.push(name);
        return ok(point);
      },
    };
    const said = await run({ client }, 'restore', 'create', '--name', 'before');
    expect([said.exitCode, asked, said.out[0]]).toEqual([
      0,
      ['before'],
      'rp_abc is written. Go back to it with: sourcesync restore rp_abc',
    ]);
  });

  it.each([
    [['rp_abc'], { execute: false }, /2 put back, 1 deleted[\s\S]*Do it with: --execute/],
    [['rp_abc', '--execute'], { execute: true }, /workspace is what it was/],
    [['rp_abc', '--collection', 'shell'], { execute: false, collection: 'shell' }, /put back/],
  ] as const)('%j asks for %j', async (args, options, words) => {
    const asked: unknown[] = [];
    const client = {
      restore: async (...call: [string, { readonly execute: boolean }]) => {
        asked.push(call);
        return ok(body(call[1].execute));
      },
    };
    const said = await run({ client }, 'restore', ...args);
    expect([said.exitCode, asked]).toEqual([0, [['rp_abc', options]]]);
    expect(said.out.join('\n')).toMatch(words);
  });

  it('a record that could not go back: exit 1', async () => {
    const client = { restore: async () => ok(body(true, [{ id: 'x', message: 'No.' }])) };
    const said = await run({ client }, 'restore', 'rp_abc', '--execute', '--json');
    expect([said.exitCode, said.documents.length]).toEqual([1, 1]);
  });

  it('a point that nobody knows: exit 1; none named: exit 2', async () => {
    const client = { restore: refuses(404, 'No restore point is called x.') };
    expect((await run({ client }, 'restore', 'x')).exitCode).toBe(1);
    expect((await run({ client }, 'restore')).exitCode).toBe(2);
  });
});
