import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalText } from '../../../src/base/canonical-json.ts';
import type { JsonObject, JsonValue } from '../../../src/base/json.ts';
import { pointerTo, tokensOf, valueAt } from '../../../src/base/json-pointer.ts';
import { applyPatch, diffPatch, patchFromMergePatch, sameValue } from '../../../src/merge/values/json-patch.ts';

const object = fc.dictionary(
  fc.oneof(fc.constantFrom('a', 'b', '', '~', '/', '__proto__', 'constructor'), fc.string()),
  fc.jsonValue({ maxDepth: 3 }),
) as fc.Arbitrary<JsonObject>;

describe('json patch', () => {
  it('applying a difference gives the other side, and nothing is changed in place', () => {
    fc.assert(
      fc.property(object, object, (before, after) => {
        const copy = structuredClone(before);
        expect(applyPatch(before, diffPatch(before, after))).toEqual({ ok: true, value: after });
        expect(before).toEqual(copy);
      }),
    );
  });

  it('values are the same that have one canonical text, in whatever order their members came', () => {
    const few = fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<JsonValue>;
    const turned = (value: JsonValue): JsonValue =>
      typeof value !== 'object' || value === null
        ? value
        : Array.isArray(value)
          ? value.map(turned)
          : Object.fromEntries(
              Object.entries(value)
                .map(([name, member]) => [name, turned(member)] as const)
                .reverse(),
            );
    fc.assert(
      fc.property(few, few, (left, right) => {
        expect(sameValue(left, right)).toBe(canonicalText(left) === canonicalText(right));
        expect(sameValue(left, turned(left))).toBe(true);
      }),
    );
    expect([sameValue([0], [-0]), sameValue({ a: 1 }, [1]), sameValue({}, []), sameValue(undefined, {})]).toEqual([
      ...[true, false, false, false],
    ]);
  });

  it('a text that no canonical text can hold is compared like any other', () => {
    expect(sameValue({ a: '\ud800' }, { a: '\ud800' })).toBe(true);
    expect(sameValue({ a: '\ud800' }, { a: '\ud801' })).toBe(false);
  });

  it('a pointer names its tokens back', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (tokens) => {
        expect(tokensOf(tokens.reduce(pointerTo, ''))).toEqual(tokens);
      }),
    );
  });

  it('__proto__ is a member like any other', () => {
    const patched = applyPatch({}, [{ op: 'add', path: '/__proto__/polluted', value: true }]);
    expect(patched.ok && Object.hasOwn(patched.value, '__proto__')).toBe(true);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(valueAt({}, '/constructor')).toBeUndefined();
  });

  it.each<[string, JsonObject, JsonObject, JsonObject]>([
    ['sets', { a: 'b' }, { a: 'c' }, { a: 'c' }],
    ['adds', { a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    ['removes', { a: 'b' }, { a: null }, {}],
    ['replaces arrays', { a: ['b'] }, { a: 'c' }, { a: 'c' }],
    ['goes deeper', { a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    ['drops nulls below', { e: null }, { a: { bb: { ccc: null } } }, { e: null, a: { bb: {} } }],
  ])('RFC 7396: %s', (_title, before, mergePatch, after) => {
    expect(applyPatch(before, patchFromMergePatch(before, mergePatch))).toEqual({ ok: true, value: after });
  });

  it.each<[string, JsonValue]>([
    ['a', 1],
    ['/a/b', 1],
    ['/~2', 1],
  ])('an operation at %s is refused', (path, value) => {
    expect(applyPatch({ a: 1 }, [{ op: 'add', path, value }]).ok).toBe(false);
  });
});
