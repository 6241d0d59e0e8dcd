import { describe, expect, it } from 'vitest';
import type { LinkBody } from '../../../src/api/types/links.ts';
import { ok } from '../../../src/base/result.ts';
import type { Client } from '../../../src/client/client.ts';
import { run } from './setup-cli.ts';

const followed: LinkBody = {
  ...{ path: '/ours', root: '/ours', engineId: 'sourceos.sync.notes', collection: 'notes', state: 'following' },
  ...{ files: 2, watching: true, pausedReason: null, pausedSince: null, rests: false, lastScanAt: null },
  ...{ notInStep: { count: 0, first: [], isLasting: false }, problems: [], waits: false },
};
const rested: LinkBody = {
  ...{ ...followed, path: '/mine', root: '/mine', state: 'paused', rests: true, files: 17 },
  pausedReason: 'It is of another workspace.',
};

function clientOf(...items: readonly LinkBody[]): Partial<Client> {
  return {
    links: async () => ok({ items, nextCursor: null }) as never,
    status: async () => ok({ device: { revoked: false } }) as never,
    link: async (_engine, root) => ok({ ...followed, path: root, root }),
  };
}

describe('a linked folder that rests', () => {
  it('is listed as one, without a word on how many files are in step', async () => {
    const said = await run({ client: clientOf(rested, followed) }, 'link', 'ls');
    const lines = said.out.join('\n').split('\n');
    expect(lines.find((line) => line.includes('/mine'))).toMatch(/\/mine +notes +rests +17 +not looked at/);
    expect(lines.find((line) => line.includes('/ours'))).toMatch(/\/ours +notes +following +2 +0/);
  });

  it('says why', async () => {
    const said = await run({ client: clientOf(rested, followed) }, 'link', 'ls', '/mine');
    expect(said.out).toEqual([
      '/mine rests (notes): 17 files when it was last followed.\n  It is of another workspace.',
    ]);
    expect((await run({ client: clientOf(rested, followed) }, 'link', 'ls', '/ours')).out).toEqual([
      '/ours is linked to notes: 2 files in step. Every file is.',
    ]);
  });

  it('fills no other folder', async () => {
    const alone = await run({ client: clientOf(rested) }, 'link', 'notes', '/more');
    expect([alone.exitCode, alone.notes]).toEqual([0, '']);
    const second = await run({ client: clientOf(rested, followed) }, 'link', 'notes', '/more');
    expect(second.notes).toContain('notes is linked to /ours already: /more is filled with all 2 files of it');
  });
});
