import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holdsExactly } from '../../../src/base/exact-number.ts';

describe('numbers that are held as they were written', () => {
  it.each([
    '0',
    '0.0',
    '-1',
    '9007199254740991',
    '-9007199254740991',
    '0.1',
    '0.10',
    '1.50e3',
    '25e-1',
    '0.10000000000000001',
    '52.520006600000002',
    '0.30000000000000004',
    '1e-320',
    '5e-324',
    '1.7976931348623157e-300',
    '0.5000000000000000000000000000000000000000',
  ])('%s', (written) => {
    expect(holdsExactly(written)).toBe(true);
  });
});

describe('numbers that would become others', () => {
  it.each([
    '-0',
    '-0.0',
    '-0e5',
    '1e-400',
    '9007199254740992',
    '9007199254740993',
    '-9007199254740993',
    '3791411052119578828',
    '9007199254740993.0',
    '9007199254740993e0',
    '1e300',
    '1e400',
    '-1e400',
    '3.14159265358979323846',
    '0.1000000000000000055511151231257828',
    '4503599627370497.3',
    `0.${'1'.repeat(400)}`,
  ])('%s', (written) => {
    expect(holdsExactly(written)).toBe(false);
  });
});

it('takes every double that JSON writes, but for whole numbers beyond 2^53 - 1', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const isBeyond = Number.isInteger(value) && !Number.isSafeInteger(value);
      expect(holdsExactly(JSON.stringify(value))).toBe(!isBeyond);
    }),
    { numRuns: 2_000 },
  );
});
