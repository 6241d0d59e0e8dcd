import { type FaultKind, type Finding, type InStep, type Tally, faultKinds } from './tally.ts';
import type { Lived } from './play.ts';

export interface Report {
  readonly passed: boolean;
  readonly isInterrupted: boolean;
  readonly seed: number;
  readonly minutes: number;
  readonly days: number;
  readonly scenes: number;
  /** Each must be zero. */
  readonly faults: Readonly<Record<FaultKind, number>>;
  readonly saves: number;
  /** Different texts that are owed. */
  readonly texts: number;
  /** In both folders, in the end. */
  readonly files: number;
  readonly counts: Readonly<Record<string, number>>;
  /** Milliseconds; null where nothing was timed. */
  readonly inStepMs: InStep;
  readonly findings: readonly Finding[];
  /** What lives the same life again. */
  readonly repeat: string;
  /** Where everything is that shows the faults; null where it is gone, because there are none. */
  readonly evidence: string | null;
}

export interface Ending {
  readonly seed: number;
  readonly lived: Lived;
  readonly tookMs: number;
  readonly saves: number;
  readonly texts: number;
  readonly files: number;
  readonly tally: Tally;
  readonly root: string;
}

export function reportOf({ seed, lived, tookMs, saves, texts, files, tally, root }: Ending): Report {
  const { days, scenes, isInterrupted } = lived;
  const passed = Object.values(tally.faults).every((count) => count === 0);
  return {
    ...{ passed, isInterrupted, seed, days, scenes, saves, texts, files },
    minutes: Math.round(tookMs / 6_000) / 10,
    faults: tally.faults,
    counts: Object.fromEntries(tally.counts),
    inStepMs: tally.inStepMs,
    findings: tally.findings,
    repeat: `npm run life -- --seed ${seed} --scenes ${scenes}`,
    evidence: passed ? null : root,
  };
}

const shownFindings = 5;

/** The same for people. */
export function linesOf(report: Report): readonly string[] {
  const { seed, minutes, days, scenes, inStepMs, counts, faults } = report;
  const rows: (readonly [string, string])[] = [
    ...(Object.keys(faultKinds) as FaultKind[]).map((kind) => [faultKinds[kind], plain(faults[kind])] as const),
    ['saves', plain(report.saves)],
    ['texts that are owed', plain(report.texts)],
    ['files in the end, both folders together', plain(report.files)],
    [
      'one save until in step: p50 / p95 / slowest',
      `${ms(inStepMs.p50)} / ${ms(inStepMs.p95)} / ${ms(inStepMs.slowest)} of ${inStepMs.timed}`,
    ],
    ...Object.entries(counts).map(([what, count]) => [what, plain(count)] as const),
  ];
  const width = Math.max(...rows.map(([what]) => what.length));
  return [
    `Life of seed ${seed}: ${days} days, ${scenes} scenes, ${minutes} minutes${report.isInterrupted ? ', ended by a signal' : ''}`,
    ...rows.map(([what, value]) => `  ${what.padEnd(width)}  ${value}`),
    ...faultLines(report),
  ];
}

function faultLines({ findings, faults, repeat, evidence, passed, isInterrupted }: Report): readonly string[] {
  const shown = (Object.keys(faultKinds) as FaultKind[]).flatMap((kind) => {
    const some = findings.filter((finding) => finding.kind === kind).slice(0, shownFindings);
    const rest = faults[kind] - some.length;
    return [
      ...some.map(({ subject, detail, scene }) => `  ${faultKinds[kind]}: ${subject}: ${detail} (${scene})`),
      ...(rest > 0 ? [`  ${faultKinds[kind]}: ${rest} more`] : []),
    ];
  });
  return passed
    ? [isInterrupted ? 'Nothing was wrong until then.' : 'Nothing is wrong.']
    : ['What is wrong:', ...shown, `Again: ${repeat}`, `Everything is in ${evidence}`];
}

function plain(count: number): string {
  return count.toLocaleString('en');
}

function ms(value: number): string {
  return Number.isNaN(value) ? '-' : `${Math.round(value)} ms`;
}
