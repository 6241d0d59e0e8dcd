import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/base/json.ts';
import type { ObservedPlace, PlaceReport } from '../../../src/contract/observed-place.ts';
import { installedPlaces } from '../../../engines/extensions/places/installed.ts';
import { runs } from '../../helpers/suite.ts';
import { fixture } from './place-files.ts';
import { processorMs } from '../../helpers/processor-ms.ts';

const placeOf = (name: string): ObservedPlace => {
  const place = installedPlaces.find((one) => one.name === name);
  if (place === undefined) {
    throw new Error(`believed: there is a place ${name}`);
  }
  return place;
};
const vscode = placeOf('vscode-extensions');
const list = fixture('vscode-extensions/extensions.json');

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'extensions-'));
});
afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

const folder = (): string => join(home, '.vscode', 'extensions');
const look = (place = vscode, environment = {}): Promise<PlaceReport> => place.observe({ home, environment });

function install(name: string, manifest: object | string, at = folder()): void {
  mkdirSync(join(at, name), { recursive: true });
  const text = typeof manifest === 'string' ? manifest : JSON.stringify(manifest);
  writeFileSync(join(at, name, 'package.json'), text);
}

function writeList(text: string | object, at = folder()): void {
  mkdirSync(at, { recursive: true });
  writeFileSync(join(at, 'extensions.json'), typeof text === 'string' ? text : JSON.stringify(text));
}

function furnish(): void {
  install('ms-python.python-2026.4.1-linux-x64', {
    ...{ name: 'python', publisher: 'ms-python', version: '2026.4.1', engines: { vscode: '^1.95.0' } },
    ...{ main: './out/client/extension', browser: './dist/extension.browser.js', l10n: './l10n' },
    activationEvents: ['workspaceContains:**/pyproject.toml', 'onDebugInitialConfigurations'],
    enabledApiProposals: ['terminalShellType'],
    capabilities: { untrustedWorkspaces: { supported: 'limited' }, virtualWorkspaces: { supported: 'limited' } },
    ...{
      extensionPack: ['ms-python.vscode-pylance', 'MS-Python.debugpy'],
      contributes: { commands: [], debuggers: [] },
    },
  });
  install('pkief.material-icon-theme-5.20.0', {
    scripts: { 'vscode:uninstall': 'node x', build: 'y' },
    engines: { vscode: '^1.55.0' },
    contributes: { iconThemes: [{}] },
  });
  install('acme.alpha-0.1.0', { main: './x.js', activationEvents: ['*'], extensionDependencies: ['acme.beta'] });
  install('acme.left-behind-1.0.0', { main: './x.js' });
  writeList(list);
}

async function fieldsNow(place = vscode): Promise<Readonly<Record<string, JsonObject>>> {
  const { units } = await look(place);
  return Object.fromEntries(units.map(({ id, text }) => [id, place.fieldsOf(id, text)]));
}

const entry = (id: string, version = '1.0.0', folderName = `${id}-${version}`): JsonObject => ({
  ...{ identifier: { id }, version, relativeLocation: folderName, metadata: { source: 'gallery' } },
});

