import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/base/json.ts';
import { effectivePolicy, floorDocument } from '../../../src/policy/effective.ts';
import { isFloorAtLeast } from '../../../src/policy/floor.ts';
import { decisions } from '../../../src/policy/lattice.ts';
import { anyRule, decision } from './terms.ts';

const keys = ['write.shell', 'write.*', 'engine.shell', 'lease.lifetime_hours', 'app.x'];
const floors: fc.Arbitrary<JsonObject> = fc.dictionary(fc.constantFrom(...keys), anyRule, { maxKeys: 4 });

describe('one floor beside another', () => {
  it.each<[string, JsonObject, JsonObject, boolean]>([
    ['the same', { a: decision('deny') }, { a: decision('deny') }, true],
    ['more keys', { a: decision('deny'), b: decision('deny') }, { a: decision('deny') }, true],
    ['a stronger rule', { a: decision('deny') }, { a: decision('require_review') }, true],
    ['a weaker rule', { a: decision('allow') }, { a: decision('require_review') }, false],
    ['a key less', {}, { a: decision('allow') }, false],
    ['a lesser bound', { a: { kind: 'max', value: 2 } }, { a: { kind: 'max', value: 3 } }, true],
    ['none of two', {}, {}, true],
  ])('48 %s', (_title, floor, other, answer) => {
    expect(isFloorAtLeast(floor, other)).toBe(answer);
  });

  it('48 law: what is as strong as another decides nothing more weakly', () => {
    fc.assert(
      fc.property(floors, floors, (other, more) => {
        const floor = { ...other, ...more };
        fc.pre(isFloorAtLeast(floor, other));
        const [one, two] = [floor, other].map((rules) => effectivePolicy([floorDocument(rules)]));
        const strength = (policy: typeof one): number =>
          decisions.indexOf(policy?.decide('write', 'shell').decision ?? 'allow');
        expect(strength(one)).toBeGreaterThanOrEqual(strength(two));
      }),
      { numRuns: 300 },
    );
  });
});
