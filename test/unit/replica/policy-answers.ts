import { families } from '../../../src/policy/vocabulary.ts';
import type { EffectivePolicy } from '../../../src/policy/effective.ts';

const names = ['workspace', 'shell', 'presence', 'inbox', 'audit', 'records.write', 'admin'];

/** What a policy says of everything that the tests ask, for comparing two of them. */
export function answersOf(policy: EffectivePolicy): readonly string[] {
  const decisions = families.flatMap((family) =>
    names.map((name) => `${family}.${name} ${JSON.stringify(policy.decide(family, name))}`),
  );
  const rules = policy.keys().map((key) => `${key} ${JSON.stringify(policy.of(key).term)}`);
  return [...decisions, ...rules, `lifetime ${String(policy.longestLeaseHours())}`];
}
