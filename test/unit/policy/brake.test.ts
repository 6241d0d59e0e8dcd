import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { policyClasses } from '../../../src/contract/manifest.ts';
import { type MassChange, brakeShareByClass, judgeMassChange } from '../../../src/policy/brake.ts';

const quiet: MassChange = {
  policyClass: 'high',
  liveBefore: 1_000,
  removals: 0,
  replacements: 0,
  publishesEmptySet: false,
};

describe('judgeMassChange', () => {
  it.each([
    // class, live before, removals, replacements, held
    ['critical', 1_000, 50, 0, false],
    ['critical', 1_000, 51, 0, true],
    ['high', 1_000, 100, 0, false],
    ['high', 1_000, 101, 0, true],
    ['high', 1_000, 60, 41, true],
    ['high', 1_000, 0, 101, true],
    ['medium', 1_000, 250, 0, false],
    ['medium', 1_000, 251, 0, true],
    ['low', 1_000, 500, 0, false],
    ['low', 1_000, 501, 0, true],
    ['critical', 100, 19, 0, false],
    ['critical', 100, 20, 0, true],
    ['critical', 400, 20, 0, false],
    ['critical', 400, 21, 0, true],
    ['low', 20, 19, 0, false],
    ['low', 20, 20, 0, true],
    ['low', 40, 20, 0, false],
    ['low', 5, 5, 0, false],
    ['high', 0, 0, 0, false],
  ] as const)(
    '%s, %i live, %i removed, %i replaced: held %s',
    (policyClass, liveBefore, removals, replacements, held) => {
      expect(judgeMassChange({ ...quiet, policyClass, liveBefore, removals, replacements }).held).toBe(held);
    },
  );

  it('an empty set in place of a non-empty one is held, however small it was', () => {
    expect(judgeMassChange({ ...quiet, liveBefore: 1, removals: 1, publishesEmptySet: true })).toMatchObject({
      held: true,
      reasonCode: 'manual_review_required',
      detail: 'brake_empty_set',
    });
    expect(judgeMassChange({ ...quiet, liveBefore: 0, publishesEmptySet: true }).held).toBe(false);
  });

  it('configured share and minimum replace the usual ones', () => {
    const small = { ...quiet, liveBefore: 10, removals: 3 };
    expect(judgeMassChange(small).held).toBe(false);
    expect(judgeMassChange({ ...small, share: 0.2, minimum: 2 })).toMatchObject({ held: true, touched: 3, allowed: 2 });
    expect(judgeMassChange({ ...quiet, removals: 900, share: 1 }).held).toBe(false);
    expect(judgeMassChange({ ...quiet, removals: 1, share: 0, minimum: 0 }).held).toBe(true);
    expect(judgeMassChange({ ...quiet, share: 0, minimum: 0 }).held).toBe(false);
  });

  it('a share that binary fractions cannot say is met exactly', () => {
    expect(judgeMassChange({ ...quiet, share: 0.07, removals: 70 }).held).toBe(false);
    expect(judgeMassChange({ ...quiet, share: 0.29, liveBefore: 100, removals: 29 }).held).toBe(false);
    expect(judgeMassChange({ ...quiet, share: 0.29, liveBefore: 100, removals: 30 }).held).toBe(true);
  });

  it('a share that was never parsed is a bug, not a judgement', () => {
    expect(() => judgeMassChange({ ...quiet, share: Number.NaN })).toThrow('believed');
  });

  it('never grows laxer: more touched records, or a stricter class, never release a held cycle', () => {
    const counts = fc.nat({ max: 3_000 });
    fc.assert(
      fc.property(
        fc.constantFrom(...policyClasses),
        counts,
        counts,
        counts,
        fc.boolean(),
        (policyClass, live, removed, replaced, empty) => {
          const cycle = {
            policyClass,
            liveBefore: live,
            removals: removed,
            replacements: replaced,
            publishesEmptySet: empty,
          };
          if (judgeMassChange(cycle).held) {
            expect(judgeMassChange({ ...cycle, removals: removed + 1 }).held).toBe(true);
            for (const stricter of policyClasses.filter(
              (each) => brakeShareByClass[each] < brakeShareByClass[policyClass],
            )) {
              expect(judgeMassChange({ ...cycle, policyClass: stricter }).held).toBe(true);
            }
          }
        },
      ),
    );
  });
});
