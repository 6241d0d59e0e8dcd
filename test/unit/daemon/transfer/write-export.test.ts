import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../../src/base/bytes.ts';
import type { ExportTarget, FilePlace } from '../../../../src/cli/ground/transfer-commands.ts';
import { writeExport } from '../../../../src/daemon/transfer/write-export.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const content = (text: string, executable = false) => ({ bytes: utf8(text), executable });

async function twoLines(target: ExportTarget): Promise<void> {
  target.line('{"a":1}');
  target.line('{"b":"é"}');
  return Promise.resolve();
}

describe('41. an export is whole or not there', () => {
  it('lines in a file for its owner alone, and no folder where no record is a file', async () => {
    const root = temporaryFolder();
    const out = join(root, 'notes.jsonl');
    expect(await writeExport(out, twoLines)).toEqual({ out, sizeBytes: 19, files: null });
    expect(readFileSync(out, 'utf8')).toBe('{"a":1}\n{"b":"é"}\n');
    expect([readdirSync(root), statSync(out).mode & 0o777]).toEqual([['notes.jsonl'], 0o600]);
  });

  it('files beside it as they are, and the reason for a name that is none here', async () => {
    const root = temporaryFolder();
    const out = join(root, 'notes.jsonl');
    const places: FilePlace[] = [];
    const written = await writeExport(out, async (target) => {
      places.push(
        target.file('notes/sub/one.md', content('one')),
        target.file('notes/run', content('#!', true)),
        target.file('notes/run/below', content('')),
        target.file('notes/run', content('again')),
        target.file('notes/../../out', content('')),
        target.file('notes//out', content('')),
        target.file(`notes/${'x'.repeat(300)}`, content('')),
      );
      return twoLines(target);
    });
    const files = join(root, 'notes.files');
    expect(written).toMatchObject({ files });
    expect(places.map((place) => ('path' in place ? place.path : 'unfit'))).toEqual([
      ...['notes/sub/one.md', 'notes/run'],
      ...['unfit', 'unfit', 'unfit', 'unfit', 'unfit'],
    ]);
    expect(readFileSync(join(files, 'notes', 'sub', 'one.md'), 'utf8')).toBe('one');
    expect(statSync(join(files, 'notes', 'run')).mode & 0o777).toBe(0o700);
    expect(readdirSync(root).sort()).toEqual(['notes.files', 'notes.jsonl']);
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('ended by %s in the middle there is nothing', async (signal) => {
    const root = temporaryFolder();
    const child = spawn(process.execPath, [join(import.meta.dirname, 'ended-export.mjs'), join(root, 'x.jsonl')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    expect(readdirSync(root)).toHaveLength(2);
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([null, signal]);
    expect(readdirSync(root)).toEqual([]);
  });

  it.each(['x.jsonl', 'x.files', 'link'])('takes the place of nothing: %s', async (taken) => {
    const root = temporaryFolder();
    const out = join(root, taken === 'link' ? 'link' : 'x.jsonl');
    if (taken === 'link') {
      symlinkSync(join(root, 'nowhere'), out);
    } else {
      writeFileSync(join(root, taken), 'mine');
    }
    const refused = { exitCode: 2, message: expect.stringContaining('never takes the place of anything') };
    expect(await writeExport(out, twoLines)).toMatchObject(refused);
    expect(readdirSync(root)).toEqual([taken]);
  });

  it('a name that is taken meanwhile stays what it is, and nothing is left', async () => {
    const root = temporaryFolder();
    const out = join(root, 'x.jsonl');
    const refused = await writeExport(out, async (target) => {
      target.file('notes/a', content('a'));
      writeFileSync(out, 'mine');
      return twoLines(target);
    });
    expect(refused).toMatchObject({ exitCode: 2 });
    expect([readFileSync(out, 'utf8'), readdirSync(root)]).toEqual(['mine', ['x.jsonl']]);
  });

  it('no folder for it is said', async () => {
    const refused = await writeExport(join(temporaryFolder(), 'none', 'x'), twoLines);
    expect(refused).toMatchObject({ exitCode: 2, message: expect.stringContaining('There is no folder') });
  });

  it.each([
    ['ENOSPC', 'has no room for it'],
    ['EFBIG', 'ulimit -f'],
    ['EACCES', "is not this user's"],
  ])('what the disk says in the middle (%s) is words, and nothing is left', async (code, words) => {
    const root = temporaryFolder();
    const failed = await writeExport(join(root, 'x.jsonl'), async (target) => {
      target.file('notes/a', content('a'));
      await twoLines(target);
      throw Object.assign(new Error('no'), { code });
    });
    expect(failed).toEqual({ exitCode: 1, message: expect.stringContaining(words) });
    expect(readdirSync(root)).toEqual([]);
  });

  it('what goes wrong otherwise is thrown on, and nothing is left', async () => {
    const root = temporaryFolder();
    const fails = writeExport(join(root, 'x.jsonl'), async () => Promise.reject(new Error('the daemon has gone')));
    await expect(fails).rejects.toThrow('the daemon has gone');
    expect(readdirSync(root)).toEqual([]);
  });

  it('a disk that gives back something else than it was given is found', async () => {
    const root = temporaryFolder();
    const failed = await writeExport(join(root, 'x.jsonl'), async (target) => {
      await twoLines(target);
      const [unfinished] = readdirSync(root);
      writeFileSync(join(root, unfinished as string), 'other');
    });
    expect(failed).toMatchObject({ exitCode: 1, message: expect.stringContaining('reads back as something else') });
    expect(readdirSync(root)).toEqual([]);
  });

  it('what an earlier one left when it was killed goes', async () => {
    const root = temporaryFolder();
    writeFileSync(join(root, '.x.jsonl.999999999.part'), '');
    mkdirSync(join(root, '.x.files.999999999.part', 'notes'), { recursive: true });
    await writeExport(join(root, 'x.jsonl'), twoLines);
    expect(readdirSync(root)).toEqual(['x.jsonl']);
    expect(existsSync(join(root, 'x.files'))).toBe(false);
  });
});
