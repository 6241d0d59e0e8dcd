import type { JsonObject } from '../../base/json.ts';
import type { Result } from '../../base/result.ts';
import type { Choice, ReviewItem } from '../../contract/review.ts';
import type { DecideContext, Decided, Draft } from '../../contract/strategy.ts';
import { type Refusal, refuse } from '../../contract/verdict.ts';
import { editedTo } from './crdt-draft.ts';
import { decideContested } from '../values/decide-contested.ts';
import { applyPatch } from '../values/json-patch.ts';
import { pathOf } from '../values/review-items.ts';
import { containerOf } from '../texts/text-fields.ts';

/** A decision about values that were written apart is an edit like any other, by somebody who knows all of them. */
export function decideValue(review: ReviewItem, choice: Choice, context: DecideContext): Result<Decided, Refusal> {
  return decideContested(review, choice, context, {
    accepted: (row) => written(review, row.fields, context),
    rejected: (row) => written(review, rejected(review, row.fields), context),
    merged: (_row, fields) => written(review, fields, context),
    noUndo: undoneByRollback,
    noKeepBoth: oneValue,
  });
}

function written(review: ReviewItem, next: JsonObject, context: DecideContext): Draft {
  const path = pathOf(review);
  // Of a whole record what is contested is whether it holds text or bytes.
  const texts = context.textPaths.filter((text) => containerOf(text) === '');
  const anew = path === '' ? [...texts, '/encoding'] : [path];
  return { operation: 'patch', parents: context.row?.heads ?? [], value: editedTo(next, context, anew) };
}

/** The record with the next alternative in place of what is live. */
function rejected(review: ReviewItem, live: JsonObject): JsonObject {
  const path = pathOf(review);
  const other = review.alternatives[1];
  const isThere = other !== undefined && !other.deleted;
  const patched = applyPatch(live, [isThere ? { op: 'add', path, value: other.value } : { op: 'remove', path }]);
  return patched.ok ? patched.value : live;
}

const undoneByRollback = refuse(
  'reject',
  'policy_denied',
  'decision_unsuited',
  'A decision about a shared document is an edit like any other and is not undone by itself. Take the record back with: sourcesync records rollback',
);

const oneValue = refuse(
  'reject',
  'policy_denied',
  'decision_unsuited',
  'A field of a shared document has one value. Accept the live one, reject it for the other, or merge with --file.',
);
