import { mkdirSync, mkdtempSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { engine } from '../../engines/extensions/engine.ts';
import { utf8 } from '../../src/base/bytes.ts';
import type { DeviceId } from '../../src/base/ids.ts';
import { openedPlace, unitsOfPlace } from '../../src/daemon/links/place-units.ts';
import type { ObservedPlace } from '../../src/contract/observed-place.ts';
import type { UnitDisk } from '../../src/sources/places/unit-disk.ts';
import { placeOf } from './held-rows.ts';

let home: string;

beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'sourcesync-profiles-')));
});
afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

const user = (...names: readonly string[]): string => join(home, '.config', 'Code', 'User', ...names);

/** As the editor does: another file takes its place. */
function put(path: string, value: unknown): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, typeof value === 'string' ? value : JSON.stringify(value));
  renameSync(`${path}.new`, path);
}

function profiles(...all: readonly object[]): void {
  put(user('globalStorage', 'storage.json'), { userDataProfiles: all });
}

async function openedDisk(name: string): Promise<UnitDisk> {
  const surroundings = { home, environment: {} };
  const deps = { surroundings, self: 'd' as DeviceId, stateFolder: join(home, '.state'), nowMs: () => 0 };
  const opened = await openedPlace(placeOf(name), deps);
  if (!opened.ok) {
    throw new Error(opened.error.message);
  }
  return unitsOfPlace(opened.value, deps, []).units.disk as UnitDisk;
}

/** Of a unit: what it says, or why there is none. */
async function seen(disk: UnitDisk, id: string): Promise<string> {
  await disk.changes();
  const found = await disk.read(id);
  return found.kind === 'file' ? Buffer.from(found.bytes).toString() : found.kind;
}

const work = 'vscode-settings/profile/Work/setting/a';
const job = 'vscode-settings/profile/Job/setting/a';
const plain = 'vscode-settings/setting/a';

describe('settings of a profile', () => {
  beforeEach(() => {
    put(user('settings.json'), { a: 1 });
    put(user('profiles', '-7a1', 'settings.json'), { a: 2 });
    profiles({ location: '-7a1', name: 'Work' });
  });

  it('P0 are called by its name, and not by its folder', async () => {
    const disk = await openedDisk('vscode-settings');
    expect([await seen(disk, plain), await seen(disk, work)]).toEqual(['1', '2']);
    profiles({ location: { $mid: 1, path: '/x/profiles/-7a1', scheme: 'file' }, name: 'Work' });
    expect(await seen(disk, work)).toBe('2');
  });

  it('P14 one that is renamed, gone or nameless takes nothing away', async () => {
    const disk = await openedDisk('vscode-settings');
    expect(await seen(disk, work)).toBe('2');
    profiles({ location: '-7a1', name: 'Job' });
    expect([await seen(disk, work), await seen(disk, job), await seen(disk, plain)]).toEqual(['held', '2', '1']);
    // Another one under the old name, which never had it.
    put(user('profiles', '-8b2', 'settings.json'), { b: 1 });
    profiles({ location: '-7a1', name: 'Job' }, { location: '-8b2', name: 'Work' });
    expect([await seen(disk, work), await seen(disk, job)]).toEqual(['held', '2']);
    put(user('profiles', '-8b2', 'settings.json'), { a: 3 });
    expect(await seen(disk, work)).toBe('3');
    profiles();
    rmSync(user('profiles'), { recursive: true });
    expect([await seen(disk, work), await seen(disk, job), await seen(disk, plain)]).toEqual(['held', 'held', '1']);
  });

  it('P14 two of one name are neither, and the one of the other name goes on', async () => {
    put(user('profiles', '-8b2', 'settings.json'), { a: 3 });
    profiles({ location: '-7a1', name: 'Work' }, { location: '-8b2', name: 'Job' });
    const disk = await openedDisk('vscode-settings');
    expect([await seen(disk, work), await seen(disk, job)]).toEqual(['2', '3']);
    profiles({ location: '-7a1', name: 'Work' }, { location: '-8b2', name: 'Work' });
    expect([await seen(disk, work), await seen(disk, job)]).toEqual(['held', 'held']);
    profiles({ location: '-7a1', name: 'Work' }, { location: '-8b2', name: 'Job' });
    put(user('profiles', '-8b2', 'settings.json'), { b: 3 });
    expect([await seen(disk, work), await seen(disk, job)]).toEqual(['2', 'absent']);
  });

  it.each<[string, () => void]>([
    ['is gone', () => rmSync(user('globalStorage', 'storage.json'))],
    ['is half written', () => put(user('globalStorage', 'storage.json'), '{"userDataProfiles":[{"loc')],
    ['is no object', () => put(user('globalStorage', 'storage.json'), '[]')],
    ['has no list', () => put(user('globalStorage', 'storage.json'), { userDataProfiles: 'x' })],
  ])('P6 where what names them %s, nothing is said of any', async (_name, spoil) => {
    const disk = await openedDisk('vscode-settings');
    expect(await seen(disk, work)).toBe('2');
    spoil();
    expect([await seen(disk, work), await seen(disk, job)]).toEqual(['held', 'held']);
    put(user('settings.json'), {});
    expect(await seen(disk, plain)).toBe('absent');
  });

  it('P7 what a person takes out of one is removed, and what is written goes into it alone', async () => {
    const disk = await openedDisk('vscode-settings');
    expect(await seen(disk, work)).toBe('2');
    put(user('profiles', '-7a1', 'settings.json'), { b: 1 });
    expect([await seen(disk, work), await seen(disk, plain)]).toEqual(['absent', '1']);
    const file = { bytes: utf8('5'), executable: false, private: false, carriesMode: false };
    expect((await disk.write(work, file, undefined)).ok).toBe(true);
    expect(readFileSync(user('profiles', '-7a1', 'settings.json'), 'utf8')).toBe('{"b":1, "a": 5}');
    expect(readFileSync(user('settings.json'), 'utf8')).toBe('{"a":1}');
    expect((await disk.write(job, file, undefined)).ok).toBe(false);
  });

  it('P3 a profile that has the settings of the default one is not written', async () => {
    profiles({ location: '-7a1', name: 'Work', useDefaultFlags: { settings: true } });
    const disk = await openedDisk('vscode-settings');
    expect(await seen(disk, work)).not.toBe('2');
    const file = { bytes: utf8('5'), executable: false, private: false, carriesMode: false };
    expect((await disk.write(work, file, undefined)).ok).toBe(false);
    expect(readFileSync(user('profiles', '-7a1', 'settings.json'), 'utf8')).toBe('{"a":2}');
  });

  it('P0 snippets and key bindings are of it too', async () => {
    put(user('profiles', '-7a1', 'snippets', 'go.json'), { x: { body: 'y' } });
    put(user('profiles', '-7a1', 'keybindings.json'), [{ key: 'f5', command: 'x' }]);
    const snippets = await openedDisk('vscode-snippets');
    expect(await seen(snippets, 'vscode-snippets/profile/Work/snippet/go.json/x')).toBe('{"body":"y"}');
    const keys = await openedDisk('vscode-keybindings');
    expect(await seen(keys, 'vscode-keybindings/profile/Work/keybinding/f5/x')).toBe('{"command":"x","key":"f5"}');
  });
});

