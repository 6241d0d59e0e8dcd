import { canonicalText } from '../base/canonical-json.ts';
import type { JsonObject, JsonValue } from '../base/json.ts';
import { coversParts } from './glob.ts';
import { type PermissionAnswer, type PermissionMap, literalsOf, permissionAnswers, readMap } from './permission-map.ts';

/** Whoever looks sees some, and how many more there are. */
const mostNamed = 8;

/**
 * What an agent may use by one version of its record and could not by the one before, in words: tools that were added, and
 * entries of its map that are gone, weaker, or weaker than what held for them. Empty where nothing is wider, and for a
 * record that had not been there.
 */
export function widenings(before: JsonObject | null, after: JsonObject | null): readonly string[] {
  if (before === null) {
    return [];
  }
  const all = [
    ...toolsAdded(before['tools'], after?.['tools']),
    ...permissionsWidened(before['permissions'], after?.['permissions']),
  ];
  return all.length <= mostNamed ? all : [...all.slice(0, mostNamed), `and ${all.length - mostNamed} more`];
}

function toolsAdded(before: JsonValue | undefined, after: JsonValue | undefined): readonly string[] {
  const had = new Set(namesIn(before));
  return [...new Set(namesIn(after))].filter((name) => !had.has(name)).map((name) => `the tool ${name} is new`);
}

function namesIn(tools: JsonValue | undefined): readonly string[] {
  return Array.isArray(tools)
    ? (tools as readonly JsonValue[]).map((tool) => (typeof tool === 'string' ? tool : canonicalText(tool)))
    : [];
}

function permissionsWidened(before: JsonValue | undefined, after: JsonValue | undefined): readonly string[] {
  if (before === undefined) {
    return [];
  }
  const had = readMap(before);
  const has = readMap(after ?? {});
  if (!had.ok || !has.ok) {
    return has.ok ? ['its permissions could not be read, which denied everything'] : [];
  }
  const [old, now] = [new Map(had.value), new Map(has.value)];
  const weaker = had.value.flatMap(([pattern, answer]) => weakened(pattern, answer, now.get(pattern)));
  const fresh = has.value.filter(([pattern]) => !old.has(pattern));
  return [...weaker, ...fresh.flatMap(([pattern, answer]) => opened(had.value, pattern, answer))];
}

function weakened(pattern: string, was: PermissionAnswer, is: PermissionAnswer | undefined): readonly string[] {
  if (!isWeaker(is ?? 'allow', was)) {
    return [];
  }
  return [is === undefined ? `${pattern} said ${was} and is gone` : `${pattern} said ${was} and says ${is}`];
}

/** A new pattern decides where it is the longer one: there what held before may be stronger. */
function opened(before: PermissionMap, pattern: string, is: PermissionAnswer): readonly string[] {
  const over = before.find(
    ([other, held]) => isWeaker(is, held) && literalsOf(other) <= literalsOf(pattern) && mayMeet(pattern, other),
  );
  return over === undefined ? [] : [`${pattern} says ${is}, where ${over[0]} says ${over[1]}`];
}

/** False only where no name is covered by both: they begin, or end, otherwise. */
function mayMeet(left: string, right: string): boolean {
  const [one, other] = [left.split('*'), right.split('*')];
  if (one.length === 1 || other.length === 1) {
    return one.length === 1 ? coversParts(other, left) : coversParts(one, right);
  }
  const [start, end] = [one[0] ?? '', one.at(-1) ?? ''];
  const [otherStart, otherEnd] = [other[0] ?? '', other.at(-1) ?? ''];
  return (
    (start.startsWith(otherStart) || otherStart.startsWith(start)) && (end.endsWith(otherEnd) || otherEnd.endsWith(end))
  );
}

function isWeaker(one: PermissionAnswer, other: PermissionAnswer): boolean {
  return permissionAnswers.indexOf(one) < permissionAnswers.indexOf(other);
}
