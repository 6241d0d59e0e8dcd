import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { packageRoot } from '../../src/daemon/package-root.ts';
import type { Benchmark, BenchmarkContext } from './benchmark.ts';
import { atRest, atRestWaiting } from './benchmarks/at-rest.ts';
import { bulkHundredThousand, bulkTenThousand } from './benchmarks/bulk.ts';
import { catchUp } from './benchmarks/catch-up.ts';
import { changeCost } from './benchmarks/change-cost.ts';
import { conflicts } from './benchmarks/conflicts.ts';
import { folder } from './benchmarks/folder.ts';
import { latency } from './benchmarks/latency.ts';
import { liveText } from './benchmarks/live-text.ts';
import { reviewQueue } from './benchmarks/review-queue.ts';
import { revoke } from './benchmarks/revoke.ts';
import { scopeLog } from './benchmarks/scope-log.ts';
import { seal } from './benchmarks/seal.ts';
import { calibrate } from './calibrate.ts';
import { linesOf, resultOf, saveResult } from './results.ts';

const benchmarks: readonly Benchmark[] = [
  bulkTenThousand,
  bulkHundredThousand,
  latency,
  catchUp,
  conflicts,
  folder,
  atRest,
  atRestWaiting,
  seal,
  scopeLog,
  revoke,
  changeCost,
  reviewQueue,
  liveText,
];
const usage = `npm run bench -- [--quick] [--profile FOLDER] [NAME…]   with NAME one of: ${benchmarks.map(({ name }) => name).join(', ')}`;

process.exitCode = await main(process.argv.slice(2));

/** Runs the named benchmarks, or all; one that fails is told of and the others go on. */
async function main(words: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: { quick: { type: 'boolean', default: false }, profile: { type: 'string' } },
  });
  const chosen = positionals.map((name) => benchmarks.find((benchmark) => benchmark.name === name));
  if (chosen.includes(undefined)) {
    say(usage);
    return 2;
  }
  const context = contextOf(values.quick, values.profile);
  let failed = 0;
  for (const benchmark of positionals.length === 0 ? benchmarks : (chosen as readonly Benchmark[])) {
    say(`${benchmark.name}: ${benchmark.title}`);
    try {
      await measure(benchmark, context, values.profile === undefined);
    } catch (cause) {
      failed += 1;
      say(`  It could not be measured: ${cause instanceof Error ? cause.message : String(cause)}`);
    }
  }
  return failed === 0 ? 0 : 1;
}

/** A profiled run is slower, so its figures are shown and not kept. */
async function measure(benchmark: Benchmark, context: BenchmarkContext, isKept: boolean): Promise<void> {
  const before = calibrate();
  const figures = await benchmark.run(context);
  const result = resultOf(benchmark, context.isQuick, { before, after: calibrate() }, figures);
  for (const line of linesOf(result)) {
    say(line);
  }
  say(`  calibration ${result.calibrationMs.before} / ${result.calibrationMs.after} ms`);
  if (isKept) {
    await saveResult(join(packageRoot, 'test', 'bench', 'results'), result);
  }
}

function contextOf(isQuick: boolean, profile: string | undefined): BenchmarkContext {
  if (profile !== undefined) {
    mkdirSync(profile, { recursive: true });
  }
  return {
    isQuick,
    nodeArguments: (role) => (profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${resolve(profile, role)}`]),
    say,
  };
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
