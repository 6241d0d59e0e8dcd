import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { files as shellFiles } from '../../engines/shell/sources.ts';
import { files as workspaceFiles } from '../../engines/workspace/sources.ts';
import { assert } from '../../src/base/assert.ts';
import { err } from '../../src/base/result.ts';
import type { Disk } from '../../src/sources/disk.ts';
import { createMemoryRecords, id, openTestFolder, refusal } from '../unit/sources/twin.ts';

const read = (path: string): string => readFileSync(path, 'utf8');

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

  it('F2 a changed record changes its file, a removed one removes it, F15 and the folder it leaves empty', async () => {
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

  it('F6 fields that no file carries stay', async () => {
    await using folder = openTestFolder();
    folder.records.put('a.md', { text: 'one', executable: false, edges: { x: 1 } });
    await folder.source.start();
    writeFileSync(folder.path('a.md'), 'two');
    await folder.source.rescan();
    expect(folder.records.rows.get('a.md')?.fields).toEqual({ text: 'two', executable: false, edges: { x: 1 } });
  });

  it('F9 edits go in transactions of at most 500', async () => {
    await using folder = openTestFolder();
    for (let index = 0; index < 1100; index++) {
      writeFileSync(folder.path(`f${index}`), `${index}`);
    }
    await folder.source.start();
    expect(folder.records.transactions.reduce((sum, size) => sum + size, 0)).toBe(1100);
    expect(Math.max(...folder.records.transactions)).toBeLessThanOrEqual(500);
    expect(folder.records.transactions.length).toBeLessThan(6);
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
    const memory = Object.assign(createMemoryRecords(), { mergesAtBase: true });
    await using folder = openTestFolder({ memory });
    writeFileSync(folder.path('a.md'), 'base\n');
    await folder.source.start();
    const version = folder.records.rows.get('a.md')?.version;
    folder.records.put('a.md', { text: 'theirs\n', executable: false });
    writeFileSync(folder.path('a.md'), 'mine\n');
    await folder.source.rescan();
    expect(folder.records.edits.at(-1)).toMatchObject({ base: version, intent: { patch: [{ value: 'mine\n' }] } });
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
    const texts = readdirSync(folder.root).map((name) => read(folder.path(name)));
    expect(texts.toSorted()).toEqual(['mine', 'theirs']);
    meddle = () => writeFileSync(folder.path('n.md'), 'edited');
    folder.source.recordChanged(folder.records.remove('n.md'));
    await folder.source.settled();
    expect([read(folder.path('n.md')), folder.records.text('n.md')]).toEqual(['edited', 'edited']);
  });

  it('F5 a file and a record that meet and differ are both kept, and repeating it adds nothing', async () => {
    await using folder = openTestFolder();
    writeFileSync(folder.path('a.md'), 'mine');
    folder.records.put('a.md', { text: 'theirs' });
    const report = await folder.source.start();
    expect(report).toMatchObject({ keptAside: 1, written: 1, merged: 0 });
    await folder.source.rescan();
    await folder.source.settled();
    const [kept] = readdirSync(folder.root).filter((name) => name !== 'a.md');
    expect(kept).toMatch(/^a\.kept-[0-9a-f]{8}\.md$/);
    expect([read(folder.path('a.md')), read(folder.path(kept ?? ''))]).toEqual(['theirs', 'mine']);
    expect(folder.records.text(kept ?? '')).toBe('mine');
    expect(readdirSync(folder.root)).toHaveLength(2);
    expect(folder.codes()).toEqual(['kept_aside']);
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
    const gated = { ...memory, edit: () => Promise.resolve([{ ok: true, value: memory.rows.get('a.md') } as never]) };
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
});

describe('the disk', () => {
  it('F10 who holds the old file open reads the old version whole; modes are kept', async () => {
    await using folder = openTestFolder();
    writeFileSync(folder.path('a.sh'), 'old version');
    chmodSync(folder.path('a.sh'), 0o640);
    await folder.source.start();
    const open = openSync(folder.path('a.sh'), 'r');
    folder.source.recordChanged(folder.records.put('a.sh', { text: 'new', executable: true }));
    await folder.source.settled();
    const buffer = Buffer.alloc(64);
    expect(buffer.toString('utf8', 0, readSync(open, buffer))).toBe('old version');
    expect(read(folder.path('a.sh'))).toBe('new');
    expect(statSync(folder.path('a.sh')).mode & 0o777).toBe(0o750);
    expect(readdirSync(folder.root)).toEqual(['a.sh']);
  });

  it('F10 a change of the executable bit alone is a change', async () => {
    await using folder = openTestFolder();
    writeFileSync(folder.path('a.sh'), 'x');
    await folder.source.start();
    chmodSync(folder.path('a.sh'), 0o755);
    await folder.source.rescan();
    expect(folder.records.rows.get('a.sh')?.fields).toEqual({ text: 'x', executable: true });
  });

  it('F11 nothing is read or written through a symbolic link, in no place of a path', async () => {
    const outside = realpathSync(mkdtempSync(join(tmpdir(), 'sourcesync-outside-')));
    onTestFinished(() => rmSync(outside, { recursive: true }));
    writeFileSync(join(outside, 'secret'), 'secret');
    await using folder = openTestFolder();
    symlinkSync(outside, folder.path('out'));
    symlinkSync(join(outside, 'secret'), folder.path('file'));
    folder.records.put('out/new', { text: 'x' });
    folder.records.put('out/secret', { text: 'x' });
    folder.records.put('file', { text: 'x' });
    await folder.source.start();
    expect(readdirSync(outside)).toEqual(['secret']);
    expect(read(join(outside, 'secret'))).toBe('secret');
    expect(lstatSync(folder.path('file')).isSymbolicLink()).toBe(true);
    expect(folder.records.edits).toEqual([]);
    expect(new Set(folder.codes())).toEqual(new Set(['symlink']));
  });

  it('F11 a folder swapped for a link in mid-write changes nothing outside', async () => {
    const outside = realpathSync(mkdtempSync(join(tmpdir(), 'sourcesync-outside-')));
    onTestFinished(() => rmSync(outside, { recursive: true }));
    const disk = (real: Disk): Disk => ({
      ...real,
      write(...given): ReturnType<Disk['write']> {
        // The folder is open by then: the first step of a write is synchronous.
        const writing = real.write(...given);
        renameSync(join(folder.root, 'sub'), join(folder.root, 'moved'));
        symlinkSync(outside, join(folder.root, 'sub'));
        return writing;
      },
    });
    await using folder = openTestFolder({ disk });
    mkdirSync(folder.path('sub'));
    folder.records.put('sub/a.md', { text: 'x', executable: false });
    await folder.source.start();
    expect(readdirSync(outside)).toEqual([]);
  });

  it('F11 ids that are no safe relative paths are reported, not written', async () => {
    await using folder = openTestFolder({ root: mkdtempSync(join(realpathSync(tmpdir()), 'sourcesync-Deep-')) });
    for (const bad of ['../escape', '/abs', 'a/../../x', 'a\\b', 'e\u0301']) {
      folder.records.put(bad, { text: 'x' });
    }
    await folder.source.start();
    expect(folder.codes()).toEqual(Array(5).fill('path_unsafe'));
    expect(readdirSync(folder.root)).toEqual([]);
    expect(existsSync(join(folder.root, '../escape'))).toBe(false);
  });

  it('F12 what cannot be synced is reported once with a remedy and never removed', async () => {
    await using folder = openTestFolder({ maximumFileBytes: 100 });
    execFileSync('mkfifo', [folder.path('pipe')]);
    writeFileSync(folder.path('large'), 'x'.repeat(101));
    writeFileSync(folder.path('binary'), '\0\0');
    writeFileSync(folder.path('line\nbreak'), 'x');
    writeFileSync(Buffer.concat([Buffer.from(`${folder.root}/bad`), Buffer.from([0xff])]), 'x');
    writeFileSync(folder.path('ok'), 'x');
    await folder.source.start();
    await folder.source.rescan();
    const byPath = Object.fromEntries(folder.problems.map((problem) => [problem.path, problem.code]));
    expect(byPath).toEqual({
      pipe: 'special_file',
      large: 'too_large',
      binary: 'file_unfit',
      'line\\nbreak': 'name_unusable',
      'bad\\\\xff': 'name_not_utf8',
    });
    expect(folder.problems).toHaveLength(5);
    expect(folder.problems.every((problem) => problem.remedy !== '')).toBe(true);
    expect(readdirSync(folder.root)).toHaveLength(6);
    rmSync(folder.path('pipe'));
    await folder.source.rescan();
    expect(folder.source.status().problems.map((problem) => problem.path)).not.toContain('pipe');
  });

  it('F12 a file that grows over the limit keeps its record', async () => {
    await using folder = openTestFolder({ maximumFileBytes: 100 });
    writeFileSync(folder.path('a'), 'x');
    await folder.source.start();
    writeFileSync(folder.path('a'), 'x'.repeat(200));
    await folder.source.rescan();
    expect(folder.records.text('a')).toBe('x');
    folder.source.recordChanged(folder.records.put('a', { text: 'theirs' }));
    await folder.source.settled();
    expect(read(folder.path('a'))).toBe('x'.repeat(200));
  });

  it('F13 of two files with one composed name the second is reported; the first keeps its form on disk', async () => {
    await using folder = openTestFolder();
    writeFileSync(folder.path('e\u0301.md'), 'decomposed');
    await folder.source.start();
    expect(folder.records.text('\u00e9.md')).toBe('decomposed');
    writeFileSync(folder.path('\u00e9.md'), 'composed');
    await folder.source.rescan();
    expect(folder.codes()).toEqual(['name_collision']);
    folder.source.recordChanged(folder.records.put('\u00e9.md', { text: 'theirs', executable: false }));
    await folder.source.settled();
    expect(read(folder.path('e\u0301.md'))).toBe('theirs');
    expect(read(folder.path('\u00e9.md'))).toBe('composed');
  });

  it('F13 where case says nothing, `a` beside `A` is reported and not written', async () => {
    await using folder = openTestFolder({ caseInsensitive: true });
    writeFileSync(folder.path('A.md'), 'upper');
    folder.records.put('a.md', { text: 'lower' });
    await folder.source.start();
    expect(readdirSync(folder.root)).toEqual(['A.md']);
    expect(folder.codes()).toEqual(['name_collision']);
    expect(folder.records.text('A.md')).toBe('upper');
  });

  it('F14 a full disk is said, loses nothing, and is tried again', async () => {
    let full = true;
    const disk = (real: Disk): Disk => ({
      ...real,
      write: (...given) => (full ? Promise.resolve(err('disk_full')) : real.write(...given)),
    });
    await using folder = openTestFolder({ disk });
    writeFileSync(folder.path('a'), 'one');
    await folder.source.start();
    folder.source.recordChanged(folder.records.put('a', { text: 'two', executable: false }));
    await folder.source.settled();
    expect(read(folder.path('a'))).toBe('one');
    expect(folder.codes()).toEqual(['disk_full']);
    full = false;
    await folder.source.rescan();
    expect(read(folder.path('a'))).toBe('two');
    expect(folder.source.status().problems).toEqual([]);
  });

  it('F14 an unreadable file or failing store loses nothing, F22 and is no removal', async () => {
    let fault = false;
    const disk = (real: Disk): Disk => ({
      ...real,
      read: (path) => (fault ? Promise.resolve({ kind: 'blocked', code: 'unreadable' }) : real.read(path)),
      async *walk(from, skip) {
        if (fault) {
          yield { path: '', fault: 'unreadable' };
        } else {
          yield* real.walk(from, skip);
        }
      },
    });
    await using folder = openTestFolder({ disk });
    writeFileSync(folder.path('a'), 'one');
    folder.records.failing = true;
    await folder.source.start();
    expect(folder.codes()).toEqual(['records_unavailable']);
    folder.records.failing = false;
    await folder.source.rescan();
    fault = true;
    await folder.source.rescan();
    expect(folder.records.text('a')).toBe('one');
    expect(folder.records.edits).toHaveLength(1);
    expect(folder.codes()).toContain('unreadable');
  });

  it('F40 ignored files are neither taken, removed nor written', async () => {
    await using folder = openTestFolder();
    writeFileSync(folder.path('a.log'), 'x');
    writeFileSync(folder.path('b.md'), 'x');
    await folder.source.start();
    writeFileSync(folder.path('.syncignore'), '*.log\n');
    rmSync(folder.path('a.log'));
    folder.records.put('c.log', { text: 'x' });
    await folder.source.rescan();
    expect(readdirSync(folder.root)).toEqual(['.syncignore', 'b.md']);
    expect(folder.records.text('a.log')).toBe('x');
    expect(folder.records.edits).toHaveLength(2);
  });
});

describe('removals', () => {
  it('F20 a missing root is no removal: pause, and resume when it is back', async () => {
    await using folder = openTestFolder();
    writeFileSync(folder.path('a'), 'x');
    await folder.source.start();
    await folder.source.settled();
    renameSync(folder.root, `${folder.root}-away`);
    expect((await folder.source.rescan()).outcome).toBe('paused');
    expect(folder.source.status()).toMatchObject({ state: 'paused', watching: false });
    expect(folder.codes()).toEqual(['root_missing']);
    folder.records.put('b', { text: 'y' });
    renameSync(`${folder.root}-away`, folder.root);
    expect((await folder.source.rescan()).outcome).toBe('done');
    await folder.source.settled();
    expect(folder.source.status()).toMatchObject({ state: 'following', problems: [] });
    expect(read(folder.path('b'))).toBe('y');
    expect(folder.records.edits).toHaveLength(1);
  });

  it('F20 an empty root in its place removes nothing', async () => {
    await using folder = openTestFolder();
    writeFileSync(folder.path('a'), 'x');
    await folder.source.start();
    renameSync(folder.root, `${folder.root}-away`);
    mkdirSync(folder.root);
    expect(await folder.source.rescan()).toMatchObject({ removalsHeld: 1, recordsRemoved: 0 });
    rmSync(`${folder.root}-away`, { recursive: true });
  });

  it('F21 many files gone at once are held, others go on, and a word removes them', async () => {
    let word: 'held' | 'go' = 'held';
    await using folder = openTestFolder({ wordOnRemovals: () => word });
    for (let index = 0; index < 40; index++) {
      writeFileSync(folder.path(`f${index}`), 'x');
    }
    await folder.source.start();
    for (let index = 0; index < 25; index++) {
      unlinkSync(folder.path(`f${index}`));
    }
    writeFileSync(folder.path('new'), 'y');
    const report = await folder.source.rescan();
    expect(report).toMatchObject({ removalsHeld: 25, recordsRemoved: 0, taken: 1 });
    expect(folder.source.status().held).toMatchObject({ total: 41 });
    expect(folder.codes()).toEqual(['removals_held']);
    writeFileSync(folder.path('f0'), 'x');
    word = 'go';
    expect(await folder.source.rescan()).toMatchObject({ removalsHeld: 0, recordsRemoved: 24 });
    expect(folder.records.rows.get('f1')?.state).toBe('tombstoned');
    expect(folder.records.text('f0')).toBe('x');
    expect(folder.source.status()).toMatchObject({ held: undefined, problems: [] });
  });

  it('F21 the other word writes the files again', async () => {
    let word: 'held' | 'restore' = 'held';
    await using folder = openTestFolder({ wordOnRemovals: () => word });
    for (let index = 0; index < 25; index++) {
      writeFileSync(folder.path(`f${index}`), `text ${index}`);
    }
    await folder.source.start();
    for (let index = 0; index < 25; index++) {
      unlinkSync(folder.path(`f${index}`));
    }
    expect(await folder.source.rescan()).toMatchObject({ removalsHeld: 25 });
    word = 'restore';
    expect(await folder.source.rescan()).toMatchObject({ removalsHeld: 0, recordsRemoved: 0, written: 25 });
    expect(read(folder.path('f7'))).toBe('text 7');
    expect(await folder.source.rescan()).toMatchObject({ removalsHeld: 0, taken: 0, written: 0 });
  });

  it('F21 files that are put back are held no more', async () => {
    let dropped = 0;
    await using folder = openTestFolder({ removalsDropped: () => dropped++ });
    writeFileSync(folder.path('a'), 'x');
    writeFileSync(folder.path('b'), 'x');
    await folder.source.start();
    rmSync(folder.path('a'));
    rmSync(folder.path('b'));
    expect(await folder.source.rescan()).toMatchObject({ removalsHeld: 2 });
    writeFileSync(folder.path('a'), 'x');
    writeFileSync(folder.path('b'), 'x');
    expect(await folder.source.rescan()).toMatchObject({ removalsHeld: 0, recordsRemoved: 0 });
    expect(folder.source.status().problems).toEqual([]);
    expect(dropped).toBe(1);
  });
});

describe('many files changed at once', () => {
  type Word = 'held' | 'go' | 'restore';

  /** So many files in step, and the first of them changed. */
  async function rewritten(folder: ReturnType<typeof openTestFolder>, files: number, changed: number): Promise<void> {
    for (let index = 0; index < files; index++) {
      writeFileSync(folder.path(`f${index}`), `text ${index}`);
    }
    await folder.source.start();
    for (let index = 0; index < changed; index++) {
      writeFileSync(folder.path(`f${index}`), `other words ${index}`);
    }
  }

  it.each([
    ['as few as may be', 100, 19, false],
    ['the share of many', 400, 40, false],
    ['more than the share', 400, 41, true],
    ['twenty of a hundred', 100, 20, true],
    ['every file of many', 60, 60, true],
    ['every file of a few', 5, 5, false],
  ])('F24 %s (of %i files %i) are held: %s', async (_what, files, changed, isHeld) => {
    await using folder = openTestFolder();
    await rewritten(folder, files, changed);
    expect(await folder.source.rescan()).toMatchObject({
      rewritesHeld: isHeld ? changed : 0,
      taken: isHeld ? 0 : changed,
    });
    expect(folder.records.text('f0')).toBe(isHeld ? 'text 0' : 'other words 0');
    expect(read(folder.path('f0'))).toBe('other words 0');
    expect(folder.codes()).toEqual(isHeld ? ['rewrites_held'] : []);
  });

  it('F24 new files and removals go on meanwhile, and what is changed next joins what waits', async () => {
    let asked: readonly string[] = [];
    await using folder = openTestFolder({
      wordOnRewrites: ({ ids }) => {
        asked = ids;
        return 'held';
      },
    });
    await rewritten(folder, 100, 30);
    writeFileSync(folder.path('new'), 'y');
    unlinkSync(folder.path('f99'));
    expect(await folder.source.rescan()).toMatchObject({ rewritesHeld: 30, taken: 1, recordsRemoved: 1 });
    expect(asked).toHaveLength(30);
    writeFileSync(folder.path('f50'), 'other words');
    await folder.source.rescan();
    expect(asked).toHaveLength(31);
  });

  it('F24 a word lets them go, once', async () => {
    let word: Word = 'held';
    await using folder = openTestFolder({ wordOnRewrites: () => word });
    await rewritten(folder, 100, 30);
    await folder.source.rescan();
    word = 'go';
    expect(await folder.source.rescan()).toMatchObject({ rewritesHeld: 0 });
    expect(folder.records.text('f29')).toBe('other words 29');
    expect(folder.source.status()).toMatchObject({ rewritesHeld: 0, problems: [] });
    word = 'held';
    for (let index = 0; index < 30; index++) {
      writeFileSync(folder.path(`f${index}`), `third ${index}`);
    }
    expect(await folder.source.rescan()).toMatchObject({ rewritesHeld: 30 });
  });

  it('F24 the other word writes the files again, and keeps what they held beside them', async () => {
    let word: Word = 'held';
    await using folder = openTestFolder({ wordOnRewrites: () => word });
    await rewritten(folder, 100, 30);
    await folder.source.rescan();
    word = 'restore';
    await folder.source.rescan();
    expect(read(folder.path('f7'))).toBe('text 7');
    expect(folder.records.text('f7')).toBe('text 7');
    const beside = readdirSync(folder.root).filter((name) => name.startsWith('f7.kept-'));
    expect(beside.map((name) => read(folder.path(name)))).toEqual(['other words 7']);
    expect(await folder.source.rescan()).toMatchObject({ rewritesHeld: 0 });
  });

  it('F24 files that are put back are held no more', async () => {
    let dropped = 0;
    await using folder = openTestFolder({ rewritesDropped: () => dropped++ });
    await rewritten(folder, 60, 60);
    expect(await folder.source.rescan()).toMatchObject({ rewritesHeld: 60 });
    const before = dropped;
    for (let index = 0; index < 60; index++) {
      writeFileSync(folder.path(`f${index}`), `text ${index}`);
    }
    expect(await folder.source.rescan()).toMatchObject({ rewritesHeld: 0, taken: 0 });
    expect([dropped, folder.source.status().problems]).toEqual([before + 1, []]);
  });

  it('F24 what a person was asked about before a restart stays held, however few are left of it', async () => {
    await using folder = openTestFolder({ isAskedAboutRewrites: () => true, wordOnRewrites: () => 'held' });
    await rewritten(folder, 100, 1);
    expect(await folder.source.rescan()).toMatchObject({ rewritesHeld: 1, taken: 0 });
  });
});

describe('passes', () => {
  it.each([
    ['old enough to tell', 10_000, ['a', 'b'], 1],
    ['too fresh to tell', 0, ['a', 'b'], 2],
  ] as const)(
    'F33 a regular pass reads files that look different, times %s',
    async (_name, aheadMs, names, expected) => {
      const reads: string[] = [];
      const disk = (real: Disk): Disk => ({ ...real, read: (path) => (reads.push(path), real.read(path)) });
      await using folder = openTestFolder({ disk, nowMs: () => Date.now() + aheadMs, rescanEveryMs: 20 });
      for (const name of names) {
        writeFileSync(folder.path(name), 'x');
      }
      await folder.source.start();
      writeFileSync(folder.path('a'), 'y');
      reads.length = 0;
      await folder.records.until(() => folder.records.text('a') === 'y');
      expect(reads).toHaveLength(expected);
    },
  );

  it.each(Array.from({ length: 25 }, (_, seed) => seed))(
    'F30 after any storm files and records agree, seed %i',
    async (seed) => {
      await using folder = openTestFolder({
        removalBrake: () => ({ policyClass: 'high', share: 1 }),
        quietMs: 1,
        removalDelayMs: 1,
      });
      const random = createRandom(seed);
      writeFileSync(folder.path('anchor'), 'anchor');
      await folder.source.start();
      for (let step = 0; step < 40; step++) {
        const name = ['a', 'b', 'dir/c', 'dir/d'][random(4)] ?? 'a';
        const text = `${seed}-${step}\n`;
        const place = folder.path(name);
        switch (random(6)) {
          case 0:
          case 1:
            mkdirSync(join(place, '..'), { recursive: true });
            writeFileSync(place, text);
            await (random(2) === 0 ? folder.source.rescan() : undefined);
            break;
          case 2:
          case 3:
            folder.source.recordChanged(folder.records.put(name, { text, executable: false }));
            break;
          case 4:
            folder.source.recordChanged(folder.records.remove(name));
            break;
          default:
            rmSync(place, { force: true });
            break;
        }
        if (random(3) === 0) {
          await folder.source.settled();
        }
      }
      await folder.source.settled();
      await folder.source.rescan();
      await folder.source.settled();
      await folder.source.rescan();
      const live = [...folder.records.rows.values()].filter((row) => row.state === 'live');
      for (const row of live) {
        expect(read(folder.path(row.id))).toBe(row.fields?.['text']);
      }
      const files = readdirSync(folder.root, { recursive: true, withFileTypes: true }).filter((entry) =>
        entry.isFile(),
      );
      expect(files).toHaveLength(live.length);
      expect(folder.source.status().held).toBeUndefined();
    },
  );
});

/** mulberry32 */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

describe('names given back to records', () => {
  it('F1 a damaged record leaves its file alone', async () => {
    const memory = createMemoryRecords();
    const records = { ...memory, get: () => 'damaged' as const };
    await using folder = openTestFolder({ memory, records });
    writeFileSync(folder.path('a'), 'x');
    await folder.source.start();
    expect(folder.codes()).toEqual(['record_damaged']);
    expect(memory.edits).toEqual([]);
    expect(id('a')).toBe('a');
  });
});

describe('the mappings that engines ship', () => {
  it.each([
    ['workspace', workspaceFiles, '/props/text'],
    ['shell', shellFiles, '/body'],
  ] as const)(
    'F2 F3 F10 %s: text, bytes and modes go both ways, and nothing moves without cause',
    async (_name, mapping, textPath) => {
      assert(mapping !== undefined, 'the engine maps files');
      await using one = openTestFolder({ mapping, textPaths: [textPath] });
      mkdirSync(one.path('sub'));
      writeFileSync(one.path('sub/text.md'), 'a\nb\nc\n');
      writeFileSync(one.path('run.sh'), '#!/bin/sh\n', { mode: 0o755 });
      writeFileSync(one.path('picture'), Buffer.from([0xff, 0x00, 0xfe]));
      expect(await one.source.start()).toMatchObject({ taken: 3, written: 0, problems: 0 });
      await using two = openTestFolder({ mapping, textPaths: [textPath], memory: one.records });
      expect(await two.source.start()).toMatchObject({ taken: 0, written: 3, problems: 0 });
      for (const name of ['sub/text.md', 'run.sh', 'picture']) {
        expect(readFileSync(two.path(name))).toEqual(readFileSync(one.path(name)));
        expect(statSync(two.path(name)).mode & 0o100).toBe(statSync(one.path(name)).mode & 0o100);
      }
      writeFileSync(one.path('sub/text.md'), 'A\nb\nc\n');
      await one.source.rescan();
      writeFileSync(two.path('sub/text.md'), 'a\nb\nC\n');
      expect(await two.source.rescan()).toMatchObject({ merged: 1, written: 1, problems: 0 });
      expect(read(two.path('sub/text.md'))).toBe('A\nb\nC\n');
      expect(await one.source.rescan()).toMatchObject({ taken: 0, merged: 0, written: 1 });
      expect(await one.source.rescan()).toMatchObject({ taken: 0, merged: 0, written: 0 });
    },
  );
});
