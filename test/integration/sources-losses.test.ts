import { readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Disk } from '../../src/sources/disk/disk-port.ts';
import { createDisk } from '../../src/sources/disk/disk.ts';
import { followHints } from '../../src/sources/passes/follow-hints.ts';
import type { Hint } from '../../src/sources/ground/hint-queue.ts';
import { scan } from '../../src/sources/passes/scan.ts';
import { type Losses, noLosses } from '../../src/sources/ground/scan-report.ts';
import { createSourceState } from '../../src/sources/passes/source-state.ts';
import type { LossWord } from '../../src/sources/ground/loss-answer.ts';
import { type Folder, type FolderOverrides, openTestFolder, testOptions } from '../unit/sources/twin.ts';
import { runs } from '../helpers/suite.ts';

const read = (path: string): string => readFileSync(path, 'utf8');

/** Emptied is lost; anything else is an edit. */
const isLoss: NonNullable<FolderOverrides['isLoss']> = (_id, before, after) =>
  before['text'] !== '' && after['text'] === '';

async function filledFolder(overrides: FolderOverrides, files = 5): Promise<Folder> {
  const folder = openTestFolder({ isLoss, ...overrides });
  for (let index = 0; index < files; index++) {
    writeFileSync(folder.path(`f${index}`), `text ${index}`);
  }
  await folder.source.start();
  return folder;
}

/** A folder of thirty files that a program has emptied, and a watcher that has told of twelve. */
async function burstIn(folder: Folder): Promise<{
  readonly told: readonly number[];
  readonly hinted: readonly Hint[];
  /** What is to be looked at again. */
  readonly again: readonly Hint[];
  passes(ms: number): void;
  scan(): Promise<unknown>;
  /** Follows hints, and those that were put back. */
  follow(...hints: readonly Hint[]): Promise<void>;
}> {
  const { root, records, links } = folder;
  const told: number[] = [];
  const again: Hint[] = [];
  let nowMs = 1_000_000;
  const state = createSourceState(
    testOptions({
      ...{ root, records, links, isLoss, wasMarked: true },
      onProblem: () => undefined,
      nowMs: () => nowMs,
      wordOnLosses({ replaced }) {
        told.push(replaced.length);
        return 'held';
      },
    }),
    createDisk({ root, maximumFileBytes: 1_000_000, takesLinks: false, caseInsensitive: false, writer: 'writer' }),
  );
  const look = (): Promise<unknown> => scan(state, { thorough: true, isAsked: false }, () => undefined);
  await look();
  for (let index = 0; index < 30; index++) {
    writeFileSync(folder.path(`f${index}`), '');
  }
  told.length = 0;
  return {
    ...{ told, again, scan: look },
    hinted: Array.from({ length: 12 }, (_, index) => ({ path: `f${index}`, ageMs: 1000 })),
    passes(ms) {
      nowMs += ms;
    },
    follow: (...hints) =>
      followHints(state, [...hints, ...again.splice(0)], { quietMs: 0, removalDelayMs: 500 }, (hint) => {
        again.push(hint);
      }),
  };
}

