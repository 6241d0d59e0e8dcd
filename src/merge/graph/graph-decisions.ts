import { valueAt } from '../../base/json-pointer.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import type { Result } from '../../base/result.ts';
import type { PatchOperation } from '../../contract/patch-operation.ts';
import type { RecordRow } from '../../contract/record.ts';
import type { Choice, ReviewItem } from '../../contract/review.ts';
import type { DecideContext, Decided, Draft } from '../../contract/strategy.ts';
import { type Refusal, refuse } from '../../contract/verdict.ts';
import { decideContested } from '../values/decide-contested.ts';
import { mergedOf } from './graph-state.ts';
import { diffPatch, overlaps } from '../values/json-patch.ts';
import { pathOf } from '../values/review-items.ts';

/** A decision about a node is a patch of it, a removal, or a command that approves what waits at a dangerous path. */
export function decideGraph(review: ReviewItem, choice: Choice, context: DecideContext): Result<Decided, Refusal> {
  return decideContested(review, choice, context, {
    accepted: (row) => accepted(review, row),
    rejected: (row) => rejected(review, row, context),
    merged: (row, fields) => merged(review, row, fields),
    noUndo: undoneByRollback,
    noKeepBoth: oneNode,
  });
}

function accepted(review: ReviewItem, row: RecordRow): Draft {
  const path = pathOf(review);
  if (review.kind === 'proposal') {
    const value = { decision: 'accept', path, proposals: review.changes };
    return { operation: 'command', parents: row.heads, value };
  }
  return path === '' ? patch(row, []) : patch(row, [settingAt(path, valueAt(mergedOf(row) ?? row.fields, path))]);
}

function rejected(review: ReviewItem, row: RecordRow, { manifest }: DecideContext): Draft {
  const path = pathOf(review);
  if (review.kind === 'proposal') {
    return patch(row, [settingAt(path, valueAt(row.fields, path))]);
  }
  if (path === '') {
    return { operation: manifest.supportsTombstones ? 'tombstone' : 'delete', parents: row.heads, value: null };
  }
  const other = review.alternatives[1];
  return patch(row, [settingAt(path, other?.deleted === false ? other.value : undefined)]);
}

/**
 * The edited record, written over all heads. The contested path is written whatever its value, which settles it; of a
 * record that was deleted elsewhere, the whole.
 */
function merged(review: ReviewItem, row: RecordRow, fields: JsonObject): Draft {
  const path = pathOf(review);
  if (path === '') {
    return { operation: 'put', parents: row.heads, value: fields };
  }
  const others = diffPatch(mergedOf(row) ?? row.fields ?? {}, fields).filter(
    (operation) => !overlaps(operation.path, path),
  );
  return patch(row, [...others, settingAt(path, valueAt(fields, path))]);
}

function patch({ heads }: RecordRow, operations: readonly PatchOperation[]): Draft {
  return { operation: 'patch', parents: heads, value: operations as unknown as JsonValue };
}

function settingAt(path: string, value: JsonValue | undefined): PatchOperation {
  return value === undefined ? { op: 'remove', path } : { op: 'add', path, value };
}

const undoneByRollback = refuse(
  'reject',
  'policy_denied',
  'decision_unsuited',
  'A decision about a graph record is a change like any other and is not undone by itself. Take the record back with: sourcesync records rollback',
);

const oneNode = refuse(
  'reject',
  'policy_denied',
  'decision_unsuited',
  'A graph record is one node, which others point to by its id, so its versions are not kept side by side. Accept, reject, or merge with --file.',
);
