import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { Benchmark, Extent, Figure } from './benchmark.ts';
import { rounded } from './statistics.ts';

export interface BenchmarkResult {
  readonly name: string;
  readonly title: string;
  readonly measuredOn: string;
  readonly extent: Extent;
  readonly machine: { readonly cores: number; readonly node: string; readonly platform: string };
  /** The same fixed work before and after: what a busy machine costs shows here. */
  readonly calibrationMs: { readonly before: number; readonly after: number };
  readonly figures: readonly Figure[];
}

export function resultOf(
  { name, title }: Benchmark,
  extent: Extent,
  calibrationMs: BenchmarkResult['calibrationMs'],
  figures: readonly Figure[],
): BenchmarkResult {
  return {
    name,
    title,
    measuredOn: new Date().toISOString().slice(0, 10),
    extent,
    machine: { cores: cpus().length, node: process.versions.node, platform: `${process.platform} ${process.arch}` },
    calibrationMs: { before: Math.round(calibrationMs.before), after: Math.round(calibrationMs.after) },
    figures: figures.map((figure) => ({ ...figure, value: rounded(figure.value) })),
  };
}

/** Replaces the last result of a benchmark and writes the table of all of them anew. */
export async function saveResult(folder: string, result: BenchmarkResult): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${result.name}.json`), `${JSON.stringify(result, null, 2)}\n`);
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  const results = await Promise.all(
    names.map(async (name) => JSON.parse(await readFile(join(folder, name), 'utf8')) as BenchmarkResult),
  );
  await writeFile(join(folder, 'README.md'), tableOf(results));
}

/** Lines for a person. */
export function linesOf({ figures }: BenchmarkResult): readonly string[] {
  return figures.map(({ label, value, unit, first, goal }) => {
    const aims = [first === undefined ? '' : `first ${first}`, goal === undefined ? '' : `goal ${goal}`].filter(
      (text) => text !== '',
    );
    return `  ${label.padEnd(46)} ${value.toLocaleString('en').padStart(10)} ${unit}${aims.length === 0 ? '' : ` (${aims.join(', ')})`}`;
  });
}

function tableOf(results: readonly BenchmarkResult[]): string {
  const head = [
    '# Results of the benchmarks',
    '',
    'Written by `npm run bench`: the latest full run of each. Every role is a process of its own on one machine, over loopback;',
    'commits are synced to the disk on all three. The calibration is a fixed piece of work, in ms before / after: compare',
    'rates only where it is alike, and ratios anywhere.',
  ];
  return `${[...head, ...results.flatMap(sectionOf)].join('\n')}\n`;
}

function sectionOf({
  name,
  title,
  measuredOn,
  extent,
  machine,
  calibrationMs,
  figures,
}: BenchmarkResult): readonly string[] {
  return [
    '',
    `## ${name}${extent === 'full' ? '' : ` (${extent})`}`,
    '',
    `${title[0]?.toUpperCase() ?? ''}${title.slice(1)}. ${measuredOn}, ${machine.cores} cores, Node ${machine.node}, ${machine.platform}; calibration ${calibrationMs.before} / ${calibrationMs.after}.`,
    '',
    '| figure | measured | unit | first target | goal |',
    '| --- | ---: | --- | --- | --- |',
    ...figures.map(
      ({ label, value, unit, first, goal }) =>
        `| ${label} | ${value.toLocaleString('en')} | ${unit} | ${first ?? ''} | ${goal ?? ''} |`,
    ),
  ];
}
