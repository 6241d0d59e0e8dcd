import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { files as shellFiles } from '../../engines/shell/sources.ts';
import { files as workspaceFiles } from '../../engines/workspace/sources.ts';
import { assert } from '../../src/base/assert.ts';
import type { RecordId } from '../../src/base/ids.ts';
import { err } from '../../src/base/result.ts';
import type { Disk } from '../../src/sources/disk/disk-port.ts';
import { createDisk } from '../../src/sources/disk/disk.ts';
import { followHints } from '../../src/sources/passes/follow-hints.ts';
import { scan } from '../../src/sources/passes/scan.ts';
import { createSourceState } from '../../src/sources/passes/source-state.ts';
import { openTestFolder, testOptions } from '../unit/sources/twin.ts';

const read = (path: string): string => readFileSync(path, 'utf8');

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
    expect(folder.names()).toEqual(['a.sh']);
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
    expect(folder.names()).toEqual([]);
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
    expect(folder.names()).toHaveLength(6);
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
    expect(folder.names()).toEqual(['A.md']);
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

  it('F14 in a folder that cannot be read no file is made up, and once it was read it is told of no more', async () => {
    let isClosed = true;
    const disk = (real: Disk): Disk => ({
      ...real,
      look: (path) =>
        isClosed && path.startsWith('closed/')
          ? Promise.resolve({ kind: 'blocked', code: 'unreadable' })
          : real.look(path),
      async *walk(from, skip) {
        if (isClosed && from === 'closed') {
          yield { path: from, fault: 'unreadable' };
        } else {
          yield* real.walk(from, skip);
        }
      },
    });
    await using folder = openTestFolder();
    mkdirSync(folder.path('closed'));
    const { root, records, links } = folder;
    const state = createSourceState(
      testOptions({ root, records, links, onProblem: () => undefined }),
      disk(createDisk({ root, maximumFileBytes: 1000, takesLinks: false, caseInsensitive: false, writer: 'writer' })),
    );
    await scan(state, { thorough: true, isAsked: false }, () => undefined);
    const follow = (): Promise<void> =>
      followHints(
        state,
        ['closed', 'closed/closed'].map((path) => ({ path, ageMs: 1000 })),
        { quietMs: 0, removalDelayMs: 500 },
        () => undefined,
      );
    await follow();
    expect(state.problems.list().map(({ path, code }) => [path, code])).toEqual([['closed', 'unreadable']]);
    isClosed = false;
    await follow();
    expect(state.problems.list()).toEqual([]);
  });

  it('F14, F22 an unreadable file or failing store loses nothing, and is no removal', async () => {
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

describe('symbolic links that a person allows', () => {
  it('F19 travel as links where they stay inside the folder, and are never followed', async () => {
    await using one = openTestFolder({ takesLinks: true });
    mkdirSync(one.path('sub'));
    writeFileSync(one.path('sub/real.md'), 'text');
    symlinkSync('sub/real.md', one.path('link.md'));
    symlinkSync('/etc/hostname', one.path('out'));
    symlinkSync('../outside', one.path('up'));
    await one.source.start();
    expect([...one.records.rows.keys()].toSorted()).toEqual(['link.md', 'sub/real.md']);
    expect(one.codes()).toEqual(['symlink', 'symlink']);
    await using two = openTestFolder({ takesLinks: true, memory: one.records });
    await two.source.start();
    expect(readlinkSync(two.path('link.md'))).toBe('sub/real.md');
    expect(await two.source.rescan()).toMatchObject({ taken: 0, written: 0 });
    rmSync(one.path('link.md'));
    symlinkSync('sub', one.path('link.md'));
    await one.source.rescan();
    two.source.recordChanged('link.md' as RecordId);
    await two.source.settled();
    expect(readlinkSync(two.path('link.md'))).toBe('sub');
  });

  it('F19 that another device sent and that lead out, or that nobody allowed here, are not made', async () => {
    await using folder = openTestFolder({ takesLinks: true });
    folder.records.put('a', { text: '../../etc/passwd', executable: false, symlink: true });
    folder.records.put('b', { text: '/etc/passwd', executable: false, symlink: true });
    await folder.source.start();
    expect([folder.names(), folder.codes()]).toEqual([[], ['path_unsafe', 'path_unsafe']]);
    await using strict = openTestFolder();
    strict.records.put('a', { text: 'b', executable: false, symlink: true });
    await strict.source.start();
    expect([strict.names(), strict.codes()]).toEqual([[], ['link_elsewhere']]);
  });
});
