import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/base/json.ts';
import { type SyncedLayer, documentOf, mostRules } from '../../../src/policy/document.ts';
import {
  type EffectivePolicy,
  type LayeredDocument,
  effectivePolicy,
  floorDocument,
} from '../../../src/policy/effective.ts';
import { covers } from '../../../src/policy/glob.ts';
import { decisions } from '../../../src/policy/lattice.ts';

const decision = (value: JsonValue): JsonObject => ({ kind: 'decision', value });
const allow = decision('allow');
const review = decision('require_review');
const deny = decision('deny');

function layer(name: SyncedLayer, rules: JsonObject, isRemote = true): LayeredDocument {
  const document = documentOf({ layer: name, generation: 1, rules });
  if (document === undefined) {
    throw new Error('the test writes a document');
  }
  return { layer: name, source: name, document, isRemote };
}

describe('11, 30 what holds', () => {
  it.each<[string, readonly LayeredDocument[], string, string | null]>([
    ['nobody speaks', [], 'allow', null],
    ['one allows', [layer('org', { 'write.shell': allow }, false)], 'allow', null],
    ['one denies', [layer('org', { 'write.shell': deny }, false)], 'deny', 'policy_denied'],
    ['one asks', [layer('org', { 'write.shell': review }, false)], 'require_review', 'manual_review_required'],
    [
      'a weaker layer of another device',
      [layer('org', { 'write.shell': deny }, false), layer('workspace', { 'write.shell': allow })],
      'deny',
      'remote_policy_weaker',
    ],
    [
      'the floor is stronger',
      [floorDocument({ 'write.shell': deny }), layer('org', { 'write.shell': allow })],
      'deny',
      'local_policy_stronger',
    ],
    ['another device says it first', [layer('org', { 'write.shell': allow })], 'allow', 'remote_policy_newer'],
    ['a pattern covers it', [layer('org', { 'write.*': deny }, false)], 'deny', 'policy_denied'],
    ['a pattern of another family', [layer('org', { 'engine.*': deny }, false)], 'allow', null],
    ['a value that is none', [layer('org', { 'write.shell': decision('perhaps') })], 'deny', 'policy_denied'],
    [
      'a kind that does not fit',
      [layer('org', { 'write.shell': { kind: 'max', value: 1 } })],
      'deny',
      'migration_required',
    ],
    [
      'a kind that nobody knows',
      [layer('org', { 'write.shell': { kind: 'later', value: 1 } })],
      'deny',
      'migration_required',
    ],
    [
      'two kinds for one key',
      [layer('org', { 'write.shell': allow }), layer('repo', { 'write.shell': { kind: 'min', value: 1 } })],
      'deny',
      'migration_required',
    ],
  ])('%s', (_title, documents, expected, reasonCode) => {
    expect(effectivePolicy(documents).decide('write', 'shell')).toEqual({ decision: expected, reasonCode });
  });

  it('12 a document of too many rules denies everything', () => {
    const rules = Object.fromEntries(Array.from({ length: mostRules + 1 }, (_, index) => [`app.k${index}`, allow]));
    const policy = effectivePolicy([layer('org', rules)]);
    expect(policy.decide('write', 'shell').decision).toBe('deny');
    expect(policy.longestLeaseHours()).toBe(0);
  });

  it.each([
    ['a name that cannot be read', 'write.Shell!'],
    ['a pattern of too many stars', 'write.a*b*c*d*e*'],
    ['a huge pattern', `write.${'a*'.repeat(5000)}`],
    ['no name', 'write.'],
  ])('21 %s speaks of its whole family, and denies it', (_title, key) => {
    const policy = effectivePolicy([layer('org', { [key]: allow })]);
    expect(policy.decide('write', 'memory')).toEqual({ decision: 'deny', reasonCode: 'migration_required' });
    expect(policy.decide('engine', 'memory').decision).toBe('allow');
  });

  it('49 what cannot be read at all is a word on every key', () => {
    const rules = Object.fromEntries(Array.from({ length: mostRules + 1 }, (_, index) => [`app.k${index}`, allow]));
    const effect = effectivePolicy([layer('org', rules)]).of('write.shell');
    expect(effect.words).toMatchObject([{ layer: 'org', key: '*' }]);
    expect(effect.reasonCode).toBe('migration_required');
  });

  it('22 a key that this build does not know denies, said or not', () => {
    for (const documents of [[], [layer('org', { 'wirte.shell': allow })]]) {
      expect(effectivePolicy(documents).of('wirte.shell')).toMatchObject({ reasonCode: 'migration_required' });
    }
    expect(effectivePolicy([]).of('app.limit')).toEqual({ term: undefined, reasonCode: null, words: [] });
  });

  it('40 what was asked before is answered alike, after many other questions too', () => {
    const policy = effectivePolicy([layer('org', { 'lease.n7': deny })]);
    for (let at = 0; at < 5000; at++) {
      policy.decide('lease', `n${at}`);
    }
    expect(policy.decide('lease', 'n7').decision).toBe('deny');
  });

  it('20 the life of a lease is the least of what layers say', () => {
    const hours = (value: number): JsonObject => ({ 'lease.lifetime_hours': { kind: 'max', value } });
    expect(effectivePolicy([layer('org', hours(8)), layer('repo', hours(2))]).longestLeaseHours()).toBe(2);
    expect(effectivePolicy([]).longestLeaseHours()).toBeUndefined();
  });

  it('15 never becomes weaker by one document more, and says the same in any order', () => {
    const rule = fc.oneof(
      fc.constantFrom(...decisions).map(decision),
      fc.record({ kind: fc.constantFrom('max', 'later'), value: fc.integer() }),
      fc.jsonValue().map((value) => decision(value as JsonValue)),
    );
    const key = fc.constantFrom('write.shell', 'write.*', 'write.s*l', 'write.memory', 'engine.shell', 'unknown.key');
    const document = fc
      .tuple(
        fc.constantFrom<SyncedLayer>('org', 'workspace', 'repo', 'profile'),
        fc.dictionary(key, rule, { maxKeys: 4 }),
      )
      .map(([name, rules]) => layer(name, rules as JsonObject));
    const strength = (policy: EffectivePolicy): number => decisions.indexOf(policy.decide('write', 'shell').decision);
    fc.assert(
      fc.property(fc.array(document, { maxLength: 4 }), document, (documents, more) => {
        const before = strength(effectivePolicy(documents));
        const after = strength(effectivePolicy([...documents, more]));
        expect(after).toBeGreaterThanOrEqual(before);
        expect(strength(effectivePolicy([more, ...documents].toReversed()))).toBe(after);
      }),
    );
  });
});

describe('21 a pattern', () => {
  it.each<[string, string, boolean]>([
    ['shell', 'shell', true],
    ['shell', 'shells', false],
    ['*', '', true],
    ['s*l', 'shell', true],
    ['s*l', 'sl', true],
    ['sh*hell', 'shell', false],
    ['*h*l*', 'shell', true],
    ['a*b*c', 'abc', true],
    ['a*b*c', 'acb', false],
    ['*ll*ll', 'shell', false],
  ])('%s covers %s: %s', (pattern, name, expected) => {
    expect(covers(pattern, name)).toBe(expected);
  });

  it('costs little, whatever it is matched against', () => {
    expect(covers('*a*a*a*b', 'a'.repeat(100_000))).toBe(false);
  });
});
