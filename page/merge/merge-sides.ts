import type { ReviewDetailBody } from '../../src/api/types/reviews.ts';
import type { JsonObject, JsonValue } from '../../src/base/json.ts';
import { isObject, membersOf, textOf } from '../differences/members.ts';
import { valueAt } from '../queue/sides.ts';
import { mergeLines } from './merge-lines.ts';

/** The whole record as either side has it; the base is null where nobody knows what they began with. */
export interface MergeSides {
  readonly base: JsonObject | null;
  readonly mine: JsonObject;
  readonly theirs: JsonObject;
}

/** One member that is written by hand. */
export interface MergeMember {
  readonly name: string;
  /** As either side has it; null where it is not there. */
  readonly mine: string | null;
  readonly theirs: string | null;
  readonly base: string | null;
  /** What the hand begins with: both sides in one, with marks where they contradict each other. */
  readonly start: string;
}

/** What of an item is merged by hand; undefined where neither side is a record. */
export function sidesOf({ kind, live, merge, alternatives }: ReviewDetailBody): MergeSides | undefined {
  if (kind === 'brake' || kind === 'approval') {
    return undefined;
  }
  if (merge !== null) {
    const { base, merged, proposed, conflicts } = merge;
    const theirs = conflicts.reduce<JsonValue>(
      (fields, path) => withValueAt(fields, path.split('/').slice(1), valueAt(proposed, path)),
      merged,
    );
    return { base, mine: merged, theirs: isObject(theirs) ? theirs : merged };
  }
  const other = alternatives[1];
  const value = other === undefined || other.deleted ? undefined : other.value;
  const mine = live ?? (value !== undefined && isObject(value) ? value : undefined);
  if (mine === undefined) {
    return undefined;
  }
  const path = other?.path ?? '';
  const changed = path === '' ? (value ?? mine) : withValueAt(mine, path.split('/').slice(1), value);
  return { base: null, mine, theirs: isObject(changed) ? changed : mine };
}

/** The members that differ from what is live, or between the sides; all of them where none does. */
export function membersToMerge({ base, mine, theirs }: MergeSides, live: JsonObject | null): readonly MergeMember[] {
  const differing = [...membersOf(live, mine), ...membersOf(live, theirs), ...membersOf(mine, theirs)];
  const names = [...new Set(differing.map(({ name }) => name))];
  return (names.length > 0 ? names : Object.keys(mine)).map((name) => {
    const [one, other, before] = [mine, theirs, base ?? {}].map((side) =>
      side[name] === undefined ? null : textOf(side[name]),
    ) as [string | null, string | null, string | null];
    return { name, mine: one, theirs: other, base: before, start: mergeLines(before, one ?? '', other ?? '') };
  });
}

type ReadFields = { readonly ok: true; readonly fields: JsonObject } | { readonly ok: false; readonly name: string };

/** The record that was written: text stays text, and what was another value must still be one. */
export function fieldsOf({ mine, theirs }: MergeSides, texts: Readonly<Record<string, string>>): ReadFields {
  const fields: Record<string, JsonValue> = { ...mine };
  for (const [name, text] of Object.entries(texts)) {
    const before = mine[name] ?? theirs[name];
    if (mine[name] === undefined && text === '') {
      continue;
    }
    if (before === undefined || typeof before === 'string') {
      fields[name] = text;
      continue;
    }
    try {
      fields[name] = JSON.parse(text) as JsonValue;
    } catch {
      return { ok: false, name };
    }
  }
  return { ok: true, fields };
}

function withValueAt(value: JsonValue, [first, ...rest]: readonly string[], wanted: JsonValue | undefined): JsonValue {
  if (first === undefined) {
    return wanted ?? null;
  }
  const name = first.replaceAll('~1', '/').replaceAll('~0', '~');
  if (Array.isArray(value)) {
    return value.map((one, at) => (String(at) === name ? withValueAt(one, rest, wanted) : one));
  }
  const fields = isObject(value) ? value : {};
  if (rest.length === 0 && wanted === undefined) {
    return Object.fromEntries(Object.entries(fields).filter(([member]) => member !== name));
  }
  return { ...fields, [name]: withValueAt(fields[name] ?? {}, rest, wanted) };
}
