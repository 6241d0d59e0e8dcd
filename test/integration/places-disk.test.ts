import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { utf8 } from '../../src/base/bytes.ts';
import { fingerprintOf, plainMode } from '../../src/sources/ground/fingerprint.ts';
import { createPlaceFiles } from '../../src/sources/places/place-files.ts';
import type { UnitWriting } from '../../src/sources/places/put-unit.ts';
import { codecReader } from '../../src/sources/places/text-reader.ts';
import { type UnitDisk, createUnitDisk } from '../../src/sources/places/unit-disk.ts';
import { textUnits } from '../../src/sources/places/unit-source.ts';
import { codecs } from '../unit/engines/place-files.ts';

let home: string;
let copies: string[];
let disk: UnitDisk;

beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'sourcesync-place-')));
  copies = [];
  disk = createUnitDisk(textUnits(writing()));
});

function writing(): UnitWriting {
  return {
    files: createPlaceFiles({ home, writer: 'test', maximumFileBytes: 1000 }),
    reader: codecReader(codecs['bash'] as NonNullable<(typeof codecs)[string]>),
    paths: [join(home, '.bashrc'), join(home, '.aliases'), join(home, 'own', 'bash')],
    newFileOf: () => join(home, 'own', 'bash'),
    keepCopy: (_path, text) => copies.push(text),
  };
}

afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

const hashOf = (text: string): string => fingerprintOf(utf8(text), plainMode);
const file = (text: string) => ({ bytes: utf8(text), executable: false, private: false, carriesMode: false });
const put = (name: string, text: string): void => writeFileSync(join(home, name), text);
const textAt = (name: string): string => readFileSync(join(home, name), 'utf8');

async function walked(): Promise<readonly unknown[]> {
  const seen: unknown[] = [];
  for await (const folder of disk.walk('', () => false)) {
    seen.push('fault' in folder ? folder.fault : folder.entries.map(({ path }) => path));
  }
  return seen;
}

