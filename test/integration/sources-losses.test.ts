import { readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Losses, noLosses } from '../../src/sources/scan-report.ts';
import type { LossWord } from '../../src/sources/source-state.ts';
import { type Folder, type FolderOverrides, openTestFolder } from '../unit/sources/twin.ts';

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

describe('files that are gone, or emptied', () => {
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

  it.each([10, 15])(
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
