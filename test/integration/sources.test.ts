import { existsSync, mkdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { err, ok } from '../../src/base/result.ts';
import type { RecordId } from '../../src/base/ids.ts';
import type { EditAnswer } from '../../src/sources/ground/port.ts';
import type { RecordRow } from '../../src/contract/record.ts';
import type { Disk } from '../../src/sources/disk/disk-port.ts';
import { createMemoryRecords, openTestFolder, refusal } from '../unit/sources/twin.ts';
import { read } from './sources-world.ts';

describe('scanning', () => {
  it('F2 files become records and records files', async () => {
    await using folder = openTestFolder();
    mkdirSync(folder.path('sub/deep'), { recursive: true });
    writeFileSync(folder.path('a.md'), 'alpha');
    writeFileSync(folder.path('sub/deep/b.md'), 'beta');
    folder.records.put('new/c.md', { text: 'gamma' });
    const report = await folder.source.start();
    expect(report).toMatchObject({ outcome: 'done', filesSeen: 2, taken: 2, written: 1, problems: 0 });
    expect(folder.records.text('sub/deep/b.md')).toBe('beta');
    expect(read(folder.path('new/c.md'))).toBe('gamma');
    expect(await folder.source.rescan()).toMatchObject({ taken: 0, written: 0 });
  });

  it('F2, F15 a changed record changes its file, a removed one removes it and the folder it leaves empty', async () => {
    await using folder = openTestFolder();
    mkdirSync(folder.path('sub'));
    mkdirSync(folder.path('mine'));
    writeFileSync(folder.path('sub/a.md'), 'one');
    await folder.source.start();
    folder.source.recordChanged(folder.records.put('sub/a.md', { text: 'two' }));
    await folder.source.settled();
    expect(read(folder.path('sub/a.md'))).toBe('two');
    folder.source.recordChanged(folder.records.remove('sub/a.md'));
    await folder.source.settled();
    expect(existsSync(folder.path('sub'))).toBe(false);
    expect(existsSync(folder.path('mine'))).toBe(true);
    expect(folder.records.edits).toHaveLength(1);
  });

  it('F18 a file that is in the way of a folder goes first', async () => {
    await using folder = openTestFolder();
    folder.records.put('a', { text: 'a file' });
    await folder.source.start();
    for (const id of [folder.records.put('a/b', { text: 'in a folder' }), folder.records.remove('a')]) {
      folder.source.recordChanged(id);
    }
    await folder.source.settled();
    expect(read(folder.path('a/b'))).toBe('in a folder');
    expect(folder.problems).toEqual([]);
  });

  it('F6 fields that no file carries stay', async () => {
    await using folder = openTestFolder();
    folder.records.put('a.md', { text: 'one', executable: false, edges: { x: 1 } });
    await folder.source.start();
    writeFileSync(folder.path('a.md'), 'two');
    await folder.source.rescan();
    expect(folder.records.rows.get('a.md')?.fields).toEqual({ text: 'two', executable: false, edges: { x: 1 } });
  });

  it('F9 edits go in transactions of at most 500, and others have their turn between them', async () => {
    await using folder = openTestFolder();
    for (let index = 0; index < 1100; index++) {
      writeFileSync(folder.path(`f${index}`), `${index}`);
    }
    let turns = 0;
    const count = setInterval(() => turns++, 0);
    await folder.source.start();
    clearInterval(count);
    expect(turns).toBeGreaterThan(folder.records.transactions.length / 2);
    expect(folder.records.transactions.reduce((sum, size) => sum + size, 0)).toBe(1100);
    expect(Math.max(...folder.records.transactions)).toBeLessThanOrEqual(500);
    expect(folder.records.transactions.length).toBeLessThan(1100 / 4);
  });

  it('F23 a record that was edited after its file was removed comes back', async () => {
    await using folder = openTestFolder();
    writeFileSync(folder.path('a.md'), 'one');
    await folder.source.start();
    unlinkSync(folder.path('a.md'));
    folder.records.put('a.md', { text: 'two' });
    await folder.source.rescan();
    expect(read(folder.path('a.md'))).toBe('two');
  });
});

describe('both sides', () => {
  it('F3 text changed on both sides is merged and written', async () => {
    await using folder = openTestFolder();
    writeFileSync(folder.path('a.md'), 'a\nb\nc\n');
    await folder.source.start();
    folder.records.put('a.md', { text: 'a\nb\nC\n', executable: false });
    writeFileSync(folder.path('a.md'), 'A\nb\nc\n');
    const report = await folder.source.rescan();
    expect(report).toMatchObject({ merged: 1, written: 1, problems: 0 });
    expect(read(folder.path('a.md'))).toBe('A\nb\nC\n');
    expect(folder.records.text('a.md')).toBe('A\nb\nC\n');
  });

  it('F3 the same place of a text: both stay, in file and record', async () => {
    await using folder = openTestFolder({ memory: createMemoryRecords({ history: true }) });
    writeFileSync(folder.path('a.md'), 'base\n');
    await folder.source.start();
    folder.records.put('a.md', { text: 'theirs\n', executable: false });
    writeFileSync(folder.path('a.md'), 'mine\n');
    await folder.source.rescan();
    expect([read(folder.path('a.md')), folder.records.text('a.md')]).toEqual(['theirs\nmine\n', 'theirs\nmine\n']);
    expect(folder.source.status().problems).toEqual([]);
  });

  it('F3 the same place without a past to merge from: the file is live, and a problem says so', async () => {
    await using folder = openTestFolder({ memory: createMemoryRecords({ history: false }) });
    writeFileSync(folder.path('a.md'), 'base\n');
    await folder.source.start();
    folder.records.put('a.md', { text: 'theirs\n', executable: false });
    writeFileSync(folder.path('a.md'), 'mine\n');
    await folder.source.rescan();
    expect([read(folder.path('a.md')), folder.records.text('a.md')]).toEqual(['mine\n', 'mine\n']);
    expect(folder.source.status().problems.map((problem) => problem.code)).toEqual(['both_changed']);
  });

  it('F3 a port that merges at the base gets the version that the file was made from', async () => {
    const memory = Object.assign(createMemoryRecords(), { mergesAtBase: () => true });
    await using folder = openTestFolder({ memory });
    writeFileSync(folder.path('a.md'), 'base\n');
    await folder.source.start();
    const version = folder.records.rows.get('a.md')?.version;
    folder.records.put('a.md', { text: 'theirs\n', executable: false });
    writeFileSync(folder.path('a.md'), 'mine\n');
    await folder.source.rescan();
    expect(folder.records.edits.at(-1)).toMatchObject({ base: version, intent: { patch: [{ value: 'mine\n' }] } });
    expect(read(folder.path('a.md'))).toBe('theirs\n');
  });

  it('F3 and what is typed before the merged text is in the file is told from what was said last', async () => {
    let isHeld = false;
    const held = (real: Disk): Disk => ({
      ...real,
      write: (...given) => (isHeld ? Promise.resolve(err('disk_full')) : real.write(...given)),
    });
    const memory = Object.assign(createMemoryRecords(), { mergesAtBase: () => true });
    await using folder = openTestFolder({ memory, disk: held });
    writeFileSync(folder.path('a.md'), 'a\nb\nc\n');
    await folder.source.start();
    isHeld = true;
    folder.records.put('a.md', { text: 'a\nb\nC\n', executable: false });
    writeFileSync(folder.path('a.md'), 'A\nb\nc\n');
    await folder.source.rescan();
    const said = folder.links.file(folder.root, 'a.md')?.version;
    writeFileSync(folder.path('a.md'), 'A\nB\nc\n');
    await folder.source.rescan();
    expect(folder.records.edits.at(-1)).toMatchObject({ base: said });
  });

  it('F4 an edit made between the decision and the replacement is recorded, not overwritten', async () => {
    let meddle: (() => void) | undefined;
    const disk = (real: Disk): Disk => ({
      ...real,
      write(...given): ReturnType<Disk['write']> {
        meddle?.();
        meddle = undefined;
        return real.write(...given);
      },
    });
    await using folder = openTestFolder({ disk });
    writeFileSync(folder.path('a.md'), 'a\nb\nc\n');
    await folder.source.start();
    folder.source.recordChanged(folder.records.put('a.md', { text: 'a\nb\nC\n', executable: false }));
    meddle = () => writeFileSync(folder.path('a.md'), 'A\nb\nc\n');
    await folder.source.settled();
    expect(read(folder.path('a.md'))).toBe('A\nb\nC\n');
    expect(folder.records.text('a.md')).toBe('A\nb\nC\n');
  });

  it('F4 nor is one overwritten that appears where there was no file, or that was to be removed', async () => {
    let meddle: (() => void) | undefined;
    const once = (): void => {
      meddle?.();
      meddle = undefined;
    };
    const disk = (real: Disk): Disk => ({
      ...real,
      write: (...given) => (once(), real.write(...given)),
      remove: (...given) => (once(), real.remove(...given)),
    });
    await using folder = openTestFolder({ disk });
    await folder.source.start();
    meddle = () => writeFileSync(folder.path('n.md'), 'mine');
    folder.source.recordChanged(folder.records.put('n.md', { text: 'theirs', executable: false }));
    await folder.source.settled();
    expect([read(folder.path('n.md')), folder.records.text('n.md')]).toEqual(['mine', 'mine']);
    meddle = () => writeFileSync(folder.path('n.md'), 'edited');
    folder.source.recordChanged(folder.records.remove('n.md'));
    await folder.source.settled();
    expect([read(folder.path('n.md')), folder.records.text('n.md')]).toEqual(['edited', 'edited']);
  });

  it('F5 a file and a record that meet and differ: the file is a text of its own beside the record', async () => {
    const memory = Object.assign(createMemoryRecords(), { mergesAtBase: () => true });
    await using folder = openTestFolder({ memory });
    writeFileSync(folder.path('a.md'), 'mine');
    folder.records.put('a.md', { text: 'theirs', executable: false });
    await folder.source.start();
    expect(folder.records.edits).toMatchObject([{ base: null, intent: { kind: 'put', fields: { text: 'mine' } } }]);
    expect(folder.names()).toEqual(['a.md']);
    await folder.source.rescan();
    expect(folder.records.edits).toHaveLength(1);
  });

  it('F5 where records do not merge, the file becomes the newer version of the record', async () => {
    await using folder = openTestFolder();
    writeFileSync(folder.path('a.md'), 'mine');
    folder.records.put('a.md', { text: 'theirs', executable: false });
    await folder.source.start();
    expect([folder.records.text('a.md'), read(folder.path('a.md'))]).toEqual(['mine', 'mine']);
    expect(folder.names()).toEqual(['a.md']);
  });

  it('F3 a crash between the change and the file is made good by the next start, without a second change', async () => {
    const full = (real: Disk): Disk => ({ ...real, write: () => Promise.resolve(err('disk_full')) });
    await using first = openTestFolder();
    writeFileSync(first.path('a.md'), 'a\nb\nc\n');
    await first.source.start();
    await first.source.stop();
    first.records.put('a.md', { text: 'a\nb\nC\n', executable: false });
    writeFileSync(first.path('a.md'), 'A\nb\nc\n');
    const again = { root: first.root, memory: first.records, links: first.links };
    await using crashed = openTestFolder({ ...again, disk: full });
    await crashed.source.start();
    await crashed.source.stop();
    expect(read(first.path('a.md'))).toBe('A\nb\nc\n');
    const edits = first.records.edits.length;
    await using recovered = openTestFolder(again);
    await recovered.source.start();
    expect(read(first.path('a.md'))).toBe('A\nb\nC\n');
    expect(first.records.edits).toHaveLength(edits);
  });

  it('F7 a refused edit leaves both as they are, and is said once', async () => {
    await using folder = openTestFolder();
    folder.records.refuseWith = refusal;
    writeFileSync(folder.path('a.md'), 'mine');
    await folder.source.start();
    await folder.source.rescan();
    expect(read(folder.path('a.md'))).toBe('mine');
    expect(folder.codes()).toEqual(['record_refused']);
    folder.records.refuseWith = undefined;
    await folder.source.rescan();
    expect(folder.records.text('a.md')).toBe('mine');
    expect(folder.source.status().problems).toEqual([]);
  });

  it('F8 a file whose change waits for a decision is left as it was written', async () => {
    const memory = createMemoryRecords();
    const gated = {
      ...memory,
      edit(_collection: unknown, _writes: unknown, note: (answers: readonly EditAnswer[]) => void) {
        const answers = [ok({ row: memory.rows.get('a.md') as RecordRow, made: null })];
        note(answers);
        return Promise.resolve(answers);
      },
    };
    memory.put('a.md', { text: 'one', executable: false });
    await using folder = openTestFolder({ memory, records: gated });
    await folder.source.start();
    writeFileSync(folder.path('a.md'), 'two');
    await folder.source.rescan();
    await folder.source.rescan();
    expect(read(folder.path('a.md'))).toBe('two');
    expect(folder.source.status().problems.map((problem) => problem.code)).toEqual(['waits_for_review']);
    folder.source.recordChanged(memory.put('a.md', { text: 'decided', executable: false }));
    await folder.source.settled();
    expect(read(folder.path('a.md'))).toBe('decided');
    expect(folder.source.status().problems).toEqual([]);
  });

  it('F8 a record that no file can be leaves its file alone, and that is said until it can', async () => {
    await using folder = openTestFolder();
    writeFileSync(folder.path('a.md'), 'one');
    await folder.source.start();
    folder.source.recordChanged(folder.records.put('a.md', { text: 5, executable: false }));
    await folder.source.settled();
    await folder.source.rescan();
    expect(read(folder.path('a.md'))).toBe('one');
    expect(folder.source.status().problems.map((problem) => problem.code)).toEqual(['record_no_file']);
    folder.source.recordChanged(folder.records.put('a.md', { text: 'two', executable: false }));
    await folder.source.settled();
    expect(read(folder.path('a.md'))).toBe('two');
    expect(folder.source.status().problems).toEqual([]);
  });
});

describe('a new file that another device decided against', () => {
  it.each([
    ['stays, and says that it waits, while its author is asked', 1, 'mine', ['waits_for_review']],
    ['goes once its author gives in', 0, undefined, []],
  ])('F8 %s', async (_title, openReviews, text, problems) => {
    await using folder = openTestFolder({});
    writeFileSync(folder.path('a.md'), 'mine');
    await folder.source.start();
    const { rows } = folder.records;
    rows.set('a.md', { ...(rows.get('a.md') as RecordRow), state: 'absent', fields: null, openReviews });
    folder.source.recordChanged('a.md' as RecordId);
    await folder.source.settled();
    expect(existsSync(folder.path('a.md')) ? read(folder.path('a.md')) : undefined).toBe(text);
    expect(folder.source.status().problems.map(({ code }) => code)).toEqual(problems);
  });

  it('F8 stays where it was changed since, and is proposed anew', async () => {
    await using folder = openTestFolder({});
    writeFileSync(folder.path('a.md'), 'mine');
    await folder.source.start();
    const { rows } = folder.records;
    rows.set('a.md', { ...(rows.get('a.md') as RecordRow), state: 'absent', fields: null });
    writeFileSync(folder.path('a.md'), 'better');
    await folder.source.rescan();
    expect(folder.records.text('a.md')).toBe('better');
  });
});
