import type { ChangeId, DeviceId } from '../base/ids.ts';
import { base64urlFromBytes } from '../base/bytes.ts';
import { type JsonValue, isJsonObject } from '../base/json.ts';
import { type Result, err, ok } from '../base/result.ts';
import type { LoggedChange } from '../contract/change.ts';
import type { RecordRow } from '../contract/record.ts';
import type { Draft, DraftContext, Intent, Plan, PlanInput, Strategy } from '../contract/strategy.ts';
import { type Refusal, refuse } from '../contract/verdict.ts';
import { changeGraph, isLinear, latestOf } from './causal.ts';
import { isRunClientId, mayUseClient, runClientId } from './crdt-client.ts';
import { editDocument, newPartOf, openDocument, withUpdate } from './crdt-document.ts';
import { type CrdtFault, type UpdateRange, inspectUpdate, updateBytes } from './crdt-update.ts';
import { dangerousPathsOf } from './dangerous.ts';
import { intendedFields } from './draft.ts';
import { alreadyKnown, applied, decisionUnknown, isKnown, isRemoval, nothingLive, refused, rowOf } from './plan.ts';

/**
 * Yjs: every writer's edits hold. A removal holds against what its author had seen; an update that the author had not
 * seen keeps the record live. Private state: the client id of the last run of writes.
 */
export const crdt: Strategy = {
  name: 'crdt',
  draft,
  decide: () => err(decisionUnknown),
  needsHistory: (change, row) => row !== undefined && !isLinear(change, row),
  plan,
};

function draft(intent: Intent, context: DraftContext): Result<Draft, Refusal> {
  const { row, manifest } = context;
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
    return ok({ operation, parents, value: valueOf(update.value) });
  }
  const next = intendedFields(intent, live);
  return next.ok ? ok({ operation, parents, value: valueOf(edited(next.value, context)) }) : next;
}

function edited(
  next: Parameters<typeof editDocument>[1],
  { row, self, textPaths, incarnation }: DraftContext,
): Uint8Array {
  const document = openDocument(row?.document ?? null);
  const isUsed = (client: number): boolean => document.store.clients.has(client);
  document.clientID =
    continuedRun(row, self, incarnation.runs) ?? runClientId(self, [incarnation.id, ...(row?.heads ?? [])], isUsed);
  const update = editDocument(document, next, textPaths);
  document.destroy();
  return update;
}

function plan(input: PlanInput): Plan {
  const { change, row, history } = input;
  if (isKnown(input)) {
    return alreadyKnown;
  }
  const graph = isLinear(change, row) ? undefined : changeGraph([...history, change]);
  const place = graph === undefined ? linearPlace(change) : placeInGraph(graph);
  if (isRemoval(change)) {
    const fields = place.isLive ? (row?.fields ?? null) : null;
    return applied(documentRow(place, { fields, document: row?.document ?? null, run: null }));
  }
  const update = change.operation === 'command' ? err('crdt_malformed' as const) : updateBytes(change.value);
  if (!update.ok) {
    return refused(faultRefusal(update.error), 'waiting');
  }
  const ranges = usableUpdate(update.value, (client) => mayUseClient(change.deviceId, client));
  const next = ranges.ok ? withUpdate(row?.document ?? null, update.value) : ranges;
  if (!ranges.ok || !next.ok) {
    return refused(faultRefusal(!ranges.ok ? ranges.error : next.ok ? 'crdt_malformed' : next.error), 'waiting');
  }
  if (change.deviceId !== input.self && dangerousPathsOf(input, row?.fields ?? null, next.value.fields).length > 0) {
    return refused(dangerousWhole, 'waiting');
  }
  const run = graph === undefined ? runOf(ranges.value) : null;
  return applied(documentRow(place, { ...next.value, run }));
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

/** The client id under which this device may go on: its own write is the only head, and this process began the run. */
function continuedRun(row: RecordRow | undefined, self: DeviceId, runs: ReadonlySet<number>): number | undefined {
  const run = runOfRow(row);
  const isOurs = run !== undefined && row?.deviceId === self && row.heads.length === 1;
  return isOurs && runs.has(run) ? run : undefined;
}

/** The client id of the run of writes that a record stands in. */
export function runOfRow(row: RecordRow | undefined): number | undefined {
  const state: JsonValue = row?.strategyState ?? null;
  const run = isJsonObject(state) ? state['run'] : undefined;
  return typeof run === 'number' ? run : undefined;
}

function runOf(ranges: readonly UpdateRange[]): number | null {
  const client = ranges[0]?.client;
  const isOne = client !== undefined && isRunClientId(client) && ranges.every((range) => range.client === client);
  return isOne ? client : null;
}

function valueOf(update: Uint8Array): JsonValue {
  return { yjs: base64urlFromBytes(update) };
}

const dangerousWhole = refuse(
  'quarantine',
  'manual_review_required',
  'dangerous_field',
  'The change touches a field that needs review, and a merged document cannot hold back one field. Review it.',
);

function faultRefusal(fault: CrdtFault): Refusal {
  const message =
    fault === 'crdt_too_large'
      ? 'The update or the document it would make is larger than a record may be. Split the record.'
      : 'The update is not a well-formed edit of this record, so the record was left as it is. Look at its author.';
  return refuse('quarantine', 'schema_unknown', fault, message);
}
