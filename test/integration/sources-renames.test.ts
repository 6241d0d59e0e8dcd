import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openTestFolder } from '../unit/sources/twin.ts';
import { runs } from '../helpers/suite.ts';

describe('renamed files', () => {
  it('F50 a record goes with its file: the same bytes at another path are no removal and no new record', async () => {
    await using folder = openTestFolder({ wordOnLosses: () => 'held' });
    writeFileSync(folder.path('a.md'), 'text');
    await folder.source.start();
    renameSync(folder.path('a.md'), folder.path('b.md'));
    expect(await folder.source.rescan()).toMatchObject({ renamed: 1, taken: 0, recordsRemoved: 0, held: 0 });
    expect(folder.records.moves).toEqual([{ from: 'a.md', to: 'b.md' }]);
    expect([folder.records.text('b.md'), folder.records.rows.get('a.md')?.state]).toEqual(['text', 'tombstoned']);
    expect(await folder.source.rescan()).toMatchObject({ renamed: 0, taken: 0, written: 0, filesRemoved: 0 });
  });

  it('F50 so does each file of a renamed folder', async () => {
    const count = runs(100, 600);
    await using folder = openTestFolder({ wordOnLosses: () => 'held' });
    mkdirSync(folder.path('old/deep'), { recursive: true });
    for (let index = 0; index < count; index++) {
      writeFileSync(folder.path(`old/deep/${index}`), `text ${index % 3}`);
    }
    await folder.source.start();
    renameSync(folder.path('old'), folder.path('new'));
    expect(await folder.source.rescan()).toMatchObject({ renamed: count, held: 0, taken: 0 });
    expect(folder.records.text('new/deep/7')).toBe('text 1');
  });

  it('F50 a file that was edited on the way is renamed, then edited', async () => {
    await using folder = openTestFolder();
    writeFileSync(folder.path('a.md'), 'one\ntwo\nthree\n');
    await folder.source.start();
    renameSync(folder.path('a.md'), folder.path('b.md'));
    writeFileSync(folder.path('b.md'), 'one\ntwo\nTHREE\n');
    await folder.source.rescan();
    await folder.source.settled();
    expect(folder.records.moves).toEqual([{ from: 'a.md', to: 'b.md' }]);
    expect(folder.records.text('b.md')).toBe('one\ntwo\nTHREE\n');
  });

  it('F51 another text in a place that the disk used again is no rename', async () => {
    await using folder = openTestFolder();
    writeFileSync(folder.path('a.md'), 'one\ntwo\nthree\n');
    await folder.source.start();
    renameSync(folder.path('a.md'), folder.path('b.md'));
    writeFileSync(folder.path('b.md'), 'something\nelse\n');
    await folder.source.rescan();
    expect(folder.records.moves).toEqual([]);
    expect([folder.records.text('b.md'), folder.records.rows.get('a.md')?.state]).toEqual([
      'something\nelse\n',
      'tombstoned',
    ]);
  });

  it('F51 where several gone files could be it there is no guess', async () => {
    await using folder = openTestFolder();
    writeFileSync(folder.path('a'), 'same');
    writeFileSync(folder.path('b'), 'same');
    await folder.source.start();
    // Held open, so that no disk gives their places to the new file: which place it has would be a reason to guess.
    const held = ['a', 'b'].map((name) => openSync(folder.path(name), 'r'));
    try {
      unlinkSync(folder.path('a'));
      unlinkSync(folder.path('b'));
      writeFileSync(folder.path('c'), 'same');
      await folder.source.rescan();
    } finally {
      held.forEach((descriptor) => closeSync(descriptor));
    }
    expect(folder.records.moves).toEqual([]);
    expect(folder.records.text('c')).toBe('same');
  });

  it('F51 a copy is a new record', async () => {
    await using folder = openTestFolder();
    writeFileSync(folder.path('a'), 'same');
    await folder.source.start();
    writeFileSync(folder.path('b'), readFileSync(folder.path('a')));
    await folder.source.rescan();
    expect(folder.records.moves).toEqual([]);
    rmSync(folder.path('a'));
    expect(await folder.source.rescan()).toMatchObject({ recordsRemoved: 1 });
    expect(folder.records.text('b')).toBe('same');
  });

  it('F50 watched: a rename is one thing', async () => {
    await using folder = openTestFolder({ watch: true });
    writeFileSync(folder.path('a.md'), 'text');
    await folder.source.start();
    await folder.source.settled();
    renameSync(folder.path('a.md'), folder.path('b.md'));
    await folder.source.settled();
    while (folder.records.moves.length === 0) {
      await folder.source.rescan();
    }
    expect(folder.records.edits).toHaveLength(1);
    expect(folder.records.text('b.md')).toBe('text');
  });
});
