import { chmodSync, chownSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadBindings } from '../../../src/daemon/engines/bindings.ts';
import { packageRoot } from '../../../src/daemon/ground/package-root.ts';
import { installRecipes, withRecipes } from '../../helpers/recipes.ts';
import { temporaryFolder } from './temporary-folder.ts';

const shippedNames = loadBindings([], {})
  .bindings.all()
  .map(({ manifest }) => manifest.collection);
const shell = JSON.parse(readFileSync(join(packageRoot, 'manifests', 'shell.json'), 'utf8')) as object;

describe('manifests', () => {
  it('shipped ones are all bound, with no problem', () => {
    const { bindings, problems } = loadBindings([], {});
    expect(problems).toEqual([]);
    expect(bindings.all()).toHaveLength(14);
    expect(bindings.ofCollection('shell')?.scope).toBe('profile');
    expect(bindings.ofCollection('nothing')).toBeUndefined();
    expect(bindings.ofCollection('__proto__')).toBeUndefined();
  });

  it.each([
    ['empty', ''],
    ['half-written', JSON.stringify(shell).slice(0, 100)],
    ['invalid UTF-8', Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d)],
    ['an array', '[]'],
    ['__proto__', '{"__proto__":{"engineId":"sourceos.sync.x"}}'],
    ['depth 10,000', `${'['.repeat(10_000)}${']'.repeat(10_000)}`],
    ['a key twice', JSON.stringify(shell).replace('{', '{"engineId":"sourceos.sync.other",')],
    ['an unknown field', JSON.stringify({ ...shell, xylophone: 1 })],
    ['a shipped engine again', JSON.stringify(shell)],
    ['a collection outside', JSON.stringify({ ...shell, collection: '../../etc' })],
  ])('of a third party, bad (%s): reported with rule and remedy, and no other is stopped', (_name, content) => {
    const folder = temporaryFolder();
    const path = join(folder, 'bad.json');
    writeFileSync(path, content);
    const { bindings, problems } = loadBindings([folder], {});
    expect(problems.length).toBeGreaterThan(0);
    for (const problem of problems) {
      // Source, place, rule in brackets, what happened, what to do.
      expect(problem).toMatch(/bad\.json.* \([\w.-]+\): .+\..+\.$/su);
      expect(problem).not.toContain('.ts:');
    }
    expect(bindings.all().map(({ manifest }) => manifest.collection)).toEqual(shippedNames);
  });

  it('a folder, a file or nothing in place of a file or a folder is reported or passed over', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'folder.json'));
    writeFileSync(join(folder, 'file'), '');
    const { bindings, problems } = loadBindings([folder, join(folder, 'file'), join(folder, 'absent')], {});
    expect(bindings.all()).toHaveLength(shippedNames.length);
    expect(problems.some((problem) => problem.includes('folder.json'))).toBe(true);
    expect(problems.some((problem) => problem.includes('cannot be listed'))).toBe(true);
    expect(problems.some((problem) => problem.includes('absent'))).toBe(false);
  });

  it('a scope that the registry does not list is reported, and the manifest keeps its own', () => {
    const { bindings, problems } = loadBindings([], { 'sourceos.sync.secrets': { scope: 'public' } });
    expect(bindings.ofCollection('secrets')?.scope).toBe('vault');
    expect(problems).toEqual([expect.stringMatching(/^sourceos\.sync\.secrets: .*choose one of .*vault/)]);
  });
});

