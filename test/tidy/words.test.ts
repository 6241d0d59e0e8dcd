import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rootFolder } from './run-tool.ts';
import { filesBelow } from './source-files.ts';

/** Written in pieces, so that this file does not find itself. */
const forbidden: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['a path of the machine it was built on', new RegExp(`(?<![\\w.-])/${'work'}/(main|shared|try)`)],
  ['a scratch path', new RegExp(`/${'tmp'}/(try|brief|tooling)`)],
  ['a home of the machine it was built on', new RegExp(`(?<![\\w.-])/${'root'}/`)],
  ['a registry mirror', new RegExp(`\\b(npm${'mirror'}|verda${'ccio'}|arti${'factory'})\\b`, 'i')],
  ['work left for later', new RegExp(`\\b(${'TO'}DO|${'FIX'}ME|${'X'}XX)\\b`)],
  ['a merge that was not finished', /^(<{7}|>{7}) /m],
];

const textual = /(\.(ts|js|cjs|mjs|json|md|sql|toml|html|css|yml|yaml|txt|service|sh)|\/run|LICENSE|\.gitignore)$/;

describe('words', () => {
  const paths = filesBelow(['.']).filter((path) => textual.test(path));

  it('reads the tree', () => {
    expect(paths).toContain('package.json');
    expect(paths).toContain('.ci/run');
    expect(paths.length).toBeGreaterThan(100);
  });

  const texts = paths.map((path) => ({ path, content: readFileSync(join(rootFolder, path), 'utf8') }));

  it.each(forbidden)('nowhere in the tree: %s', (_what, pattern) => {
    expect(texts.filter(({ content }) => pattern.test(content)).map(({ path }) => path)).toEqual([]);
  });
});

describe('glossary', () => {
  const text = readFileSync(join(rootFolder, 'src', 'GLOSSARY.md'), 'utf8');
  const [, given = ''] = text.split('## Words that were given up');
  const old = [...given.matchAll(/^\| (?!instead|-)([a-z, ]+) \|/gm)].flatMap(([, words = '']) => words.split(', '));
  // Decisions tell what was, and the store's migrations what it was called.
  const spared = /^(src\/(GLOSSARY|DECISIONS)\.md|src\/store\/sqlite\/sql\/|test\/vectors\/|CHANGELOG\.md)/;
  const read = filesBelow(['.']).filter((path) => /\.(ts|md)$/.test(path) && !spared.test(path));
  const texts = read.map((path) => {
    const content = readFileSync(join(rootFolder, path), 'utf8');
    return { path, content, small: content.toLowerCase() };
  });

  it('is read', () => {
    expect(old.length).toBeGreaterThan(5);
    expect(read).toContain('README.md');
  });

  it.each(old)('nobody says "%s" any more', (word) => {
    const [first = '', ...rest] = word.split(' ');
    const capital = (part: string): string => part.charAt(0).toUpperCase() + part.slice(1);
    const joined = [first, ...rest.map(capital)].join('');
    const inCode = `${joined}(?![a-z])|(?<=[a-z])${capital(joined)}(?![a-z])|\\b${capital(joined)}(?![a-z])`;
    const pattern = new RegExp(`\\b(${[first, ...rest].join('[ -]')})\\b|(?<![a-zA-Z])(${inCode})`);
    const own = /words\.test\.ts$/;
    const found = texts.filter(
      ({ path, content, small }) => !own.test(path) && small.includes(first) && pattern.test(content),
    );
    expect(found.map(({ path }) => path)).toEqual([]);
  });
});

describe('the guide to adding something', () => {
  const guide = readFileSync(join(rootFolder, 'CONTRIBUTING.md'), 'utf8');
  const [, section = ''] = /## How to add something\n([\s\S]*?)\n## /.exec(guide) ?? [];
  const named = section
    .split('\n- ')
    .map((item) => [...item.matchAll(/`([\w./-]+\/[\w./-]+)`/g)].map(([, path = '']) => path));

  it('names files that are there, five at most for each thing', () => {
    expect(named.flat().length).toBeGreaterThan(15);
    expect(named.flat().filter((path) => !existsSync(join(rootFolder, path)))).toEqual([]);
    expect(named.filter((paths) => paths.filter((path) => !path.startsWith('docs/')).length > 5)).toEqual([]);
  });
});

interface LockedPackage {
  readonly resolved?: string;
  readonly hasInstallScript?: boolean;
  readonly deprecated?: string;
}

describe('lock file', () => {
  const lock = JSON.parse(readFileSync(join(rootFolder, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, LockedPackage>>;
  };
  const packages = Object.entries(lock.packages);
  const namesWhere = (holds: (entry: LockedPackage) => boolean): readonly string[] =>
    packages.filter(([, entry]) => holds(entry)).map(([path]) => path.replace('node_modules/', ''));

  it('names no registry but the public one', () => {
    expect(packages.length).toBeGreaterThan(200);
    const foreign = namesWhere(
      (entry) => entry.resolved !== undefined && !entry.resolved.startsWith('https://registry.npmjs.org/'),
    );
    expect(foreign).toEqual([]);
  });

  it('holds no deprecated package', () => {
    expect(namesWhere((entry) => entry.deprecated !== undefined)).toEqual(deprecatedButNeeded);
  });

  it('runs no install script but those that package.json allows', () => {
    const { allowScripts } = JSON.parse(readFileSync(join(rootFolder, 'package.json'), 'utf8')) as {
      readonly allowScripts: Readonly<Record<string, boolean>>;
    };
    const scripted = namesWhere((entry) => entry.hasInstallScript === true);
    expect(scripted.filter((name) => allowScripts[name] !== true && name !== '')).toEqual(optionalOnOtherSystems);
  });

  it('every version asked for is exact', () => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(join(rootFolder, 'package.json'), 'utf8')) as {
      readonly dependencies: Readonly<Record<string, string>>;
      readonly devDependencies: Readonly<Record<string, string>>;
    };
    const versions = Object.entries({ ...dependencies, ...devDependencies });
    expect(versions.filter(([, version]) => !/^(?:npm:[a-z]+@)?\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });
});

const deprecatedButNeeded: readonly string[] = [];
const optionalOnOtherSystems: readonly string[] = [];