describe('the list of what is installed', () => {
  it('5 each is a record by host and name, with what its manifest says and nothing of this machine', async () => {
    furnish();
    expect(await fieldsNow()).toEqual({
      'vscode/ms-python.python': {
        ...{ host: 'vscode', extensionId: 'ms-python.python', version: '2026.4.1', enabled: true, source: 'gallery' },
        ...{ publisherId: '998b010b-e2af-44a5-a6cd-0b5fd3b9b6f8', engines: { vscode: '^1.95.0' } },
        ...{ main: './out/client/extension', browser: './dist/extension.browser.js' },
        activationEvents: ['onDebugInitialConfigurations', 'workspaceContains:**/pyproject.toml'],
        permissions: ['api:terminalShellType', 'untrustedWorkspaces:limited'],
        ...{ extensionPack: ['ms-python.debugpy', 'ms-python.vscode-pylance'], contributes: ['commands', 'debuggers'] },
      },
      'vscode/pkief.material-icon-theme': {
        ...{ host: 'vscode', extensionId: 'pkief.material-icon-theme', version: '5.20.0', enabled: true },
        ...{ source: 'gallery', pinned: true, publisherId: '289b1ba1-0f67-4a86-a2d2-6a1eb6b3e2c5' },
        ...{ engines: { vscode: '^1.55.0' }, contributes: ['iconThemes'], uninstall: 'node x' },
      },
      'vscode/acme.alpha': {
        ...{ host: 'vscode', extensionId: 'acme.alpha', version: '0.1.0', enabled: true, source: 'vsix' },
        ...{ main: './x.js', activationEvents: ['*'], extensionDependencies: ['acme.beta'] },
      },
    });
    const { faults, leftAlone, units } = await look();
    expect([faults, leftAlone]).toEqual([[], 1]);
    expect(units.map(({ path }) => path)).toEqual(Array.from({ length: 3 }, () => join(folder(), 'extensions.json')));
    expect(JSON.stringify(units.map(({ text }) => text))).not.toMatch(/ann|1793|linux-x64|23544410/);
  });

  it('5 two machines with the same thing have equal units, whatever the order', async () => {
    furnish();
    const first = await look();
    writeList([...(JSON.parse(list) as object[])].reverse());
    const second = await look();
    const sorted = ({ units }: PlaceReport): readonly string[] => units.map(({ id, text }) => id + text).sort();
    expect(sorted(second)).toEqual(sorted(first));
    for (const { id, text } of first.units) {
      expect(vscode.unitOf(id, vscode.fieldsOf(id, text))).toBe(text);
    }
  });

  it('6 a record of another host, or of another name than its id, is none of its units', () => {
    const fields = { host: 'vscode', extensionId: 'acme.alpha', version: '1.0.0', enabled: true };
    expect(vscode.unitOf('vscode/acme.alpha', fields)).toBe('{"enabled":true,"version":"1.0.0"}');
    expect(vscode.unitOf('vscode/acme.beta', fields)).toBeUndefined();
    expect(vscode.unitOf('vscode/acme.alpha', { ...fields, host: 'cursor' })).toBeUndefined();
  });

  it('an update, and what is uninstalled, is what the list says; folders that stay behind say nothing', async () => {
    furnish();
    await look();
    install('acme.alpha-0.2.0', { main: './x.js' });
    writeList([entry('acme.alpha', '0.2.0')]);
    expect(Object.entries(await fieldsNow()).map(([id, { version }]) => [id, version])).toEqual([
      ['vscode/acme.alpha', '0.2.0'],
    ]);
  });

  it.each<[string, (() => void) | string]>([
    ['missing', () => rmSync(join(folder(), 'extensions.json'))],
    ['empty', ''],
    ['an empty list', '[]'],
    ['half written', '[{"identifier":{"id":"acme.al'],
    ['an object', '{}'],
    ['nested without end', '['.repeat(200_000)],
    [
      'a pipe',
      () => {
        rmSync(join(folder(), 'extensions.json'));
        execFileSync('mkfifo', [join(folder(), 'extensions.json')]);
      },
    ],
    [
      'a folder',
      () => {
        rmSync(join(folder(), 'extensions.json'));
        mkdirSync(join(folder(), 'extensions.json'));
      },
    ],
    ['50 MB', `[${' '.repeat(50_000_000)}]`],
    ['of another encoding', () => writeFileSync(join(folder(), 'extensions.json'), Uint8Array.of(0xff, 0xfe, 0x5b))],
  ])('7 a list that is %s says nothing: a fault, and never a removal', async (_name, broken) => {
    furnish();
    if (typeof broken === 'string') {
      writeList(broken);
    } else {
      broken();
    }
    const { units, faults } = await look();
    expect(units).toEqual([]);
    expect(faults[0]?.message).toMatch(/\.$/);
  });

  it.each<[string, object, RegExp]>([
    ['no version', entry('acme.beta', 'banana'), /acme\.beta, has no version/],
    ['no name', { ...entry('acme.beta'), identifier: { id: 'beta' } }, /Entry 2 names no extension/],
    ['nothing', [], /Entry 2 names no extension/],
    ['a folder elsewhere', entry('acme.beta', '1.0.0', '../../etc'), /names no folder of its own/],
    ['no manifest', entry('acme.beta'), /acme\.beta is in the list and its package\.json cannot be read/],
    ['another version of the first', entry('Acme.Alpha', '0.2.0'), /twice, as 0\.1\.0 and as 0\.2\.0/],
  ])('7 of an entry with %s nothing is believed, and nothing is taken for removed', async (_name, odd, words) => {
    furnish();
    writeList([entry('acme.alpha', '0.1.0'), odd]);
    const { units, faults } = await look();
    expect(units.map(({ id }) => id)).toEqual(['vscode/acme.alpha']);
    expect(faults.map(({ message }) => message).join()).toMatch(words);
  });

  it.each(['{', '[]', '"x"', `{"a":${'['.repeat(100_000)}`, '{"main":5,"activationEvents":"*","__proto__":{"x":1}}'])(
    '7 a manifest of any kind stops nothing: %.30s',
    async (manifest) => {
      install('acme.alpha-1.0.0', manifest);
      writeList([entry('acme.alpha')]);
      const { units, faults } = await look();
      expect(units.length + faults.length).toBe(1);
      expect(units.every(({ text }) => text.includes('"main":"?"'))).toBe(true);
    },
  );

  it('where the editor never was there is nothing, and no fault', async () => {
    for (const place of installedPlaces) {
      expect(await look(place)).toMatchObject({ units: [], faults: [], leftAlone: 0 });
      expect(place.onlyRead).toContain('--install-extension');
    }
  });

  it('each editor has its folder, and a variable names another', async () => {
    const folders = installedPlaces.map((place) => place.lookedAt({ home: '/h', environment: {} })[0]);
    expect(folders).toEqual([
      '/h/.vscode/extensions/extensions.json',
      '/h/.vscode-insiders/extensions/extensions.json',
      '/h/.vscode-oss/extensions/extensions.json',
      '/h/.cursor/extensions/extensions.json',
      '/h/.windsurf/extensions/extensions.json',
      '/h/.vscode-server/extensions/extensions.json',
      '/h/.local/share/code-server/extensions/extensions.json',
    ]);
    expect(vscode.lookedAt({ home: '/h', environment: { VSCODE_EXTENSIONS: '/e' } })).toEqual(['/e/extensions.json']);
    const other = join(home, 'oss');
    install('acme.alpha-1.0.0', {}, other);
    writeList([{ ...entry('acme.alpha'), metadata: { id: 'x' } }], other);
    const { units } = await look(vscode, { VSCODE_EXTENSIONS: other });
    expect(units.map(({ text }) => text)).toEqual(['{"enabled":true,"source":"gallery","version":"1.0.0"}']);
  });

  describe('and what of it is off', () => {
    const state = (): string => join(home, '.config', 'Code', 'User', 'globalStorage', 'state.vscdb');
    const enabledNow = async (): Promise<Readonly<Record<string, unknown>>> =>
      Object.fromEntries(Object.entries(await fieldsNow()).map(([id, { enabled }]) => [id, enabled]));

    function writeState(value: string | undefined, mode = 'delete'): void {
      mkdirSync(dirname(state()), { recursive: true });
      const database = new Database(state());
      database.pragma(`journal_mode = ${mode}`);
      database.exec('CREATE TABLE IF NOT EXISTS ItemTable (key TEXT UNIQUE ON CONFLICT REPLACE, value BLOB)');
      const put = database.prepare('INSERT INTO ItemTable VALUES (?, ?)');
      put.run('other', 'x');
      if (value !== undefined) {
        put.run('extensionsIdentifiers/disabled', Buffer.from(value));
      }
      if (mode === 'delete') {
        database.close();
      } else {
        open.push(database);
      }
    }

    const open: { close(): unknown }[] = [];
    afterEach(() => {
      open.splice(0).forEach((database) => database.close());
    });

    beforeEach(() => {
      ['acme.alpha', 'acme.beta'].forEach((id) => install(`${id}-1.0.0`, {}));
      writeList([entry('acme.alpha'), entry('acme.beta')]);
    });

    it.each(['delete', 'wal'])('is what its database says, also while it is open (%s)', async (mode) => {
      expect(await enabledNow()).toEqual({ 'vscode/acme.alpha': true, 'vscode/acme.beta': true });
      writeState(undefined, mode);
      expect(await enabledNow()).toEqual({ 'vscode/acme.alpha': true, 'vscode/acme.beta': true });
      writeState('[{"id":"Acme.Alpha","uuid":"u"},{"id":"acme.gone"},5]', mode);
      expect(await enabledNow()).toEqual({ 'vscode/acme.alpha': false, 'vscode/acme.beta': true });
      expect(readdirSync(dirname(state())).length).toBeLessThan(4);
    });

    it.each([
      ['no database', () => writeFileSync(state(), 'x'.repeat(5000))],
      ['another database', () => new Database(state()).exec('CREATE TABLE other (a)').close()],
      ['a list that is none', () => writeState('{"id":"acme.alpha"}')],
      ['a list that is broken', () => writeState('[{"id')],
    ])('7 of %s nothing is believed: what was off is not switched on', async (_name, broken) => {
      mkdirSync(dirname(state()), { recursive: true });
      broken();
      const { units, faults } = await look();
      expect([units, faults.map(({ path }) => path)]).toEqual([[], [state()]]);
      expect(faults[0]?.message).toMatch(/Which extensions are off cannot be read/);
    });
  });

  it('500 of them are read at once', async () => {
    const names = Array.from({ length: 500 }, (_none, index) => `acme.a${index}`);
    const contributes = {
      commands: Array.from({ length: 100 }, (_none, index) => ({ command: `x.${index}`, title: 'Do something' })),
    };
    names.forEach((name) => install(`${name}-1.0.0`, { main: './x.js', contributes }));
    writeList(names.map((name) => entry(name)));
    expect((await look()).units.length).toBe(500);
    const start = processorMs();
    expect((await look()).units.length).toBe(500);
    expect(processorMs() - start).toBeLessThan(1000);
  });

  it('law: what is there is what the list says or nothing is known; what was removed does not come back', async () => {
    const names = ['acme.a', 'acme.b', 'acme.c'];
    const step = fc.oneof(
      fc.record({ does: fc.constantFrom('in' as const, 'out' as const), name: fc.constantFrom(...names) }),
      fc.record({ does: fc.constantFrom('lost' as const, 'cut' as const, 'kept' as const), name: fc.constant('') }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        rmSync(folder(), { recursive: true, force: true });
        const installed = new Map<string, JsonObject>();
        for (const { does, name } of steps) {
          if (does === 'in') {
            install(`${name}-1.0.0`, {});
            installed.set(name, entry(name));
          } else if (does === 'out') {
            installed.delete(name);
          }
          writeList([...installed.values()]);
          if (does === 'cut') {
            writeList(JSON.stringify([...installed.values()]).slice(0, -1));
          } else if (does === 'lost') {
            rmSync(join(folder(), 'extensions.json'));
          }
          const { units, faults } = await look();
          const isKnown = does !== 'cut' && does !== 'lost' && installed.size > 0;
          const wanted = isKnown ? [...installed.keys()].map((id) => `vscode/${id}`) : [];
          expect(units.map(({ id }) => id)).toEqual(wanted);
          expect(faults.length > 0 || isKnown || (does === 'lost' && readdirSync(folder()).length === 0)).toBe(true);
        }
      }),
      { numRuns: runs(30, 400) },
    );
  });
});
