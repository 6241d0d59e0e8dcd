import { readdirSync, statSync, statfsSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createStoreCopier, newCopyPath, sweepCopies } from '../../../src/daemon/disk/store-copy.ts';
import { temporaryFolder } from './temporary-folder.ts';

const minute = 60_000;

describe('39. a copy of the store beside it', () => {
  it('is named with its path and size', async () => {
    const state = temporaryFolder();
    const database = join(state, 'sourcesync.db');
    const copyTo = async (path: string): Promise<void> => writeFileSync(path, 'copied');
    const copied = await createStoreCopier({ upkeep: { copyTo } as never }, { database, state })();
    expect(copied).toEqual({ ok: true, value: { path: expect.stringContaining(state), sizeBytes: 6 } });
    expect(copied.ok && statSync(copied.value.path).size).toBe(6);
  });

  it.each([
    ['ENOSPC', 'has no room for it'],
    ['EROFS', 'is read-only'],
    ['EIO', 'does not give or take it (EIO)'],
    ['SQLITE_FULL', 'has no room for it'],
  ])('that the disk does not take (%s) is words, and anything else is a bug', async (code, words) => {
    const state = temporaryFolder();
    const fails = (failure: Error) => async (): Promise<void> => Promise.reject(failure);
    const copier = (failure: Error) =>
      createStoreCopier({ upkeep: { copyTo: fails(failure) } as never }, { database: join(state, 'db'), state });
    expect(await copier(Object.assign(new Error('no'), { code }))()).toEqual({
      ok: false,
      error: expect.stringContaining(words),
    });
    await expect(copier(new TypeError('a bug'))()).rejects.toThrow('a bug');
  });

  it('is not begun where it would fill the disk', async () => {
    const state = temporaryFolder();
    const database = join(state, 'sourcesync.db');
    writeFileSync(database, '');
    const { bavail, bsize } = statfsSync(state);
    // A file with a hole as large as what is free.
    truncateSync(database, bavail * bsize);
    const copied = await createStoreCopier({ upkeep: {} as never }, { database, state })();
    expect(copied).toEqual({ ok: false, error: expect.stringContaining('has no room for a copy of the store') });
  });

  it('goes after ten minutes where nobody took it away', () => {
    const state = temporaryFolder();
    const nowMs = Date.now();
    const [old, fresh] = [newCopyPath(state, nowMs - 11 * minute), newCopyPath(state, nowMs - 9 * minute)];
    const others = ['sourcesync.db', 'store-copy-mine.db'].map((name) => join(state, name));
    [old, `${old}-journal`, fresh, ...others].forEach((path) => writeFileSync(path, ''));
    sweepCopies(state, nowMs);
    expect(
      readdirSync(state)
        .map((name) => join(state, name))
        .sort(),
    ).toEqual([...others, fresh].sort());
  });
});
