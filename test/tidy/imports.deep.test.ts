import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { diagramOf, roomGraph } from './room-diagram.ts';
import { canaryFolder, rootFolder, runTool } from './run-tool.ts';
import { productFiles } from './source-files.ts';

interface Violation {
  readonly from: string;
  readonly to: string;
  readonly rule: { readonly name: string };
}

interface Cruise {
  readonly modules: Parameters<typeof roomGraph>[0];
  readonly summary: { readonly violations: readonly Violation[] };
}

const { forbidden } = createRequire(import.meta.url)('../../.dependency-cruiser.cjs') as {
  readonly forbidden: readonly { readonly name: string }[];
};

describe('who may import whom', () => {
  const planted = cruise(canaryFolder, '../../../.dependency-cruiser.cjs');
  const product = cruise(rootFolder, '.dependency-cruiser.cjs');

  it('each rule catches the violation planted for it', () => {
    const caught = new Set(planted.summary.violations.map((violation) => violation.rule.name));
    expect(forbidden.map((rule) => rule.name).filter((name) => !caught.has(name))).toEqual([]);
  });

  it.each([
    ['row-base', 'src/base/sees-daemon.ts'],
    ['row-net', 'src/net/sees-daemon.ts'],
    ['row-replica-names', 'src/replica/names/sees-face.ts'],
    ['inner-room-unknown-replica', 'src/replica/attic/unknown.ts'],
    ['engines-strangers', 'engines/shell/sees-browser.ts'],
    ['vault-stays-home', 'engines/shell/sees-vault.ts'],
    ['outbox-cannot-reach-vault', 'src/log/reaches-vault.ts'],
    ['relay-and-sync-are-blind', 'src/relay/opens.ts'],
    ['relay-and-sync-are-blind', 'src/sync/seals.ts'],
    ['relay-and-sync-are-blind', 'src/sync/merges.ts'],
    ['only-daemon-wires-sqlite', 'src/api/sees-sqlite.ts'],
    ['only-daemon-loads-engines', 'src/replica/sees-engine.ts'],
    ['pure-rooms-do-no-io', 'src/admission/reads-file.ts'],
    ['page-sees-words-alone', 'page/sees-daemon.ts'],
    ['page-runs-apart', 'page/runs-base.ts'],
    ['nobody-imports-the-page', 'src/daemon/members/sees-page.ts'],
    ['no-cycle', 'src/policy/one.ts'],
    ['no-cycle', 'src/policy/names.ts'],
  ])('%s catches %s', (rule, from) => {
    const caught = planted.summary.violations.some(
      (violation) => violation.rule.name === rule && violation.from === from,
    );
    expect(caught).toBe(true);
  });

  it('rooms within rooms are told of as the rules have them', () => {
    const text = readFileSync(join(rootFolder, 'src', 'ARCHITECTURE.md'), 'utf8');
    const told = [...text.matchAll(/\| ([a-z]+)\/ \| what it holds \|\n\| --- \| --- \|\n((?:\|.*\n)+)/g)].flatMap(
      ([, room, rows = '']) => [...rows.matchAll(/^\| ([a-z/]+) \|/gm)].map(([, inner]) => `row-${room}-${inner}`),
    );
    expect(told).toEqual(forbidden.map(({ name }) => name).filter((name) => /^row-[a-z]+-[a-z/]+$/.test(name)));
  });

  it('the rooms are drawn as they import each other', () => {
    const graph = roomGraph(product.modules);
    const text = readFileSync(join(rootFolder, 'src', 'ARCHITECTURE.md'), 'utf8');
    const [, drawn] = /```text\n(base\n[^`]*?)\n```/.exec(text) ?? [];
    expect(drawn).toBe(diagramOf(graph));
    const withoutBase = [...graph].filter(([room, seen]) => room !== 'base' && !seen.has('base'));
    expect(withoutBase.map(([room]) => room)).toEqual([]);
  });

  it('a room that imports one more is drawn otherwise, and further down', () => {
    const graph = new Map([
      ['base', new Set<string>()],
      ['clock', new Set(['base'])],
      ['sync', new Set(['base', 'clock'])],
      ['net', new Set(['base'])],
    ]);
    const lines = ['base', '', 'clock', 'net', '', 'sync        ──▶ clock'];
    expect(diagramOf(graph)).toBe(lines.join('\n'));
    const more = new Map([...graph, ['net', new Set(['base', 'sync'])]]);
    const moved = [...lines.filter((line) => line !== 'net'), '', 'net         ──▶ sync'];
    expect(diagramOf(more)).toBe(moved.join('\n'));
  });

  it('what may be imported is not caught', () => {
    const innocent = ['src/base/innocent.ts', 'src/crypto/hash.ts', 'engines/browser/engine.ts'];
    expect(planted.summary.violations.filter((violation) => innocent.includes(violation.from))).toEqual([]);
  });

  it('the product was read whole and holds to every rule', () => {
    const read = new Set(product.modules.map((module) => module.source));
    const files = productFiles();
    expect(files.length).toBeGreaterThanOrEqual(leastProductFiles);
    expect(files.filter((path) => !read.has(path))).toEqual([]);
    expect(product.summary.violations.map((violation) => [violation.rule.name, violation.from, violation.to])).toEqual(
      [],
    );
  });
});

/** Fewer than these were never true since the checks began: a smaller count means that the walk is broken. */
const leastProductFiles = 100;

function cruise(folder: string, config: string): Cruise {
  const parameters = ['src', 'engines', 'page', '--config', config, '--output-type', 'json'];
  return JSON.parse(runTool('depcruise', parameters, folder)) as Cruise;
}
