import type { ChangeId } from '../../base/ids.ts';
import { type Err, type Result, err, ok } from '../../base/result.ts';
import type { LoggedChange } from '../../contract/change.ts';
import type { RecordRow } from '../../contract/record.ts';
import type { Draft, DraftContext, Intent, Plan, PlanInput, Strategy } from '../../contract/strategy.ts';
import { type Refusal, refuse } from '../../contract/verdict.ts';
import { isUnspoken } from '../values/agent-words.ts';
import { shownApart } from './crdt-apart.ts';
import { changeGraph, isLinear, latestOf } from '../values/causal.ts';
import { isRunClientId, mayUseClient } from './crdt-client.ts';
import { valueConflicts } from './crdt-conflicts.ts';
import { decideValue } from './crdt-decisions.ts';
import { fieldsOfEncoded, newPartOf, withUpdate } from './crdt-document.ts';
import { type Pasts, createPasts, documentOfAll } from './crdt-pasts.ts';
import { editedTo, valueOfUpdate } from './crdt-draft.ts';
import { type CrdtFault, type UpdateRange, inexactNumberIn, inspectUpdate, updateBytes } from './crdt-update.ts';
import { dangerousPathsOf } from '../values/dangerous.ts';

import { sameValue } from '../values/json-patch.ts';
import { alreadyKnown, applied, isKnown, isRemoval, nothingLive, refused, rowOf } from '../values/plan.ts';
import { pathOf, reconciled, reviewItem } from '../values/review-items.ts';

/**
 * Yjs: every writer's edits hold. A removal holds against what its author had seen; an update that the author had not
 * seen keeps the record live. Values that were written apart wait for a choice. Private state: the client id of the last run
 * of writes.
 */
export const crdt: Strategy = {
  name: 'crdt',
  draft,
  decide: decideValue,
  needsHistory: (change, row) => row !== undefined && (!isLinear(change, row) || row.openConflicts > 0),
  plan,
};

function draft(intent: Intent, context: DraftContext): Result<Draft, Refusal> {
  const { row, manifest, intended } = context;
  const live = row?.state === 'live' ? row.fields : null;
  const parents = row?.heads ?? [];
  const operation = row === undefined ? 'put' : 'patch';
  if (intent.kind === 'remove') {
    const removal = manifest.supportsTombstones ? 'tombstone' : 'delete';
    return live === null ? err(nothingLive) : ok({ operation: removal, parents, value: null });
  }
  if (intent.kind === 'binary') {
    const update = newParts(intent.update, row?.document ?? null);
    if (!update.ok) {
      return err(faultRefusal(update.error));
    }
    if (update.value === undefined) {
      // An empty patch is no change: nothing is written for what is there already.
      return row === undefined ? err(nothingLive) : ok({ operation, parents, value: [] });
    }
    const inexact = inexactNumberIn(update.value);
    return inexact === undefined
      ? ok({ operation, parents, value: valueOfUpdate(update.value) })
      : err(refuse('quarantine', 'schema_unknown', 'record_invalid', inexactWords(inexact)));
  }
  if (!intended.ok) {
    return intended;
  }
  const isThere = live !== null && sameValue(live, intended.value);
  return ok({ operation, parents, value: isThere ? [] : editedTo(intended.value, context) });
}

function plan(input: PlanInput): Plan {
  const { change, row, history } = input;
  if (isKnown(input)) {
    return alreadyKnown;
  }
  const graph = crdt.needsHistory(change, row) ? changeGraph([...history, change]) : undefined;
  const pasts = graph && createPasts(graph, updateBy);
  const place = graph === undefined ? linearPlace(change) : placeInGraph(graph);
  if (isRemoval(change)) {
    const document = row?.document ?? null;
    const natural = place.isLive ? fieldsOfEncoded(document) : undefined;
    const fields = natural && pasts ? shownApart(pasts, input.textPaths, natural) : null;
    return answer(input, pasts, documentRow(place, { fields, document, run: null }));
  }
  const brought = broughtBy(change);
  const next = brought.ok ? withUpdate(row?.document ?? null, brought.value.update) : brought;
  if (!brought.ok || !next.ok) {
    return refused(faultRefusal(!brought.ok ? brought.error : next.ok ? 'crdt_malformed' : next.error), 'waiting');
  }
  const isOwn = change.deviceId === input.viewer.self && !isUnspoken(change, input.viewer.isOld);
  if (!isOwn && dangerousPathsOf(input, row?.fields ?? null, next.value.fields).length > 0) {
    return refused(dangerousWhole, 'waiting');
  }
  const run = isLinear(change, row) ? runOf(brought.value.ranges) : null;
  const fields = pasts ? shownApart(pasts, input.textPaths, next.value.fields) : next.value.fields;
  return answer(input, pasts, documentRow(place, { ...next.value, fields, run }));
}

