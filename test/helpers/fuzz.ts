import { createHash } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { equalBytes, hexFromBytes } from '../../src/base/bytes.ts';
import type { JsonValue } from '../../src/base/json.ts';
import { mutate, mutateJson, seededIntegers } from './mutate.ts';

/** One kind of wire object, and the code that reads it from a stranger. */
export interface FuzzTarget {
  readonly name: string;
  /** Mutations in the ordinary run. */
  readonly runs: number;
  /** True objects, each of which is accepted as it is. */
  readonly samples: readonly Uint8Array[];
  /** Reaches the JSON inside, so that values of it are damaged too and put back: framed, sealed or signed anew. */
  readonly json?: {
    read(sample: Uint8Array): JsonValue;
    write(json: JsonValue): Uint8Array;
  };
  /**
   * What was accepted, as its one encoding; undefined for what was refused. A throw of any kind is a finding.
   */
  judge(bytes: Uint8Array): Uint8Array | undefined;
  /**
   * samples: signed or sealed, so that nothing but a sample may ever be accepted. canonical: whoever makes it may make
   * another, but each has one encoding, and what is accepted is encoded in it.
   */
  readonly accepts: 'samples' | 'canonical';
}

export interface Finding {
  readonly seed: number;
  readonly what: string;
  readonly bytes: string;
}

let mutations = 0;

/** Tries every target; `factor` times as often as usual, and from seeds of its own where that is more often. */
export function describeFuzzing(targets: readonly FuzzTarget[], factor: number, atLeast: number): void {
  describe('random mutations', () => {
    it.each(targets.map((target) => [target.name, target] as const))(
      'of %s are never accepted and never throw',
      { timeout: Math.max(1, factor) * 60_000 },
      (_, target) => {
        expect(samplesAccepted(target)).toBe(true);
        const seed = seedOf(target.name) + (factor <= 1 ? 0 : 1);
        expect(fuzz(target, target.runs * factor, seed)).toEqual([]);
      },
    );

    it(`were made at least ${atLeast.toLocaleString('en')} times`, () => {
      expect(mutations).toBeGreaterThanOrEqual(atLeast);
    });

    afterAll(() => {
      console.log(`${mutations.toLocaleString('en')} mutations of ${targets.length} wire objects`);
    });
  });
}

/** The first few findings of a target; a finding is replayed by its target's name and seed. */
export function fuzz(target: FuzzTarget, runs: number, seed: number): readonly Finding[] {
  const accepted = new Set(target.samples.map((sample) => textOf(target.judge(sample))));
  const findings: Finding[] = [];
  for (let run = 0; run < runs && findings.length < 5; run++) {
    const runSeed = (seed + Math.imul(run, 0x9e3779b1)) >>> 0;
    const bytes = mutationOf(target, runSeed);
    mutations += 1;
    const what = faultOf(target, bytes, accepted);
    if (what !== undefined) {
      findings.push({ seed: runSeed, what, bytes: hexFromBytes(bytes.subarray(0, 2048)) });
    }
  }
  return findings;
}

function samplesAccepted({ samples, judge }: FuzzTarget): boolean {
  return samples.length > 0 && samples.every((sample) => judge(sample) !== undefined);
}

function mutationOf({ samples, json }: FuzzTarget, seed: number): Uint8Array {
  const pick = seededIntegers(seed);
  const sample = samples[pick(samples.length)] as Uint8Array;
  if (json !== undefined && pick(2) === 0) {
    const damaged = mutateJson(json.read(sample), pick);
    return json.write(pick(4) === 0 ? mutateJson(damaged, pick) : damaged);
  }
  return mutate(sample, pick, samples[pick(samples.length)]);
}

function faultOf(target: FuzzTarget, bytes: Uint8Array, accepted: ReadonlySet<string>): string | undefined {
  let judged: Uint8Array | undefined;
  try {
    judged = target.judge(bytes);
  } catch (cause) {
    return `threw ${String(cause)}`;
  }
  if (judged === undefined) {
    return undefined;
  }
  switch (target.accepts) {
    case 'samples':
      return accepted.has(textOf(judged)) ? undefined : 'was accepted';
    case 'canonical':
      return equalBytes(judged, bytes) ? undefined : 'was accepted, and is not the one encoding of what it says';
  }
}

function textOf(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? 'refused' : createHash('sha256').update(bytes).digest('base64');
}

function seedOf(name: string): number {
  return createHash('sha256').update(name).digest().readUInt32BE();
}
