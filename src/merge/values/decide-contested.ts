import type { JsonObject } from '../../base/json.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { RecordRow } from '../../contract/record.ts';
import type { Choice, ReviewItem } from '../../contract/review.ts';
import type { DecideContext, Decided, Draft } from '../../contract/strategy.ts';
import { type Refusal, refuse } from '../../contract/verdict.ts';
import { nothingToDecide } from './plan.ts';

/** A live record, about a place of which its writers disagree. */
export type ContestedRow = RecordRow & { readonly fields: JsonObject };

/** What a strategy writes for each choice about versions of one place, and why it takes neither of the others. */
export interface Contested {
  accepted(row: ContestedRow): Draft;
  rejected(row: ContestedRow): Draft;
  merged(row: ContestedRow, fields: JsonObject): Draft;
  readonly noUndo: Refusal;
  readonly noKeepBoth: Refusal;
}

/** Decides about a place of a record that has one value: by a change like any other, on top of all versions. */
export function decideContested(
  { status }: ReviewItem,
  choice: Choice,
  { row }: DecideContext,
  contested: Contested,
): Result<Decided, Refusal> {
  if (choice.kind === 'undo') {
    return err(contested.noUndo);
  }
  if (!hasFields(row) || status !== 'open') {
    return err(nothingToDecide);
  }
  switch (choice.kind) {
    case 'accept':
      return written(contested.accepted(row));
    case 'reject':
      return written(contested.rejected(row));
    case 'merge':
      return choice.fields === null ? err(mergedByHand) : written(contested.merged(row, choice.fields));
    case 'keep_both':
      return err(contested.noKeepBoth);
  }
}

function hasFields(row: RecordRow | undefined): row is ContestedRow {
  return row !== undefined && row.fields !== null;
}

function written(draft: Draft): Result<Decided, Refusal> {
  return ok({ draft, beside: [] });
}

const mergedByHand = refuse(
  'reject',
  'policy_denied',
  'merge_conflict',
  'The versions contradict each other in one place, which no program can merge. Give the edited record with: sourcesync reviews merge ID --file FILE',
);
