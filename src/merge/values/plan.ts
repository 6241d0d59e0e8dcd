import type { ChangeId } from '../../base/ids.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../../base/json.ts';
import type { LoggedChange } from '../../contract/change.ts';
import type { Disposition, RecordRow, RecordState } from '../../contract/record.ts';
import type { Plan, PlanInput } from '../../contract/strategy.ts';
import { type Refusal, accept, duplicate, refuse } from '../../contract/verdict.ts';

/** What a strategy says of the row; identity and authorship follow from the change that made the live view. */
export interface RowContent {
  readonly state: RecordState;
  readonly fields: JsonObject | null;
  readonly heads: readonly ChangeId[];
  readonly strategyState?: JsonValue;
  readonly document?: Uint8Array | null;
  readonly openReviews?: number;
  readonly openConflicts?: number;
}

export function rowOf(madeBy: LoggedChange, content: RowContent): RecordRow {
  return {
    collection: madeBy.collection,
    id: madeBy.objectId,
    state: content.state,
    fields: content.state === 'live' ? content.fields : null,
    schemaVersion: madeBy.schemaVersion,
    version: madeBy.changeId,
    stamp: madeBy.stamp,
    deviceId: madeBy.deviceId,
    authorId: madeBy.authorId,
    managedBy: madeBy.managedBy,
    heads: content.heads,
    strategyState: content.strategyState ?? null,
    document: content.document ?? null,
    openReviews: content.openReviews ?? 0,
    openConflicts: content.openConflicts ?? 0,
  };
}

export function applied(row: RecordRow): Plan {
  return { verdict: accept, disposition: 'applied', row, open: [], close: [] };
}

export function refused(verdict: Refusal, disposition: Disposition = 'refused'): Plan {
  return { verdict, disposition, row: undefined, open: [], close: [] };
}

/** A change that this row has taken in already: nothing happens. */
export const alreadyKnown: Plan = { verdict: duplicate, disposition: 'applied', row: undefined, open: [], close: [] };

export function isKnown({ change, row, history }: PlanInput): boolean {
  return row?.heads.includes(change.changeId) === true || history.some((known) => known.changeId === change.changeId);
}

export function isRemoval(change: Pick<LoggedChange, 'operation'>): boolean {
  return change.operation === 'delete' || change.operation === 'tombstone';
}

/** The fields of a put, or undefined when the change is none or is malformed. */
export function putFields(change: Pick<LoggedChange, 'operation' | 'value'>): JsonObject | undefined {
  return change.operation === 'put' && isJsonObject(change.value) ? change.value : undefined;
}

export const heldForReview: Refusal = refuse(
  'review',
  'manual_review_required',
  'dangerous_field',
  'The change touches a field that may change what this machine does. Accept or reject it in the review queue.',
);

export const malformedChange: Refusal = refuse(
  'reject',
  'schema_unknown',
  'record_malformed',
  "The change does not have the form that its collection's merge strategy writes. Update the device that wrote it.",
);

export const nothingLive: Refusal = refuse(
  'reject',
  'schema_unknown',
  'entry_unknown',
  'There is no live record under this id. List the collection, or write the whole record first.',
);

export const binaryUnknown: Refusal = refuse(
  'reject',
  'schema_unknown',
  'record_malformed',
  'Only collections merged by crdt take binary updates. Write the fields as JSON.',
);

export const decisionUnknown: Refusal = refuse(
  'reject',
  'policy_denied',
  'decision_unsuited',
  'Records of this collection are not decided about one by one, so there is nothing to decide here.',
);

export const nothingToDecide: Refusal = refuse(
  'reject',
  'policy_denied',
  'entry_unknown',
  'Nothing of this record waits for this decision. List the open reviews again.',
);
