import type { PolicyKeyBody, RuleBody } from '../../src/api/types/policy.ts';
import type { JsonValue } from '../../src/base/json.ts';
import { isObject } from '../differences/members.ts';
import { counted, shown, spoken } from '../ground/words.ts';

/** A rule as a person says it. */
export function ruleWords(rule: RuleBody | null): string {
  if (rule === null) {
    return 'allowed, because no layer says anything';
  }
  const { kind, value = null } = rule;
  switch (kind) {
    case 'decision':
      return decisionWords[String(value)] ?? 'denied, because it cannot be read';
    case 'max':
    case 'min':
      return `at ${kind === 'max' ? 'most' : 'least'} ${String(value)}`;
    case 'allowset':
    case 'denyset':
      return `${kind === 'allowset' ? 'only' : 'never'} ${members(value)}`;
    case 'map':
      return `a map of ${counted(patternsOf(rule).length, 'pattern')}`;
    default:
      return 'denied, because this build cannot read it';
  }
}

const decisionWords: Readonly<Record<string, string>> = {
  ...{ allow: 'allowed', deny: 'denied', require_review: 'a person is asked' },
};

function members(value: JsonValue): string {
  const list = Array.isArray(value) ? value.map(String) : [];
  return list.length === 0 ? 'nothing' : shown(list.join(', '));
}

/** Pattern and answer of every map of a rule; none for other kinds. */
export function patternsOf({ kind, value }: RuleBody): readonly (readonly [pattern: string, answer: string])[] {
  const maps: readonly JsonValue[] = Array.isArray(value) ? value : [value ?? null];
  return kind === 'map'
    ? maps.flatMap((map) =>
        isObject(map) ? Object.entries(map).map(([pattern, answer]) => [pattern, String(answer)] as const) : [],
      )
    : [];
}

const reasons: Readonly<Record<string, string>> = {
  local_policy_stronger: 'The floor of this device is stronger than what is shared, and no layer weakens it.',
  remote_policy_weaker: 'What another device wrote is weaker, and does not weaken it.',
  remote_policy_newer: 'Another device wrote it, in a newer generation than was here.',
  policy_denied: 'Whoever speaks of it denies it.',
  manual_review_required: 'Whoever speaks of it asks for a person.',
  migration_required: 'A newer build wrote what this one cannot read; until it is upgraded that is denied.',
};

/** Why what holds does: which layer is weaker, newer or stronger. */
export function whyItHolds({ reasonCode, words }: PolicyKeyBody): string {
  if (reasonCode !== null) {
    return reasons[reasonCode] ?? `Reason: ${spoken(reasonCode)}.`;
  }
  return words.length > 1 ? 'The strongest word holds: no layer weakens another.' : 'No other layer speaks of it.';
}
