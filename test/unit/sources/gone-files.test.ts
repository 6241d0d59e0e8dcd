import { describe, expect, it } from 'vitest';
import { createGoneFiles } from '../../../src/sources/reconcile/gone-files.ts';
import type { LinkedFile } from '../../../src/store/ground/link-table.ts';

const note = (path: string): LinkedFile => ({ path, hash: 'same', inode: path, version: null }) as LinkedFile;

describe('files that are gone', () => {
  it('F51 of a thousand alike two are enough, however many ask', async () => {
    let looks = 0;
    const gone = createGoneFiles({
      disk: {
        look: async () => {
          looks++;
          return { kind: 'absent' };
        },
      },
      links: { ofHash: () => Array.from({ length: 1000 }, (_, index) => note(`${index}`)), ofInode: () => [] },
      names: () => ({ diskPathOf: (path: string) => path }),
    } as unknown as Parameters<typeof createGoneFiles>[0]);
    for (let asked = 0; asked < 1000; asked++) {
      expect((await gone.ofHash('same')).map(({ path }) => path)).toEqual(['0', '1']);
    }
    expect(looks).toBe(2);
  });
});