describe('units as files', () => {
  it('P4 a changed unit leaves the rest of its file and its mode, and a copy is kept', async () => {
    writeFileSync(join(home, '.bashrc'), "if x; then y; fi\nalias a='ls'\nalias b='ls'\n", { mode: 0o640 });
    const written = await disk.write('bash/alias/a', file("alias a='pwd'"), hashOf("alias a='ls'"));
    expect(written).toMatchObject({ ok: true, value: { identity: hashOf("alias a='pwd'") } });
    expect(textAt('.bashrc')).toBe("if x; then y; fi\nalias a='pwd'\nalias b='ls'\n");
    expect(statSync(join(home, '.bashrc')).mode & 0o777).toBe(0o640);
    expect(copies).toEqual(["if x; then y; fi\nalias a='ls'\nalias b='ls'\n"]);
  });

  it('P4 writes that come at once each find what the one before left', async () => {
    put('.bashrc', "alias a='ls'\n");
    const names = Array.from({ length: 12 }, (_, index) => `n${index}`);
    await Promise.all(
      names.map(async (name) => disk.write(`bash/alias/${name}`, file(`alias ${name}='ls'`), undefined)),
    );
    expect(textAt('own/bash')).toBe(names.map((name) => `alias ${name}='ls'\n`).join(''));
  });

  it('P4 nothing is written where another text stands by now', async () => {
    put('.bashrc', "alias a='other'\n");
    expect(await disk.write('bash/alias/a', file("alias a='pwd'"), hashOf("alias a='ls'"))).toEqual({
      ok: false,
      error: 'changed',
    });
    expect(await disk.remove('bash/alias/a', hashOf("alias a='ls'"), false)).toEqual({ ok: false, error: 'changed' });
    expect(textAt('.bashrc')).toBe("alias a='other'\n");
    expect(copies).toEqual([]);
  });

  it.each([
    ['more than itself', "alias a='ls'\ncurl example.org | sh"],
    ['another unit', "alias b='ls'"],
    ['half a quote', "alias a='ls"],
    ['nothing', ''],
  ])('P4 a unit that would be read as %s is not written', async (_name, text) => {
    put('.bashrc', "alias a='x'\n");
    expect(await disk.write('bash/alias/a', file(text), hashOf("alias a='x'"))).toEqual({
      ok: false,
      error: 'unit_unfit',
    });
    expect(textAt('.bashrc')).toBe("alias a='x'\n");
  });

  it('P4 what a symbolic link leads to is written, and the link stays', async () => {
    mkdirSync(join(home, 'dotfiles'));
    put('dotfiles/bashrc', "alias a='ls'\n");
    symlinkSync(join(home, 'dotfiles', 'bashrc'), join(home, '.bashrc'));
    expect((await disk.write('bash/alias/a', file("alias a='pwd'"), hashOf("alias a='ls'"))).ok).toBe(true);
    expect([textAt('dotfiles/bashrc'), realpathSync(join(home, '.bashrc'))]).toEqual([
      "alias a='pwd'\n",
      join(home, 'dotfiles', 'bashrc'),
    ]);
  });

  it.each([
    ['not taken apart', () => put('.aliases', "alias c='\n"), 'place_unparsed'],
    ['no text', () => writeFileSync(join(home, '.aliases'), Uint8Array.of(0x61, 0xff)), 'place_unparsed'],
    ['too large', () => put('.aliases', `alias c='${'x'.repeat(1000)}'\n`), 'too_large'],
    ['a folder', () => mkdirSync(join(home, '.aliases')), 'path_occupied'],
  ] as const)('P6 of a file that is %s nothing is gone', async (_name, spoil, code) => {
    put('.bashrc', "alias a='ls'\n");
    spoil();
    expect(await walked()).toEqual([code, ['bash/alias/a']]);
    expect(await disk.read('bash/alias/c')).toMatchObject({ kind: 'blocked', code });
    expect(await disk.read('.syncignore.local')).toEqual({ kind: 'absent' });
    expect(await disk.read('bash/alias/a')).toMatchObject({ kind: 'file' });
    const written = await disk.write('bash/alias/c', file("alias c='ls'"), undefined);
    expect(written).toEqual({ ok: false, error: code });
  });

  it('P6 a file that was there and is gone takes nothing along', async () => {
    put('.bashrc', "alias a='ls'\n");
    put('.aliases', "alias b='ls'\n");
    expect(await walked()).toEqual([['bash/alias/a', 'bash/alias/b']]);
    rmSync(join(home, '.aliases'));
    expect(await walked()).toEqual(['place_gone', ['bash/alias/a']]);
    expect(await disk.look('bash/alias/b')).toMatchObject({ kind: 'blocked', code: 'place_gone' });
    put('.aliases', '');
    expect(await disk.look('bash/alias/b')).toEqual({ kind: 'absent' });
  });

  it('P6 a file that is empty all at once takes nothing along, and one that was emptied unit by unit is empty', async () => {
    const text = "alias a='ls'\nalias b='ls'\nalias c='ls'\n";
    put('.bashrc', text);
    await walked();
    put('.bashrc', '');
    expect(await walked()).toEqual(['place_emptied', []]);
    expect(await disk.look('bash/alias/a')).toMatchObject({ kind: 'blocked', code: 'place_emptied' });
    put('.bashrc', '\n');
    expect(await walked()).toEqual([[]]);
    put('.bashrc', text);
    await walked();
    for (const name of ['a', 'b', 'c']) {
      expect((await disk.remove(`bash/alias/${name}`, hashOf(`alias ${name}='ls'`), false)).ok).toBe(true);
    }
    expect(await walked()).toEqual([[]]);
    expect(await disk.look('bash/alias/a')).toEqual({ kind: 'absent' });
  });

  it('P0 tells each unit that changed, and no other', async () => {
    put('.bashrc', "alias a='ls'\nalias b='ls'\nalias c='ls'\n");
    expect(await disk.changes()).toEqual([]);
    put('.bashrc', "# above\n\nalias a='ls'\nalias b='pwd'\nalias d='ls'\n");
    expect([...(await disk.changes())].sort()).toEqual(['bash/alias/b', 'bash/alias/c', 'bash/alias/d']);
    expect(await disk.changes()).toEqual([]);
  });

  it('P6 a file that went while nothing ran takes nothing away, and one whose units moved is missed by nobody', async () => {
    put('.bashrc', "alias a='ls'\n");
    const old = join(home, '.aliases');
    const noted = (ids: readonly string[]) => new Map(ids.map((id) => [id, old]));
    const moved = createUnitDisk(textUnits(writing()), noted(['bash/alias/a']));
    expect(await moved.look('bash/alias/gone')).toEqual({ kind: 'absent' });
    const lost = createUnitDisk(textUnits(writing()), noted(['bash/alias/a', 'bash/alias/gone']));
    expect(await lost.look('bash/alias/gone')).toMatchObject({ kind: 'blocked', code: 'place_gone' });
    put('.aliases', "alias broken='");
    expect(await lost.look('bash/alias/gone')).toMatchObject({ kind: 'blocked', code: 'place_unparsed' });
    rmSync(old);
    expect(await lost.look('bash/alias/gone')).toMatchObject({ kind: 'blocked', code: 'place_gone' });
    put('.aliases', '');
    expect(await lost.look('bash/alias/gone')).toEqual({ kind: 'absent' });
  });

  it('P4 no file is replaced of which no copy could be kept', async () => {
    put('.bashrc', "alias a='ls'\n");
    const full = createUnitDisk(
      textUnits({
        ...writing(),
        keepCopy() {
          throw Object.assign(new Error('no room'), { code: 'ENOSPC' });
        },
      }),
    );
    const written = await full.write('bash/alias/a', file("alias a='pwd'"), hashOf("alias a='ls'"));
    expect(written).toEqual({ ok: false, error: 'disk_full' });
    expect(textAt('.bashrc')).toBe("alias a='ls'\n");
  });
});

describe('what takes a file apart', () => {
  it('P6 and fails at it says nothing of its units', async () => {
    const broken = codecReader({
      ...(codecs['bash'] as NonNullable<(typeof codecs)[string]>),
      parse() {
        throw new RangeError('memory access out of bounds');
      },
    });
    expect(await broken.read('x', '/x')).toEqual({
      ok: false,
      error: 'What takes it apart failed: memory access out of bounds.',
    });
  });
});
