import { type JsonObject, type JsonValue, isJsonObject } from '../base/json.ts';
import type { ReasonCode } from '../contract/reasons.ts';
import { type PermissionMap, largestMap, mapJson, readMap } from './permission-map.ts';

export const ruleKinds = ['decision', 'max', 'min', 'allowset', 'denyset', 'map'] as const;
export type RuleKind = (typeof ruleKinds)[number];

/** From the weakest to the strongest. */
export const decisions = ['allow', 'require_review', 'deny'] as const;
export type Decision = (typeof decisions)[number];

/** Why a term is the most restrictive there is: what it says cannot be, or this build does not know what it says. */
export type TopReason = Extract<ReasonCode, 'policy_denied' | 'migration_required'>;

/**
 * What one rule says. The terms of one kind form a join semilattice, and `top` stands above all of them: it allows
 * nothing, whatever is asked.
 */
export type Term =
  | { readonly kind: 'decision'; readonly value: Decision }
  | { readonly kind: 'max' | 'min'; readonly value: number }
  /** Sorted, each once. */
  | { readonly kind: 'allowset' | 'denyset'; readonly value: readonly string[] }
  /** Each is asked by itself. Sorted, each once, none empty. */
  | { readonly kind: 'map'; readonly value: readonly PermissionMap[] }
  | { readonly kind: 'top'; readonly reasonCode: TopReason };

export const largestSet = 1024;
export const longestMember = 256;
/** Patterns of all maps that were joined. */
export const mostPatterns: number = 8 * largestMap;

const invalid: Term = { kind: 'top', reasonCode: 'policy_denied' };
export const unknownTerm: Term = { kind: 'top', reasonCode: 'migration_required' };

/** What a rule as JSON says. Never throws; what cannot be understood is `top`. */
export function termOf(rule: JsonValue | undefined): Term {
  if (!isJsonObject(rule)) {
    return invalid;
  }
  const { value } = rule;
  const kind = ruleKinds.find((name) => name === rule['kind']);
  switch (kind) {
    case 'decision':
      return decisions.includes(value as Decision) ? { kind, value: value as Decision } : invalid;
    case 'max':
    case 'min':
      // A zero has no sign here: the lesser of 0 and -0 would depend on who comes first.
      return typeof value === 'number' && Number.isFinite(value) ? { kind, value: value === 0 ? 0 : value } : invalid;
    case 'allowset':
    case 'denyset':
      return isSet(value) ? { kind, value: sortedOnce(value) } : invalid;
    case 'map':
      return mapsTerm(value);
    case undefined:
      return unknownTerm;
  }
}

/** The rule that says this; {@link termOf} reads it back. */
export function ruleOf(term: Term): JsonObject {
  if (term.kind === 'top') {
    return { kind: term.reasonCode === 'migration_required' ? 'unknown' : 'decision', value: null };
  }
  if (term.kind !== 'map') {
    return { kind: term.kind, value: term.value };
  }
  const [first = [], ...others] = term.value;
  return { kind: 'map', value: others.length === 0 ? mapJson(first) : term.value.map(mapJson) };
}

/**
 * The weakest term that is as strong as both: associative, commutative, idempotent, and never weaker than either.
 * Terms of different kinds cannot both be obeyed: nothing is allowed then.
 */
export function join(left: Term, right: Term): Term {
  if (left.kind === 'top' || right.kind === 'top') {
    return isUnknown(left) || isUnknown(right) ? unknownTerm : invalid;
  }
  if (left.kind === 'decision' && right.kind === 'decision') {
    return decisions.indexOf(left.value) >= decisions.indexOf(right.value) ? left : right;
  }
  if (left.kind === 'max' && right.kind === 'max') {
    return left.value <= right.value ? left : right;
  }
  if (left.kind === 'min' && right.kind === 'min') {
    return left.value >= right.value ? left : right;
  }
  if (left.kind === 'allowset' && right.kind === 'allowset') {
    const both = new Set(right.value);
    return { kind: 'allowset', value: left.value.filter((member) => both.has(member)) };
  }
  if (left.kind === 'denyset' && right.kind === 'denyset') {
    const either = sortedOnce([...left.value, ...right.value]);
    return either.length <= largestSet ? { kind: 'denyset', value: either } : invalid;
  }
  return left.kind === 'map' && right.kind === 'map' ? joinedMaps([...left.value, ...right.value]) : invalid;
}

/** True when nothing that `strong` forbids would be allowed less by joining `weak` to it. */
export function isAtLeast(strong: Term, weak: Term): boolean {
  return sameTerm(join(strong, weak), strong);
}

export function sameTerm(left: Term, right: Term): boolean {
  return JSON.stringify(ruleOf(left)) === JSON.stringify(ruleOf(right));
}

function isUnknown(term: Term): boolean {
  return term.kind === 'top' && term.reasonCode === 'migration_required';
}

function isSet(value: JsonValue | undefined): value is readonly string[] {
  const fits = Array.isArray(value) && value.length <= largestSet;
  return fits && value.every((member) => typeof member === 'string' && member.length <= longestMember);
}

/** One map, or several that were joined. */
function mapsTerm(value: JsonValue | undefined): Term {
  const read = (Array.isArray(value) ? (value as readonly JsonValue[]) : [value]).map(readMap);
  const faults = read.flatMap((one) => (one.ok ? [] : [one.error]));
  if (faults.length > 0 || read.length === 0) {
    return faults.length > 0 && faults.every(({ later }) => later) ? unknownTerm : invalid;
  }
  return joinedMaps(read.flatMap((one) => (one.ok ? [one.value] : [])));
}

/**
 * The longest pattern decides inside a map, so that maps cannot be joined pattern by pattern: a long one that allows would
 * silence the short one of another map that denies. They stay apart, and the strongest of their answers holds.
 */
function joinedMaps(maps: readonly PermissionMap[]): Term {
  const byText = new Map(maps.filter((map) => map.length > 0).map((map) => [JSON.stringify(map), map]));
  const value = [...byText].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, map]) => map);
  return value.reduce((sum, map) => sum + map.length, 0) <= mostPatterns ? { kind: 'map', value } : invalid;
}

function sortedOnce(members: readonly string[]): readonly string[] {
  return [...new Set(members)].sort();
}