/** The plan that makes `row` hold and leaves in the queue what its writers disagree about. */
function answer(input: PlanInput, pasts: Pasts | undefined, row: RecordRow): Plan {
  const topics = pasts === undefined || row.fields === null ? [] : valueConflicts(pasts, input.textPaths, row.fields);
  const wanted = topics.map((topic) => reviewItem(topic, input));
  const queue = reconciled(input.openReviews, wanted, (closing) =>
    wanted.some((item) => pathOf(item) === pathOf(closing)) ? 'superseded' : 'resolved',
  );
  return { ...applied({ ...row, openConflicts: wanted.length }), ...queue };
}

interface Brought {
  readonly update: Uint8Array;
  /** Under whose client ids it stands; nothing of a renamed record's document, which other changes brought into it. */
  readonly ranges: readonly UpdateRange[];
}

/** The update of a change, inspected. What a rename brings was inspected and judged, change by change, where it stood. */
function broughtBy(change: LoggedChange): Result<Brought, CrdtFault> {
  if (change.move?.kind === 'arrival') {
    const { document } = change.move;
    return document === null ? err('crdt_malformed') : ok({ update: document, ranges: [] });
  }
  const update = change.operation === 'command' ? err('crdt_malformed' as const) : updateBytes(change.value);
  const ranges = update.ok ? usableUpdate(update.value, (client) => mayUseClient(change.deviceId, client)) : update;
  return update.ok && ranges.ok ? ok({ update: update.value, ranges: ranges.value }) : (ranges as Err<CrdtFault>);
}

/** The document that changes of one record come to, put together at once; undefined where it cannot be. Never throws. */
export function documentOfChanges(changes: readonly LoggedChange[]): Uint8Array | undefined {
  return documentOfAll(changes, updateBy);
}

function updateBy(change: LoggedChange): Uint8Array | undefined {
  const brought = broughtBy(change);
  return brought.ok ? brought.value.update : undefined;
}

/** An editor may send its whole document; what travels is what is new, under client ids that are not ours. */
function newParts(update: Uint8Array, document: Uint8Array | null): Result<Uint8Array | undefined, CrdtFault> {
  const whole = inspectUpdate(update);
  if (!whole.ok) {
    return whole;
  }
  const part = newPartOf(document, update);
  if (!part.ok || part.value === undefined) {
    return part;
  }
  const ranges = usableUpdate(part.value, (client) => !isRunClientId(client));
  return ranges.ok ? part : ranges;
}

/** Inspects an update and checks that its structs stand only under client ids that their author may use. */
function usableUpdate(
  update: Uint8Array,
  mayUse: (client: number) => boolean,
): Result<readonly UpdateRange[], CrdtFault> {
  const ranges = inspectUpdate(update);
  const isUsable = ranges.ok && ranges.value.every(({ client }) => mayUse(client));
  return isUsable || !ranges.ok ? ranges : err('crdt_malformed');
}

interface Place {
  readonly madeBy: LoggedChange;
  readonly heads: readonly ChangeId[];
  readonly isLive: boolean;
}

function linearPlace(change: LoggedChange): Place {
  return { madeBy: change, heads: [change.changeId], isLive: !isRemoval(change) };
}

function placeInGraph(graph: ReturnType<typeof changeGraph>): Place {
  const heads = graph.heads.flatMap((id) => graph.get(id) ?? []);
  const madeBy = latestOf(heads);
  return { madeBy: madeBy as LoggedChange, heads: graph.heads, isLive: heads.some((head) => !isRemoval(head)) };
}

interface DocumentContent {
  readonly fields: RecordRow['fields'];
  readonly document: Uint8Array | null;
  readonly run: number | null;
}

function documentRow({ madeBy, heads, isLive }: Place, { fields, document, run }: DocumentContent): RecordRow {
  const state = isLive ? 'live' : 'tombstoned';
  return rowOf(madeBy, { state, fields, heads, document, strategyState: run === null ? null : { run } });
}

function runOf(ranges: readonly UpdateRange[]): number | null {
  const client = ranges[0]?.client;
  const isOne = client !== undefined && isRunClientId(client) && ranges.every((range) => range.client === client);
  return isOne ? client : null;
}

const dangerousWhole = refuse(
  'quarantine',
  'manual_review_required',
  'dangerous_field',
  'The change touches a field that needs review, and a merged document cannot hold back one field. Review it.',
);

function inexactWords(number: number): string {
  return `The number ${number} is beyond 2^53 - 1, where whole numbers are not told apart any more. Nothing was written. Write it as text.`;
}

function faultRefusal(fault: CrdtFault): Refusal {
  const message =
    fault === 'crdt_too_large'
      ? 'The update or the document it would make is larger than a record may be. Split the record.'
      : 'The update is not a well-formed edit of this record, so the record was left as it is. Look at its author.';
  return refuse('quarantine', 'schema_unknown', fault, message);
}
