import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { IgnoreChange } from '../../src/sources/reconcile/ignore-change.ts';
import type { LossWord } from '../../src/sources/ground/loss-answer.ts';
import { type Folder, type FolderOverrides, createMemoryRecords, openTestFolder } from '../unit/sources/twin.ts';

const read = (path: string): string => readFileSync(path, 'utf8');

describe('what is ignored', () => {
  it('F40 is neither taken, removed nor written; the rules travel, those of this device do not', async () => {
    await using folder = openTestFolder();
    writeFileSync(folder.path('a.log'), 'x');
    writeFileSync(folder.path('b.md'), 'x');
    await folder.source.start();
    writeFileSync(folder.path('.syncignore'), '*.log\n');
    writeFileSync(folder.path('.syncignore.local'), 'mine*\n');
    writeFileSync(folder.path('mine.md'), 'x');
    rmSync(folder.path('a.log'));
    folder.records.put('c.log', { text: 'x' });
    await folder.source.rescan();
    expect(folder.names()).toEqual(['.syncignore', '.syncignore.local', 'b.md', 'mine.md']);
    expect(folder.records.text('a.log')).toBe('x');
    expect(folder.records.edits.map((edit) => edit.id).toSorted()).toEqual(['.syncignore', 'a.log', 'b.md']);
  });

  it('F40 says by which line of which file', async () => {
    await using folder = openTestFolder();
    writeFileSync(folder.path('.syncignore'), '# logs\n*.log\n!keep.log\n');
    writeFileSync(folder.path('.syncignore.local'), 'mine*\n');
    await folder.source.start();
    const { ignoredBecause } = folder.source;
    expect(ignoredBecause('a.log')).toBe('ignored by line 2 of .syncignore');
    expect(ignoredBecause('mine.md')).toBe('ignored by line 1 of .syncignore.local');
    expect(ignoredBecause('node_modules/x')).toContain('built-in rules');
    expect([ignoredBecause('keep.log'), ignoredBecause('a.md')]).toEqual([undefined, undefined]);
  });

  it('F40 rules that cannot be read, or are too many, leave the last good ones in force', async () => {
    await using folder = openTestFolder();
    writeFileSync(folder.path('.syncignore'), '*.log\n');
    await folder.source.start();
    writeFileSync(folder.path('.syncignore'), `${'pattern\n'.repeat(100_000)}`);
    writeFileSync(folder.path('a.log'), 'x');
    await folder.source.rescan();
    expect(folder.records.rows.has('a.log')).toBe(false);
    expect(folder.source.status().problems).toMatchObject([{ code: 'ignore_unfit', path: '' }]);
  });

  it('F40 a pattern that ignores what already syncs deletes nothing', async () => {
    await using folder = openTestFolder({ wordOnLosses: () => 'held' });
    writeFileSync(folder.path('a.md'), 'x');
    await folder.source.start();
    writeFileSync(folder.path('.syncignore'), '*\n');
    await folder.source.rescan();
    expect([folder.records.text('a.md'), existsSync(folder.path('a.md'))]).toEqual(['x', true]);
  });
});

describe('rules of another device', () => {
  async function folderWith(files: number, overrides: FolderOverrides): Promise<Folder> {
    const folder = openTestFolder(overrides);
    writeFileSync(folder.path('.syncignore'), 'private*\n');
    writeFileSync(folder.path('private.txt'), 'for nobody');
    for (let index = 0; index < files; index++) {
      writeFileSync(folder.path(`f${index}.txt`), 'x');
    }
    await folder.source.start();
    return folder;
  }

  it('F42 that would publish what is ignored here wait, and are listed', async () => {
    const asked: IgnoreChange[] = [];
    let word: LossWord = 'held';
    const wordOnIgnore = (change: IgnoreChange): LossWord => (asked.push(change), word);
    await using folder = await folderWith(1, { wordOnIgnore });
    folder.source.recordChanged(folder.records.put('.syncignore', { text: '# none\n', executable: false }));
    await folder.source.settled();
    await folder.source.rescan();
    expect(asked[0]).toMatchObject({ shown: ['private.txt'], leftOut: [] });
    expect(read(folder.path('.syncignore'))).toBe('private*\n');
    expect(folder.records.rows.has('private.txt')).toBe(false);
    expect(folder.source.status().problems).toMatchObject([{ code: 'ignore_held' }]);
    word = 'go';
    await folder.source.rescan();
    await folder.source.settled();
    expect(folder.records.text('private.txt')).toBe('for nobody');
  });

  it.each(['a process that begins', 'a new link of the same folder'] as const)(
    'F42 a question that nobody answered is asked by %s too',
    async (who) => {
      await using folder = await folderWith(1, {});
      folder.source.recordChanged(folder.records.put('.syncignore', { text: '# none\n', executable: false }));
      await folder.source.settled();
      await folder.source.stop();
      const { root, records, links } = folder;
      const kept = who === 'a process that begins' ? { links } : {};
      await using again = openTestFolder({ root, memory: records, ...kept });
      await again.source.start();
      expect(again.source.status().problems).toMatchObject([{ code: 'ignore_held' }]);
      expect(read(folder.path('.syncignore'))).toBe('private*\n');
      expect(records.rows.has('private.txt')).toBe(false);
    },
  );

  it('F42 that would leave out more than twenty files that sync wait; fewer do not', async () => {
    await using folder = await folderWith(21, {});
    folder.source.recordChanged(folder.records.put('.syncignore', { text: 'private*\n*.txt\n', executable: false }));
    await folder.source.settled();
    expect(read(folder.path('.syncignore'))).toBe('private*\n');
    folder.source.recordChanged(folder.records.put('.syncignore', { text: 'private*\nf1*\n', executable: false }));
    await folder.source.settled();
    expect(read(folder.path('.syncignore'))).toBe('private*\nf1*\n');
    expect(folder.source.status().problems).toEqual([]);
  });

  it('F42 turned down, the rules of this device become the record again', async () => {
    await using folder = await folderWith(1, { wordOnIgnore: () => 'restore' });
    folder.source.recordChanged(folder.records.put('.syncignore', { text: '# none\n', executable: false }));
    await folder.source.settled();
    expect(folder.records.text('.syncignore')).toBe('private*\n');
    expect(folder.records.rows.has('private.txt')).toBe(false);
  });

  it('F43 are here before anything of a new link is published', async () => {
    let isExchanged = false;
    const memory = createMemoryRecords();
    await using folder = openTestFolder({ memory, mayPublish: () => (isExchanged ? 'now' : 'after_exchange') });
    writeFileSync(folder.path('secret.txt'), 'x');
    writeFileSync(folder.path('note.md'), 'x');
    await folder.source.start();
    expect([memory.edits, folder.codes()]).toEqual([[], ['first_exchange']]);
    memory.put('.syncignore', { text: 'secret*\n', executable: false });
    isExchanged = true;
    await folder.source.rescan();
    expect(memory.edits.map((edit) => edit.id)).toEqual(['note.md']);
    expect(folder.source.status().problems).toEqual([]);
  });
});
