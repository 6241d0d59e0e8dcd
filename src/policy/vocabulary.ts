import { type JsonValue, isJsonObject } from '../base/json.ts';
import { type RuleKind, type Term, ruleKinds } from './lattice.ts';
import { readMap } from './permission-map.ts';

/** What a decision is about; its keys are `<family>.<name>`, the name exact or with `*` for any text. */
export const families = ['engine', 'write', 'agent.write', 'client', 'lease'] as const;
export type Family = (typeof families)[number];

export const lifetimeKey = 'lease.lifetime_hours';
/** What agents may use: answers for tools, engines and capabilities. */
export const permissionsKey = 'permissions';
/** Rules for applications: the daemon joins and serves them, and obeys none of them itself. */
export const applicationPrefix = 'app.';

/** One line for each group of keys that this build knows, for people. */
export const vocabulary: readonly {
  readonly key: string;
  readonly kinds: readonly RuleKind[];
  readonly says: string;
}[] = [
  { key: 'engine.<collection>', kinds: ['decision'], says: 'may the engine of this collection work here' },
  { key: 'write.<collection>', kinds: ['decision'], says: 'may records change, by whomever, here or elsewhere' },
  { key: 'agent.write.<collection>', kinds: ['decision'], says: 'may agents change records, beside write' },
  { key: 'client.<capability>', kinds: ['decision'], says: 'may programs with a token of their own do this' },
  { key: 'lease.<capability>', kinds: ['decision'], says: 'may agents be lent this capability' },
  { key: lifetimeKey, kinds: ['max'], says: 'how long a lease may live, in hours' },
  {
    key: permissionsKey,
    kinds: ['map'],
    says: 'which tools, engines and capabilities agents may use: allow, ask or deny',
  },
  { key: 'app.<anything>', kinds: ruleKinds, says: 'what applications ask for; served, not obeyed here' },
];

const longestKey = 128;
const mostStars = 4;
const namePattern = /^[a-z0-9_.*-]+$/;
const keyPattern = /^[a-z0-9_.-]+$/;

/** What a key is about. `pattern` covers the names of its family that it speaks of. */
export type Subject =
  | { readonly kind: 'family'; readonly family: Family; readonly pattern: string }
  | { readonly kind: 'value'; readonly kinds: readonly RuleKind[] }
  | { readonly kind: 'unknown' };

export function subjectOf(key: string): Subject {
  if (key === lifetimeKey) {
    return { kind: 'value', kinds: ['max'] };
  }
  if (key === permissionsKey) {
    return { kind: 'value', kinds: ['map'] };
  }
  if (key.startsWith(applicationPrefix)) {
    return key.length <= longestKey && keyPattern.test(key) ? { kind: 'value', kinds: ruleKinds } : { kind: 'unknown' };
  }
  const family = families.find((name) => key.startsWith(`${name}.`));
  return family === undefined ? { kind: 'unknown' } : { kind: 'family', family, pattern: key.slice(family.length + 1) };
}

/** Why a rule cannot be written here, in words; undefined when it can. `rule` is what the term was read from. */
export function faultOfRule(key: string, term: Term, rule?: JsonValue): string | undefined {
  const subject = subjectOf(key);
  if (subject.kind === 'unknown' || (subject.kind === 'family' && !isReadableName(key, subject.pattern))) {
    return `"${key}" is no key that this build knows. Known are ${vocabulary.map((line) => line.key).join(', ')}; a name may hold up to ${mostStars} "*".`;
  }
  const kinds = subject.kind === 'family' ? (['decision'] as const) : subject.kinds;
  if (term.kind === 'top') {
    const map = mapFault(rule);
    return map !== undefined
      ? `The map of "${key}" cannot be read. ${map}`
      : `The value of "${key}" does not fit its kind: a decision is deny, require_review or allow, max and min are numbers, sets are lists of text, and a map has an answer for each pattern.`;
  }
  return kinds.some((kind) => kind === term.kind)
    ? undefined
    : `"${key}" takes a rule of kind ${kinds.join(', ')}, and this one is of kind ${term.kind}.`;
}

function mapFault(rule: JsonValue | undefined): string | undefined {
  const { kind, value } = isJsonObject(rule) ? rule : {};
  const maps = Array.isArray(value) ? (value as readonly JsonValue[]) : [value];
  const faults = maps.map(readMap).flatMap((read) => (read.ok ? [] : [read.error.words]));
  return kind === 'map' ? faults[0] : undefined;
}

/** True for a name behind a family that can be looked for. */
export function isReadableName(key: string, pattern: string): boolean {
  return key.length <= longestKey && namePattern.test(pattern) && pattern.split('*').length - 1 <= mostStars;
}
