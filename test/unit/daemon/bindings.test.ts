import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadBindings } from '../../../src/daemon/bindings.ts';
import { packageRoot } from '../../../src/daemon/package-root.ts';
import { temporaryFolder } from './temporary-folder.ts';

const shippedNames = loadBindings([], {})
  .bindings.all()
  .map(({ manifest }) => manifest.collection);
const shell = JSON.parse(readFileSync(join(packageRoot, 'manifests', 'shell.json'), 'utf8')) as object;

describe('manifests', () => {
  it('shipped ones are all bound, with no problem', () => {
    const { bindings, problems } = loadBindings([], {});
    expect(problems).toEqual([]);
    expect(bindings.all()).toHaveLength(13);
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
