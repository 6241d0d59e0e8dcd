import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { packageRoot } from '../../src/daemon/ground/package-root.ts';
import type { Benchmark, BenchmarkContext, Extent } from './benchmark.ts';
import { atRest, atRestWaiting } from './benchmarks/at-rest.ts';
import { bulkHundredThousand, bulkTenThousand } from './benchmarks/bulk.ts';
import { catchUp } from './benchmarks/catch-up.ts';
import { changeCost } from './benchmarks/change-cost.ts';
import { conflicts } from './benchmarks/conflicts.ts';
import { flood } from './benchmarks/flood.ts';
import { folder } from './benchmarks/folder.ts';
import { largeBatch } from './benchmarks/large-batch.ts';
import { largeFile } from './benchmarks/large-file.ts';
import { latency } from './benchmarks/latency.ts';
import { liveText } from './benchmarks/live-text.ts';
import { places } from './benchmarks/places.ts';
import { reviewQueue } from './benchmarks/review-queue.ts';
import { revoke } from './benchmarks/revoke.ts';
import { scopeLog } from './benchmarks/scope-log.ts';
import { seal } from './benchmarks/seal.ts';
import { setup } from './benchmarks/setup.ts';
import { calibrate } from './calibrate.ts';
import { endOnSignals } from './stage/processes.ts';
import { type BenchmarkResult, linesOf, resultOf, saveResult } from './results.ts';

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
  largeBatch,
  largeFile,
  flood,
  reviewQueue,
  liveText,
  places,
  setup,
];
const usage = `npm run bench -- [--quick | --shortest] [--json] [--profile FOLDER] [NAME…]   with NAME one of: ${benchmarks.map(({ name }) => name).join(', ')}`;

endOnSignals();
process.exitCode = await main(process.argv.slice(2));

/** Runs the named benchmarks, or all; one that fails is told of and the others go on. */
async function main(words: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      shortest: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      profile: { type: 'string' },
    },
  });
  const chosen = positionals.map((name) => benchmarks.find((benchmark) => benchmark.name === name));
  if (chosen.includes(undefined)) {
    process.stderr.write(`${usage}\n`);
    return 2;
  }
  const extent: Extent = values.shortest ? 'shortest' : values.quick ? 'quick' : 'full';
  // With --json a line of stdout is a result, and what is said goes beside it.
  const say = (line: string): void => void (values.json ? process.stderr : process.stdout).write(`${line}\n`);
  const context = contextOf(extent, values.profile, say);
  let failed = 0;
  for (const benchmark of positionals.length === 0 ? benchmarks : (chosen as readonly Benchmark[])) {
    say(`${benchmark.name}: ${benchmark.title}`);
    try {
      const result = await measure(benchmark, context);
      if (values.json) {
        process.stdout.write(`${JSON.stringify(result)}\n`);
      }
      // A profiled run is slower and a short one is no measure: their figures are shown and not kept.
      if (extent === 'full' && values.profile === undefined) {
        await saveResult(join(packageRoot, 'test', 'bench', 'results'), result);
      }
    } catch (cause) {
      failed += 1;
      say(`  It could not be measured: ${cause instanceof Error ? cause.message : String(cause)}`);
    }
  }
  return failed === 0 ? 0 : 1;
}

async function measure(benchmark: Benchmark, context: BenchmarkContext): Promise<BenchmarkResult> {
  const before = calibrate();
  const figures = await benchmark.run(context);
  const result = resultOf(benchmark, context.extent, { before, after: calibrate() }, figures);
  for (const line of linesOf(result)) {
    context.say(line);
  }
  context.say(`  calibration ${result.calibrationMs.before} / ${result.calibrationMs.after} ms`);
  return result;
}

function contextOf(extent: Extent, profile: string | undefined, say: (line: string) => void): BenchmarkContext {
  if (profile !== undefined) {
    mkdirSync(profile, { recursive: true });
  }
  return {
    extent,
    pick: (choices) => choices[extent],
    nodeArguments: (role) => (profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${resolve(profile, role)}`]),
    say,
  };
}