describe('extensions of a profile', () => {
  const folder = (...names: readonly string[]): string => join(home, '.vscode', 'extensions', ...names);
  const listed = (...ids: readonly string[]): object[] =>
    ids.map((id) => ({ identifier: { id }, version: '1.0.0', relativeLocation: id, metadata: { source: 'gallery' } }));
  const x = 'vscode/profile/Work/a.x';

  beforeEach(() => {
    ['a.x', 'a.y'].forEach((id) => put(folder(id, 'package.json'), { main: './x.js' }));
    put(folder('extensions.json'), listed('a.y'));
    put(user('profiles', '-7a1', 'extensions.json'), listed('a.x', 'a.y'));
    profiles({ location: '-7a1', name: 'Work' });
  });

  it('P9 are records of their own, with its name', async () => {
    const disk = await openedDisk('vscode-extensions');
    expect(await seen(disk, x)).toContain('"version":"1.0.0"');
    expect(await seen(disk, 'vscode/a.x')).toBe('absent');
    const place = placeOf('vscode-extensions') as ObservedPlace;
    const unit = await seen(disk, x);
    const fields = place.fieldsOf(x, unit);
    expect(fields).toMatchObject({ host: 'vscode', profile: 'Work', extensionId: 'a.x' });
    expect(place.unitOf(x, fields)).toBe(unit);
    expect(place.unitOf(x, { ...fields, profile: 'Job' })).toBeUndefined();
    expect(place.unitOf('vscode/a.x', fields)).toBeUndefined();
    expect(engine.summarize(fields)).toBe('vscode extension a.x 1.0.0 in profile Work');
  });

  it.each<[string, () => void]>([
    ['is renamed', () => profiles({ location: '-7a1', name: 'Job' })],
    ['has no name any more', () => rmSync(user('globalStorage', 'storage.json'))],
    ['has a list that is empty', () => put(user('profiles', '-7a1', 'extensions.json'), '[]')],
    ['has no list', () => rmSync(user('profiles', '-7a1', 'extensions.json'))],
    [
      'is another one by the same name',
      () => {
        put(user('profiles', '-8b2', 'extensions.json'), listed('a.y'));
        profiles({ location: '-7a1', name: 'Job' }, { location: '-8b2', name: 'Work' });
      },
    ],
  ])('P10 nothing is removed where it %s', async (_name, change) => {
    const disk = await openedDisk('vscode-extensions');
    expect(await seen(disk, x)).toContain('1.0.0');
    change();
    expect(await seen(disk, x)).toBe('held');
    expect(await seen(disk, 'vscode/a.y')).toContain('1.0.0');
  });

  it('P7 what is removed from its list is removed', async () => {
    const disk = await openedDisk('vscode-extensions');
    expect(await seen(disk, x)).toContain('1.0.0');
    put(user('profiles', '-7a1', 'extensions.json'), listed('a.y'));
    expect(await seen(disk, x)).toBe('absent');
  });
});
