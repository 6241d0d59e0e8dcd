import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../src/base/bytes.ts';
import type { JsonValue } from '../../../src/base/json.ts';
import { type FuzzTarget, fuzz } from '../../helpers/fuzz.ts';
import { mutate, mutateJson, seededIntegers } from '../../helpers/mutate.ts';

const sample = utf8('{"a":[1,2],"b":"text"}');
const target: FuzzTarget = {
  name: 'planted',
  runs: 300,
  samples: [sample],
  accepts: 'samples',
  judge: () => undefined,
};
const json = {
  read: (bytes: Uint8Array): JsonValue => JSON.parse(Buffer.from(bytes).toString()) as JsonValue,
  write: (value: JsonValue): Uint8Array => utf8(JSON.stringify(value)),
};

describe('the fuzzer', () => {
  it('finds a reader that accepts anything, that throws, and that has two encodings for one thing', () => {
    const throwing = (): never => {
      throw new Error('planted');
    };
    expect(fuzz({ ...target, judge: (bytes) => bytes }, 300, 1)[0]?.what).toBe('was accepted');
    expect(fuzz({ ...target, samples: [], judge: throwing }, 0, 1)).toEqual([]);
    const once = (bytes: Uint8Array): Uint8Array | undefined => (bytes === sample ? bytes : throwing());
    expect(fuzz({ ...target, judge: once }, 300, 1)[0]?.what).toContain('threw Error: planted');
    const sloppy: FuzzTarget = { ...target, json, accepts: 'canonical', judge: () => sample };
    expect(fuzz(sloppy, 300, 1)[0]?.what).toContain('not the one encoding');
    expect(fuzz(target, 300, 1)).toEqual([]);
  });

  it('makes the same mutations from the same seed, nearly all of them different from the object', () => {
    const of = (seed: number): string => Buffer.from(mutate(sample, seededIntegers(seed))).toString('hex');
    const made = Array.from({ length: 500 }, (_, seed) => of(seed));
    expect(made).toEqual(Array.from({ length: 500 }, (_, seed) => of(seed)));
    expect(new Set(made).size).toBeGreaterThan(450);
    expect(made.filter((text) => text === Buffer.from(sample).toString('hex')).length).toBeLessThan(25);
  });

  it('damages values deep inside of JSON, and leaves JSON', () => {
    const value: JsonValue = { a: { b: { c: [1, 'two', null] } }, d: 'text' };
    const made = Array.from({ length: 500 }, (_, seed) => JSON.stringify(mutateJson(value, seededIntegers(seed))));
    expect(new Set(made).size).toBeGreaterThan(100);
    expect(made.some((text) => text.includes('"b":{"c":[1,') && !text.includes('"two"'))).toBe(true);
    expect(made.some((text) => text.includes('__proto__'))).toBe(true);
  });
});
