import { percentile } from '../bench/statistics.ts';

/** What must not happen, each counted; zero of every one is what the folders promise. */
export const faultKinds = {
  lostText: 'lost texts',
  difference: 'differences after rest',
  copy: 'copies beside files',
  needlessStop: 'needless stops',
  missedLoss: 'planted mass losses that were not stopped',
  wrongMerge: 'edits of two people that did not both hold',
  resurrection: 'deletions that were undone',
  broken: 'scenes that broke off',
} as const;
export type FaultKind = keyof typeof faultKinds;

export interface Finding {
  readonly kind: FaultKind;
  /** What it is about: the same thing is counted once. */
  readonly subject: string;
  readonly detail: string;
  /** The scene that was played when it was found. */
  readonly scene: string;
}

export interface Tally {
  /** Where the life stands, for whatever is found now. */
  scene: string;
  /** True when it is news. */
  found(kind: FaultKind, subject: string, detail: string): boolean;
  readonly findings: readonly Finding[];
  readonly faults: Readonly<Record<FaultKind, number>>;
  count(what: string, by?: number): void;
  readonly counts: ReadonlyMap<string, number>;
  inStepAfter(milliseconds: number): void;
  readonly inStepMs: InStep;
}

/** How long one save took until the other folder had it, where both were online; NaN where none was timed. */
export interface InStep {
  readonly timed: number;
  readonly p50: number;
  readonly p95: number;
  readonly slowest: number;
}

export function createTally(say: (finding: Finding) => void): Tally {
  const findings = new Map<string, Finding>();
  const counts = new Map<string, number>();
  const tookMs: number[] = [];
  const numberOf = (kind: FaultKind): number =>
    [...findings.values()].filter((finding) => finding.kind === kind).length;

  const tally: Tally = {
    scene: 'before the first scene',
    found(kind, subject, detail) {
      const key = `${kind} ${subject}`;
      if (findings.has(key)) {
        return false;
      }
      const finding = { kind, subject, detail, scene: tally.scene };
      findings.set(key, finding);
      say(finding);
      return true;
    },
    get findings(): readonly Finding[] {
      return [...findings.values()];
    },
    get faults(): Readonly<Record<FaultKind, number>> {
      const kinds = Object.keys(faultKinds) as FaultKind[];
      return Object.fromEntries(kinds.map((kind) => [kind, numberOf(kind)])) as Record<FaultKind, number>;
    },
    count(what, by = 1) {
      counts.set(what, (counts.get(what) ?? 0) + by);
    },
    counts,
    inStepAfter(milliseconds) {
      tookMs.push(milliseconds);
    },
    get inStepMs(): InStep {
      return {
        timed: tookMs.length,
        p50: percentile(tookMs, 0.5),
        p95: percentile(tookMs, 0.95),
        slowest: tookMs.length === 0 ? Number.NaN : Math.max(...tookMs),
      };
    },
  };
  return tally;
}
