import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Figure } from '../bench/benchmark.ts';
import { timesTheFloor } from '../bench/benchmark.ts';
import type { BenchmarkResult } from '../bench/results.ts';

// A new benchmark is named here as well.
const names = [
  'bulk-10000',
  'bulk-100000',
  'latency',
  'catch-up',
  'conflicts',
  'folder',
  'at-rest',
  'at-rest-waiting',
  'seal',
  'scope-log',
  'revoke',
  'change-cost',
  'large-batch',
  'large-file',
  'flood',
  'review-queue',
  'live-text',
  'places',
  'setup',
];
const program = join(import.meta.dirname, '..', '..', 'dist', 'test', 'bench', 'main.js');
const patienceMs = 600_000;

/** What it takes is nobody's business here: on a busy machine a time says nothing. */
describe('npm run bench -- --shortest', () => {
  let results: ReadonlyMap<string, BenchmarkResult>;
  let said = '';

  beforeAll(async () => {
    const printed = await new Promise<string>((resolve) => {
      const words = [program, '--shortest', '--json'];
      execFile(process.execPath, words, { timeout: patienceMs, maxBuffer: 2 ** 26 }, (_error, stdout, stderr) => {
        said = stderr;
        resolve(stdout);
      });
    });
    const lines = printed.split('\n').filter((line) => line !== '');
    results = new Map(
      lines.map((line) => {
        const result = JSON.parse(line) as BenchmarkResult;
        return [result.name, result] as const;
      }),
    );
  }, patienceMs);

  it('runs every benchmark there is', () => {
    expect([...results.keys()], said).toEqual(names);
  });

  it.each(names)('%s gives its figures and a ratio to the floor', (name) => {
    const figures = results.get(name)?.figures ?? [];
    const ratios = figures.filter(({ unit }) => unit === timesTheFloor);
    expect(ratios.length, said).toBeGreaterThan(0);
    expect(ratios.filter(({ value }) => !(value > 0))).toEqual([]);
    // Memory and processor time are known on Linux alone; what is not known is null.
    expect(process.platform === 'linux' ? figures.filter(isMissing) : []).toEqual([]);
  });
});

function isMissing({ value }: Figure): boolean {
  return typeof value !== 'number';
}