describe('the script beside a third-party manifest', () => {
  /** The bindings with recipes of version 2 and this script in place of theirs. */
  function withScript(script: string | Uint8Array, mode = 0o644) {
    const folder = temporaryFolder();
    installRecipes(folder, 2);
    writeFileSync(join(folder, 'recipes.js'), script);
    chmodSync(join(folder, 'recipes.js'), mode);
    return loadBindings([folder], {});
  }

  /** What an import fails with was of the realm outside once, whose functions see everything. */
  const escape = "import('x').catch((e) => e.constructor.constructor('globalThis.escaped = 1')())";

  it('cannot get out through what an import fails with', async () => {
    withScript(escape);
    await Promise.resolve();
    expect('escaped' in globalThis).toBe(false);
  });

  it('in a folder that others may write: refused, with the folder and what to do', () => {
    const folder = temporaryFolder();
    installRecipes(folder, 2);
    chmodSync(folder, 0o775);
    const loaded = loadBindings([folder], {});
    expect(loaded.problems).toEqual([expect.stringContaining(`chmod go-w ${folder}.`)]);
    expect(migrationsOf(loaded)).toBeUndefined();
  });

  it('that a link leads to from such a folder is looked at where it lies', () => {
    const [folder, open] = [temporaryFolder(), temporaryFolder()];
    installRecipes(folder, 2);
    renameSync(join(folder, 'recipes.js'), join(open, 'recipes.js'));
    symlinkSync(join(open, 'recipes.js'), join(folder, 'recipes.js'));
    expect(migrationsOf(loadBindings([folder], {}))).toHaveLength(1);
    chmodSync(open, 0o757);
    expect(loadBindings([folder], {}).problems).toEqual([expect.stringContaining(`chmod go-w ${open}.`)]);
  });

  // Only root may give a file away.
  it.runIf(process.getuid?.() === 0)('that belongs to another user, or lies in a folder that does: refused', () => {
    const folder = temporaryFolder();
    installRecipes(folder, 2);
    chownSync(join(folder, 'recipes.js'), 12345, 12345);
    const loaded = loadBindings([folder], {});
    expect(loaded.problems).toEqual([expect.stringContaining('recipes.js: It belongs to another user (12345)')]);
    expect(migrationsOf(loaded)).toBeUndefined();
    chownSync(join(folder, 'recipes.js'), 0, 0);
    chownSync(folder, 12345, 12345);
    expect(loadBindings([folder], {}).problems).toEqual([expect.stringContaining('belongs to another user (12345)')]);
  });

  const migrationsOf = ({ bindings }: ReturnType<typeof withScript>) =>
    bindings.ofCollection('recipes')?.engine.migrations;

  it('gives the generic engine its migrations; other members of the engine stay', () => {
    const [migration] = withRecipes(2).ofCollection('recipes')?.engine.migrations ?? [];
    expect(migration?.fromMajor).toBe(1);
    expect(migration?.migrate({ name: 'soup', __proto__x: [null, { a: 'é\u2028' }] })).toEqual({
      title: 'soup',
      __proto__x: [null, { a: 'é\u2028' }],
    });
    expect(withRecipes(2).ofCollection('recipes')?.engine.summarize({ title: 'soup' })).toBe('soup');
    expect(withRecipes(1).ofCollection('recipes')?.engine.migrations).toBeUndefined();
  });

  it.each([
    ['broken', 'exports.migrations = {'],
    ['throwing', 'throw new Error("boom")'],
    ['throwing nothing', 'throw undefined'],
    ['endless', 'for (;;) {}'],
    ['with a module', 'require("node:fs")'],
    ['with an import', 'import fs from "node:fs"'],
    ['with a way out through a promise', escape],
    ['with the process', 'process.exit(1)'],
    ['without an object', 'exports.migrations = null'],
    ['with a migration that is no function', 'exports.migrations = { 1: {} }'],
    ['taking all memory', 'for (const all = [];;) all.push(new Uint8Array(1e6))'],
    ['with a major that is none', 'exports.migrations = { "1.x": (fields) => fields }'],
    ['with invalid UTF-8', Uint8Array.of(0xff, 0xfe)],
    ['too large', `//${'x'.repeat(1024 * 1024)}`],
  ])('%s: a problem in words, and the engine goes on without it', (_name, script) => {
    const loaded = withScript(script);
    expect(loaded.problems).toEqual([expect.stringMatching(/recipes\.js: .+\..+\.$/su)]);
    expect(loaded.problems[0]).not.toContain('.ts:');
    expect(loaded.bindings.ofCollection('recipes')).toBeDefined();
    expect(migrationsOf(loaded)).toBeUndefined();
  });

  it.skipIf(process.platform === 'win32')('that others may write is not run', () => {
    const loaded = withScript('exports.migrations = { 1: (fields) => fields }', 0o666);
    expect(loaded.problems).toEqual([expect.stringContaining('chmod go-w')]);
    expect(migrationsOf(loaded)).toBeUndefined();
  });

  it('that is a folder is not run', () => {
    const folder = temporaryFolder();
    installRecipes(folder, 1);
    mkdirSync(join(folder, 'recipes.js'));
    expect(loadBindings([folder], {}).problems).toEqual([expect.stringContaining('no regular file')]);
  });

  it('beside a manifest that ships is not looked for', () => {
    expect(loadBindings([], {}).bindings.ofCollection('shell')?.engine.migrations).toBeUndefined();
  });

  it.each([
    ['the clock', 'Date.now()'],
    ['chance', 'Math.random()'],
    ['code from text', 'Function("return 1")()'],
    ['what is outside', 'this.constructor.constructor("return process")()'],
    ['for ever', '(() => { for (;;) {} })()'],
  ])('finds no %s in a migration', (_name, expression) => {
    const [migration] =
      migrationsOf(withScript(`exports.migrations = { 1: () => ({ found: String(${expression}) }) }`)) ?? [];
    expect(() => migration?.migrate({})).toThrow();
  });

  it('23 that fails later is a problem from then on, named once with engine, version and what to do', () => {
    const loaded = withScript('exports.migrations = { 1: (fields) => fields.list.length }');
    const [migration] = migrationsOf(loaded) ?? [];
    expect(loaded.problems).toEqual([]);
    for (const fields of [{}, { list: [1] }, {}, { list: [2] }]) {
      expect(() => migration?.migrate(fields)).toThrow();
    }
    expect(loaded.problems).toEqual([
      expect.stringMatching(
        /recipes\.js \(sourceos\.sync\.recipes\): Its migration from version 1 failed: it threw .* remove it\.$/,
      ),
      expect.stringMatching(/version 1 failed: what it answers is no object .* remove it\.$/),
    ]);
  });

  it('cannot change what passes in and out', () => {
    const script = 'JSON.parse = () => ({ x: 1 }); exports.migrations = { 1: (fields) => fields }';
    expect(migrationsOf(withScript(script))?.[0]?.migrate({ kept: true })).toEqual({ kept: true });
  });
});
