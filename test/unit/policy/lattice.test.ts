import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/base/json.ts';
import { type Term, isAtLeast, join, largestSet, ruleOf, sameTerm, termOf } from '../../../src/policy/lattice.ts';
import { type PermissionMap, askMap, largestMap, strongest } from '../../../src/policy/permission-map.ts';
import { anyMap, anyRule } from './terms.ts';

const denied: Term = { kind: 'top', reasonCode: 'policy_denied' };
const unknown: Term = { kind: 'top', reasonCode: 'migration_required' };
const mapTerm = (...value: readonly PermissionMap[]): Term => ({ kind: 'map', value });
/** A map of so many patterns, by a name of its own. */
const bigMap = (name: string, size = largestMap): JsonObject =>
  Object.fromEntries(numbered(size, `tool:${name}`).map((pattern) => [pattern, 'deny']));
const numbered = (count: number, prefix = 'm'): string[] => Array.from({ length: count }, (_, at) => `${prefix}${at}`);

describe('1, 2 what a rule says', () => {
  it.each<[JsonValue, Term]>([
    [
      { kind: 'decision', value: 'allow' },
      { kind: 'decision', value: 'allow' },
    ],
    [{ kind: 'decision', value: 'Allow' }, denied],
    [{ kind: 'decision', value: null }, denied],
    [{ kind: 'decision' }, denied],
    [
      { kind: 'max', value: -0 },
      { kind: 'max', value: 0 },
    ],
    [{ kind: 'max', value: '3' }, denied],
    [
      { kind: 'min', value: 2.5 },
      { kind: 'min', value: 2.5 },
    ],
    [
      { kind: 'allowset', value: ['b', 'a', 'b'] },
      { kind: 'allowset', value: ['a', 'b'] },
    ],
    [{ kind: 'allowset', value: ['a', 1] }, denied],
    [{ kind: 'denyset', value: 'a' }, denied],
    [{ kind: 'denyset', value: ['x'.repeat(257)] }, denied],
    [{ kind: 'denyset', value: numbered(largestSet + 1) }, denied],
    [
      { kind: 'map', value: { 'tool:b': 'ask', 'tool:a': 'deny' } },
      mapTerm([
        ['tool:a', 'deny'],
        ['tool:b', 'ask'],
      ]),
    ],
    [{ kind: 'map', value: {} }, mapTerm()],
    [{ kind: 'map', value: [{ '*': 'ask' }, {}, { '*': 'ask' }] }, mapTerm([['*', 'ask']])],
    [{ kind: 'map', value: [] }, denied],
    [{ kind: 'map', value: [[{ '*': 'ask' }]] }, denied],
    [{ kind: 'map', value: { 'tool:a': 'never' } }, denied],
    [{ kind: 'map', value: { 'file:a': 'deny' } }, unknown],
    [{ kind: 'map', value: [{ 'file:a': 'deny' }, { 'tool:a': 'never' }] }, denied],
    [{ kind: 'regex', value: '.*' }, unknown],
    [{ value: 'deny' }, unknown],
    ['deny', denied],
    [null, denied],
    [['decision'], denied],
  ])('%j', (rule, term) => {
    expect(termOf(rule)).toEqual(term);
  });

  it('is read back from the rule that it is written as', () => {
    fc.assert(
      fc.property(anyRule, (rule) => {
        expect(termOf(ruleOf(termOf(rule)))).toEqual(termOf(rule));
      }),
    );
  });
});

describe('the join', () => {
  it.each<[JsonValue, JsonValue, Term]>([
    [
      { kind: 'decision', value: 'allow' },
      { kind: 'decision', value: 'deny' },
      { kind: 'decision', value: 'deny' },
    ],
    [
      { kind: 'decision', value: 'require_review' },
      { kind: 'decision', value: 'allow' },
      { kind: 'decision', value: 'require_review' },
    ],
    [
      { kind: 'max', value: 5 },
      { kind: 'max', value: 3 },
      { kind: 'max', value: 3 },
    ],
    [
      { kind: 'min', value: 5 },
      { kind: 'min', value: 3 },
      { kind: 'min', value: 5 },
    ],
    [
      { kind: 'allowset', value: ['a', 'b'] },
      { kind: 'allowset', value: ['b', 'c'] },
      { kind: 'allowset', value: ['b'] },
    ],
    [
      { kind: 'denyset', value: ['a'] },
      { kind: 'denyset', value: ['b'] },
      { kind: 'denyset', value: ['a', 'b'] },
    ],
    [
      { kind: 'map', value: { 'tool:Bash*': 'deny' } },
      { kind: 'map', value: { 'tool:Bash(git *)': 'allow' } },
      mapTerm([['tool:Bash(git *)', 'allow']], [['tool:Bash*', 'deny']]),
    ],
    [{ kind: 'map', value: {} }, { kind: 'map', value: { '*': 'ask' } }, mapTerm([['*', 'ask']])],
    [
      { kind: 'map', value: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((name) => bigMap(name)) },
      { kind: 'map', value: { '*': 'ask' } },
      denied,
    ],
    [{ kind: 'max', value: 5 }, { kind: 'min', value: 5 }, denied],
    [{ kind: 'decision', value: 'allow' }, { kind: 'allowset', value: ['a'] }, denied],
    [{ kind: 'decision', value: 'deny' }, { kind: 'regex', value: 1 }, unknown],
    [{ kind: 'denyset', value: numbered(largestSet) }, { kind: 'denyset', value: ['one more'] }, denied],
  ])('%j with %j', (left, right, expected) => {
    expect(join(termOf(left), termOf(right))).toEqual(expected);
    expect(join(termOf(right), termOf(left))).toEqual(expected);
  });

  const term = anyRule.map(termOf);

  it('3 is commutative', () => {
    fc.assert(
      fc.property(term, term, (left, right) => {
        expect(join(left, right)).toEqual(join(right, left));
      }),
    );
  });

  it('3 is associative', () => {
    fc.assert(
      fc.property(term, term, term, (one, two, three) => {
        expect(join(join(one, two), three)).toEqual(join(one, join(two, three)));
      }),
    );
  });

  it('3 is idempotent', () => {
    fc.assert(
      fc.property(term, (one) => {
        expect(join(one, one)).toEqual(one);
      }),
    );
  });

  it('3 never weakens: it is at least as strong as both', () => {
    fc.assert(
      fc.property(term, term, (left, right) => {
        const both = join(left, right);
        expect(isAtLeast(both, left) && isAtLeast(both, right)).toBe(true);
      }),
    );
  });

  it('82 of maps says of every target the strongest of what they say', () => {
    const answerOf = (term: Term, target: string): string =>
      term.kind === 'map' ? strongest(term.value.flatMap((map) => askMap(map, target)?.answer ?? [])) : 'deny';
    const targets = fc.constantFrom('tool:Bash', 'tool:bash', 'tool:Read', 'engine:shell', 'tool:B\u0430sh');
    fc.assert(
      fc.property(anyMap, anyMap, targets, (left, right, target) => {
        const [one, other] = [termOf({ kind: 'map', value: left }), termOf({ kind: 'map', value: right })];
        const said = [answerOf(one, target), answerOf(other, target)] as Parameters<typeof strongest>[0];
        expect(answerOf(join(one, other), target)).toBe(strongest(said));
      }),
    );
  });

  it('strength is an order: what is at least as strong both ways is the same', () => {
    fc.assert(
      fc.property(term, term, (left, right) => {
        expect(isAtLeast(left, right) && isAtLeast(right, left)).toBe(sameTerm(left, right));
      }),
    );
  });
});
