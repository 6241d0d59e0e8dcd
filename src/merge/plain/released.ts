import type { ChangeId } from '../../base/ids.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../../base/json.ts';
import { err } from '../../base/result.ts';
import { type LoggedChange, compareChanges } from '../../contract/change.ts';
import type { RecordRow, RecordState } from '../../contract/record.ts';
import type { Plan, PlanInput, Strategy } from '../../contract/strategy.ts';
import { draftJson } from '../values/draft.ts';
import { applyPatch, parsePatch } from '../values/json-patch.ts';
import {
  alreadyKnown,
  applied,
  decisionUnknown,
  isRemoval,
  malformedChange,
  putFields,
  refused,
  rowOf,
} from '../values/plan.ts';

/**
 * The last writer by compareChanges wins, over the changes that were released or written here. What is merely held in
 * quarantine has no effect: the row remembers which changes count. Losers stay in history.
 */
export const released: Strategy = {
  name: 'quarantine',
  draft: (intent, context) => draftJson(intent, context),
  decide: () => err(decisionUnknown),
  needsHistory: (change, row) => row !== undefined && change.stamp <= row.stamp,
  plan,
};

function plan({ change, row, history }: PlanInput): Plan {
  if (row?.heads.includes(change.changeId) || countingIds(row).includes(change.changeId)) {
    return alreadyKnown;
  }
  if (!isWellFormed(change)) {
    return refused(malformedChange);
  }
  if (row === undefined || change.stamp > row.stamp) {
    return applied(appended(change, row));
  }
  const counting = countingIds(row);
  const earlier = history.filter((known) => counting.includes(known.changeId));
  // A later change of the same line may have counted before and been overtaken since, so all of history is asked.
  const isOvertaken = history.some((known) => known.parents.includes(change.changeId));
  return applied(replayed([...earlier, change], isOvertaken ? row.heads : headsWith(change, row)));
}

/** The change is later than everything that counts: one step on from the row. */
function appended(change: LoggedChange, row: RecordRow | undefined): RecordRow {
  const counting = startsAnew(change) ? [] : countingIds(row);
  const strategyState = { counting: [...counting, change.changeId] };
  return rowOf(change, { ...stepped(row, change), heads: headsWith(change, row), strategyState });
}

function replayed(changes: readonly LoggedChange[], heads: readonly ChangeId[]): RecordRow {
  const ordered = [...changes].sort(compareChanges);
  const start = Math.max(ordered.findLastIndex(startsAnew), 0);
  const effective = ordered.slice(start);
  let view: View = { state: 'absent', fields: null };
  for (const next of effective) {
    view = stepped(view, next);
  }
  const strategyState = { counting: effective.map(({ changeId }) => changeId) };
  return rowOf(effective.at(-1) as LoggedChange, { ...view, heads, strategyState });
}

interface View {
  readonly state: RecordState;
  readonly fields: JsonObject | null;
}

function stepped(before: View | undefined, change: LoggedChange): View {
  if (isRemoval(change)) {
    return { state: 'tombstoned', fields: null };
  }
  const patch = change.operation === 'patch' ? parsePatch(change.value) : undefined;
  if (patch === undefined) {
    return { state: 'live', fields: putFields(change) ?? null };
  }
  const live = before?.fields ?? null;
  // A patch of what is not live has nothing to stand on; it stays in history.
  return live === null
    ? { state: before?.state ?? 'absent', fields: null }
    : { state: 'live', fields: patched(live, patch) };
}

function patched(fields: JsonObject, patch: NonNullable<ReturnType<typeof parsePatch>>): JsonObject {
  const result = applyPatch(fields, patch);
  return result.ok ? result.value : fields;
}

function headsWith(change: LoggedChange, row: RecordRow | undefined): readonly ChangeId[] {
  const rest = (row?.heads ?? []).filter((head) => !change.parents.includes(head));
  return [...rest, change.changeId].sort();
}

function startsAnew(change: LoggedChange): boolean {
  return isRemoval(change) || change.operation === 'put';
}

function isWellFormed(change: LoggedChange): boolean {
  return (
    isRemoval(change) ||
    putFields(change) !== undefined ||
    (change.operation === 'patch' && parsePatch(change.value) !== undefined)
  );
}

function countingIds(row: RecordRow | undefined): readonly ChangeId[] {
  const state: JsonValue = row?.strategyState ?? null;
  const counting = isJsonObject(state) ? state['counting'] : undefined;
  return Array.isArray(counting) ? (counting as unknown as ChangeId[]) : [];
}
