import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { policyClasses } from '../../../src/contract/manifest.ts';
import { allowedLosses } from '../../../src/policy/brake.ts';

describe('70 allowedLosses', () => {
  it.each([
    // class, live before, the most that may be lost
    ['low', 0, 10],
    ['low', 1, 10],
    ['low', 11, 10],
    ['low', 12, 10],
    ['low', 20, 18],
    ['high', 100, 90],
    ['high', 111, 99],
    ['high', 112, 100],
    ['high', 200, 100],
    ['high', 202, 101],
    ['medium', 1_950, 975],
    ['critical', 10, 10],
    ['critical', 22, 19],
    ['critical', 30, 20],
    ['critical', 200, 20],
    ['critical', 210, 21],
    ['critical', 5_000, 500],
  ] as const)('%s, of %i live %i may be lost', (policyClass, live, allowed) => {
    expect(allowedLosses({ policyClass }, live)).toBe(allowed);
  });

  it.each([
    [{ share: 0.2, minimum: 2 }, 10, 2],
    [{ share: 0.2, minimum: 2 }, 4, 1],
    [{ share: 0.3 }, 10, 19],
    [{ share: 0.3 }, 100, 30],
    [{ share: 1 }, 1_000, 1_000],
    [{ share: 0, minimum: 0 }, 1_000, 0],
    [{ minimum: 3 }, 4, 2],
    [{ minimum: 3 }, 100, 50],
    [{ minimum: 500 }, 300, 499],
  ] as const)('configured %o, of %i live %i may be lost', (configured, live, allowed) => {
    expect(allowedLosses({ policyClass: 'high', ...configured }, live)).toBe(allowed);
  });

  it('a share that binary fractions cannot say is met exactly', () => {
    expect(allowedLosses({ policyClass: 'low', share: 0.07, minimum: 0 }, 100)).toBe(7);
    expect(allowedLosses({ policyClass: 'low', share: 0.29, minimum: 0 }, 100)).toBe(29);
  });

  it('a share that was never parsed is a bug, not a judgement', () => {
    expect(() => allowedLosses({ policyClass: 'low', share: Number.NaN }, 1)).toThrow('believed');
  });

  it('law: more live records never allow fewer losses, and critical never more than another class', () => {
    fc.assert(
      fc.property(fc.constantFrom(...policyClasses), fc.nat(10_000), fc.nat(100), (policyClass, live, more) => {
        const allowed = allowedLosses({ policyClass }, live);
        expect(allowedLosses({ policyClass }, live + more)).toBeGreaterThanOrEqual(allowed);
        expect(allowedLosses({ policyClass: 'critical' }, live)).toBeLessThanOrEqual(allowed);
        expect(allowed).toBeGreaterThanOrEqual(10);
      }),
    );
  });
});
