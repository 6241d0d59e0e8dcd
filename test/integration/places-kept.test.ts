import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { utf8 } from '../../src/base/bytes.ts';
import type { PlaceCodec } from '../../src/contract/place.ts';
import { fingerprintOf, plainMode } from '../../src/sources/ground/fingerprint.ts';
import { keeperOf } from '../../src/sources/places/file-keeper.ts';
import { createPlaceFiles } from '../../src/sources/places/place-files.ts';
import { codecReader } from '../../src/sources/places/text-reader.ts';
import { type UnitDisk, createUnitDisk } from '../../src/sources/places/unit-disk.ts';
import { textUnits } from '../../src/sources/places/unit-source.ts';
import { createPlaceView } from '../../src/sources/places/place-view.ts';
import { asidesAmong } from '../../src/sources/places/read-place.ts';
import { claudeSettings } from '../../engines/agents/places/claude-settings.ts';
import { codecs } from '../unit/engines/place-files.ts';

let home: string;

beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'sourcesync-kept-')));
});

afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

function put(name: string, text = ''): string {
  const path = join(home, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

function diskOf(shell: string, paths: Iterable<string>, own = join(home, 'own')): UnitDisk {
  return createUnitDisk(
    textUnits({
      files: createPlaceFiles({ home, writer: 'test', maximumFileBytes: 1000 }),
      reader: codecReader(codecs[shell] as PlaceCodec),
      paths,
      newFileOf: () => own,
      keepCopy: () => undefined,
    }),
  );
}

const hashOf = (text: string): string => fingerprintOf(utf8(text), plainMode);
const file = (text: string) => ({ bytes: utf8(text), executable: false, private: false, carriesMode: false });
const keeperAt = (path: string) => keeperOf(path, realpathSync(path), { home, data: join(home, '.local', 'share') });

describe('a file that others make', () => {
  it.each([
    ['chezmoi', () => put('.local/share/chezmoi/dot_bashrc')],
    ['chezmoi', () => put('.local/share/chezmoi/private_executable_dot_bashrc.tmpl')],
    [
      'chezmoi',
      () =>
        put(
          'elsewhere/home/modify_dot_bashrc',
          put('elsewhere/.chezmoiroot', 'home\n') && put('.config/chezmoi/chezmoi.toml', 'sourceDir = "~/elsewhere"\n'),
        ),
    ],
    ['yadm', () => put('.local/share/yadm/repo.git/index', 'DIRC\0\0\0\0\0\u0007.bashrc\0\0')],
  ])('P4 of %s is read, and not written', async (manager, make) => {
    const path = put('.bashrc', "alias a='ls'\n");
    make();
    expect(keeperAt(path)).toEqual({ code: 'place_managed', detail: `${manager} makes it.` });
    const disk = diskOf('bash', [path]);
    expect(await disk.read('bash/alias/a')).toMatchObject({ kind: 'file' });
    expect(await disk.write('bash/alias/a', file("alias a='pwd'"), hashOf("alias a='ls'"))).toEqual({
      ok: false,
      error: 'place_managed',
    });
    expect(await disk.remove('bash/alias/a', hashOf("alias a='ls'"), false)).toEqual({
      ok: false,
      error: 'place_managed',
    });
    expect(readFileSync(path, 'utf8')).toBe("alias a='ls'\n");
  });

  it.each([
    ['another file of chezmoi', () => put('.local/share/chezmoi/dot_profile')],
    ['a file that chezmoi only creates', () => put('.local/share/chezmoi/create_dot_bashrc')],
    ['a folder below of yadm', () => put('.local/share/yadm/repo.git/index', 'DIRC\0\u000asub/.bashrc\0')],
  ])('P4 %s is none of them', (_name, make) => {
    const path = put('.bashrc');
    make();
    expect(keeperAt(path)).toBeUndefined();
  });

  it('P4 below a folder of stow, or of Nix, a link leads to what is theirs', () => {
    put('dots/.stow');
    symlinkSync(put('dots/bash/.bashrc'), join(home, '.bashrc'));
    expect(keeperAt(join(home, '.bashrc'))).toMatchObject({ detail: 'stow makes it.' });
    const folders = { home, data: join(home, '.local', 'share') };
    expect(keeperOf(join(home, '.zshrc'), '/nix/store/x-home/.zshrc', folders)).toMatchObject({
      detail: 'Nix makes it.',
    });
    symlinkSync(put('plain/.profile'), join(home, '.profile'));
    expect(keeperAt(join(home, '.profile'))).toBeUndefined();
  });

  it('P4 that nobody may write, or that is of another user, is not written', async () => {
    const path = put('.bashrc', "alias a='ls'\n");
    chmodSync(path, 0o444);
    expect(keeperAt(path)).toEqual({ code: 'not_writable' });
    const written = await diskOf('bash', [path]).write('bash/alias/a', file("alias a='pwd'"), hashOf("alias a='ls'"));
    expect(written).toEqual({ ok: false, error: 'not_writable' });
    const isRoot = process.getuid?.() === 0;
    const other = isRoot ? put('.profile') : '/etc/passwd';
    if (isRoot) {
      chownSync(other, 12_345, 12_345);
    }
    expect(keeperAt(other)).toMatchObject({ code: 'place_of_another' });
  });

  it('P4 what is new goes into a file of its own, whoever makes the other', async () => {
    const path = put('.bashrc', "alias a='ls'\n");
    put('.local/share/chezmoi/dot_bashrc');
    expect(
      (await diskOf('bash', [path, join(home, 'own')]).write('bash/alias/b', file("alias b='ls'"), undefined)).ok,
    ).toBe(true);
    expect(readFileSync(join(home, 'own'), 'utf8')).toBe("alias b='ls'\n");
  });

  it('P6 that is no text says so', async () => {
    const path = put('.bashrc');
    writeFileSync(path, Uint8Array.of(0x61, 0xff));
    expect(await diskOf('bash', [path]).read('bash/alias/a')).toEqual({
      kind: 'blocked',
      code: 'place_unparsed',
      detail: 'It is no UTF-8 text.',
    });
  });
});

describe('a file that is taken apart in part', () => {
  it('P6 takes along nothing that may stand in the other part', async () => {
    const path = put('.zshrc', "alias a='ls'\nalias b='ls'\nalias c='ls'\n");
    const disk = diskOf('zsh', [path, join(home, 'own')]);
    expect(await disk.read('zsh/alias/b')).toMatchObject({ kind: 'file' });
    put('.zshrc', "alias a='ls'\nfor x (a b) { print $x }\nalias b='ls'\n");
    expect(await disk.read('zsh/alias/a')).toMatchObject({ kind: 'file' });
    expect(await disk.look('zsh/alias/b')).toMatchObject({ kind: 'blocked', code: 'place_unparsed' });
    expect(await disk.look('zsh/alias/gone')).toEqual({ kind: 'absent' });
    expect(await disk.write('zsh/alias/b', file("alias b='pwd'"), undefined)).toEqual({
      ok: false,
      error: 'place_unparsed',
    });
    expect((await disk.write('zsh/alias/new', file("alias new='pwd'"), undefined)).ok).toBe(true);
    expect(readFileSync(join(home, 'own'), 'utf8')).toBe("alias new='pwd'\n");
  });
});

describe('a place whose files are those of a folder', () => {
  it('P0 has what a new file holds, and loses nothing with one that is gone', async () => {
    const names = [put('conf.d/a.fish', 'alias a ls\n')];
    const disk = diskOf('fish', { [Symbol.iterator]: () => names.values() });
    expect(await disk.changes()).toEqual([]);
    names.push(put('conf.d/b.fish', 'alias b ls\n'));
    expect(await disk.changes()).toEqual(['fish/alias/b']);
    rmSync(names.pop() as string);
    expect(await disk.look('fish/alias/b')).toMatchObject({ kind: 'blocked', code: 'place_gone' });
  });
});

describe('a file that is empty for a moment', () => {
  it('P14 what begins to stay here is still known by what it said before', async () => {
    const surroundings = { home, environment: {} };
    const rules = (deny: readonly string[]): string =>
      JSON.stringify({ theme: 'dark', permissions: { allow: ['Glob'], deny } });
    const path = put('.claude/settings.json', rules(['Read(./.env)', 'WebFetch']));
    const source = textUnits({
      files: createPlaceFiles({ home, writer: 'test', maximumFileBytes: 1000 }),
      reader: codecReader(await claudeSettings.open(surroundings)),
      paths: [path],
      newFileOf: () => path,
      keepCopy: () => undefined,
    });
    const view = createPlaceView({ source, noted: new Map() });
    const denied = ['claude/permission/deny/Read(.%2F.env)', 'claude/permission/deny/WebFetch'];
    expect([...(await view.sight()).units.keys()]).toEqual(expect.arrayContaining(denied));
    writeFileSync(path, '');
    expect((await view.sight()).faults).toEqual([{ path, code: 'place_emptied' }]);
    writeFileSync(path, rules([`WebFetch(domain:ghp_${'a1'.repeat(18)}.example)`]));
    expect([...(await asidesAmong(await view.sight(), denied)).keys()]).toEqual([denied[1]]);
  });
});