describe('files that are gone, or emptied', () => {
  it('F14 F21 files that are gone and held, or that cannot be read, are not counted as in step', async () => {
    let isClosed = false;
    const disk = (real: Disk): Disk => ({
      ...real,
      read: (path) =>
        isClosed && path === 'f0' ? Promise.resolve({ kind: 'blocked', code: 'unreadable' }) : real.read(path),
    });
    await using folder = await filledFolder({ disk, wordOnLosses: () => 'held' });
    expect(folder.source.status().files).toBe(5);
    rmSync(folder.path('f3'));
    rmSync(folder.path('f4'));
    await folder.source.rescan();
    expect(folder.source.status().files).toBe(3);
    isClosed = true;
    await folder.source.rescan();
    expect(folder.source.status().files).toBe(2);
  });

  it('F21 are told together, with how much is in step; the rest of the folder goes on', async () => {
    const asked: [Losses, { inStep: number; isWhole: boolean }][] = [];
    await using folder = await filledFolder({
      wordOnLosses(losses, about) {
        if (losses.removed.length > 0) {
          asked.push([losses, about]);
        }
        return 'held';
      },
    });
    unlinkSync(folder.path('f0'));
    writeFileSync(folder.path('f1'), '');
    writeFileSync(folder.path('f2'), 'edited');
    writeFileSync(folder.path('new'), 'y');
    expect(await folder.source.rescan()).toMatchObject({ held: 2, recordsRemoved: 0, taken: 2 });
    expect(asked).toEqual([
      [
        { removed: ['f0'], replaced: ['f1'] },
        { inStep: 6, isWhole: true },
      ],
    ]);
    expect([folder.records.text('f0'), folder.records.text('f1')]).toEqual(['text 0', 'text 1']);
    expect(read(folder.path('f1'))).toBe('');
    expect(folder.codes()).toEqual(['losses_held']);
  });

  it.each(runs([15], [10, 15]))(
    'F21 that come in portions of %i, as a script goes over a folder, are told together',
    async (portion) => {
      const emptied = new Set<string>();
      const empty = (): void => {
        for (let index = emptied.size, end = index + portion; index < end; index++) {
          emptied.add(`f${index}`);
          writeFileSync(folder.path(`f${index}`), '');
        }
      };
      const met = new Set<string>();
      const told: number[] = [];
      let end: () => void = () => undefined;
      const areAllTold = new Promise<void>((resolve) => {
        end = resolve;
      });
      await using folder = await filledFolder(
        {
          watch: true,
          removalDelayMs: 1000,
          isLoss(id, before, after) {
            met.add(id);
            if (met.size === emptied.size && emptied.size < 30) {
              empty();
            }
            return isLoss(id, before, after);
          },
          wordOnLosses({ replaced }) {
            told.push(replaced.length);
            if (replaced.length === 30) {
              end();
            }
            return 'held';
          },
        },
        30,
      );
      await folder.source.settled();
      met.clear();
      told.length = 0;
      empty();
      await areAllTold;
      // The first few are everyday work, wherever the watcher cut; none of the rest is told apart.
      expect(told.slice(0, -1).filter((count) => count > 10)).toEqual([]);
    },
  );

  it('F21 are told together where the watcher is late: the folder itself is asked', async () => {
    await using folder = await filledFolder({}, 30);
    const burst = await burstIn(folder);
    await burst.follow(...burst.hinted);
    expect(burst.told).toEqual([]);
    burst.passes(600);
    await burst.follow();
    expect(burst.told).toEqual([]);
    burst.passes(600);
    await burst.follow();
    expect([burst.told, burst.again]).toEqual([[30], []]);
  });

  it('F21 are told together where a pass over the whole folder comes into the middle', async () => {
    await using folder = await filledFolder({}, 30);
    const burst = await burstIn(folder);
    await burst.follow(...burst.hinted);
    await burst.scan();
    expect(burst.told).toEqual([]);
    burst.passes(600);
    await burst.follow();
    expect([burst.told, burst.again]).toEqual([[30], []]);
  });

  it('F21 are told by a regular pass where the look that was to end the burst never came', async () => {
    await using folder = await filledFolder({}, 30);
    const burst = await burstIn(folder);
    await burst.follow(...burst.hinted);
    renameSync(folder.root, `${folder.root}-away`);
    await burst.follow();
    renameSync(`${folder.root}-away`, folder.root);
    burst.passes(20_000);
    await burst.scan();
    expect(burst.told).toEqual([]);
    burst.passes(20_000);
    await burst.scan();
    expect(burst.told).toEqual([30]);
  });

  it('F21 go on at once where nobody need be asked', async () => {
    await using folder = await filledFolder({ wordOnLosses: () => 'go' });
    unlinkSync(folder.path('f0'));
    writeFileSync(folder.path('f1'), '');
    expect(await folder.source.rescan()).toMatchObject({ held: 0, recordsRemoved: 1 });
    expect([folder.records.rows.get('f0')?.state, folder.records.text('f1')]).toEqual(['tombstoned', '']);
    expect(folder.source.status()).toMatchObject({ held: noLosses, problems: [] });
  });

  it('F21 a word lets the records follow what is in the files then', async () => {
    let word: LossWord = 'held';
    await using folder = await filledFolder({ wordOnLosses: () => word });
    unlinkSync(folder.path('f0'));
    unlinkSync(folder.path('f1'));
    writeFileSync(folder.path('f2'), '');
    await folder.source.rescan();
    writeFileSync(folder.path('f0'), 'back again');
    word = 'go';
    await folder.source.rescan();
    expect(['f0', 'f1', 'f2'].map((name) => folder.records.text(name))).toEqual(['back again', undefined, '']);
  });

  it('F21 the other word writes the files again, and history keeps what they held', async () => {
    let word: LossWord = 'held';
    const replaced: NonNullable<FolderOverrides['isLoss']> = (_id, _before, after) =>
      String(after['text']).startsWith('other');
    await using folder = await filledFolder({ wordOnLosses: () => word, isLoss: replaced });
    unlinkSync(folder.path('f0'));
    writeFileSync(folder.path('f1'), 'other words');
    await folder.source.rescan();
    word = 'restore';
    expect(await folder.source.rescan()).toMatchObject({ held: 0, recordsRemoved: 0, written: 2 });
    expect(['f0', 'f1'].map((name) => read(folder.path(name)))).toEqual(['text 0', 'text 1']);
    expect(folder.records.kept).toMatchObject([{ id: 'f1', fields: { text: 'other words' } }]);
    expect(folder.names()).toHaveLength(5);
    expect(await folder.source.rescan()).toMatchObject({ held: 0, taken: 0, written: 0 });
  });

  it('F21 that are put back are held no more, and nothing is asked any longer', async () => {
    const asked: Losses[] = [];
    await using folder = await filledFolder({
      wordOnLosses(losses) {
        asked.push(losses);
        return 'held';
      },
    });
    rmSync(folder.path('f0'));
    rmSync(folder.path('f1'));
    expect(await folder.source.rescan()).toMatchObject({ held: 2 });
    writeFileSync(folder.path('f0'), 'text 0');
    writeFileSync(folder.path('f1'), 'text 1');
    expect(await folder.source.rescan()).toMatchObject({ held: 0, recordsRemoved: 0 });
    expect(folder.source.status().problems).toEqual([]);
    expect(asked.at(-1)).toEqual(noLosses);
  });
});
