import { mayMove } from '../../admission/move.ts';
import { writeDenied } from '../../admission/policy.ts';
import type { CollectionName, RecordId } from '../../base/ids.ts';
import type { JsonObject } from '../../base/json.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { RecordRow } from '../../contract/record.ts';
import type { Strategy } from '../../contract/strategy.ts';
import { sameValue } from '../../merge/values/json-patch.ts';
import { strategyOf } from '../../merge/strategies.ts';
import { type Fail, attempt } from '../kernel/attempt.ts';
import { draftContext } from '../apply/apply.ts';
import { authored } from '../edit/authored.ts';
import type { Core, Known } from '../kernel/core.ts';
import { editOne, versionMismatch } from '../edit/edit.ts';
import { type MoveContext, writeArrival, writeDeparture } from '../edit/move-write.ts';
import type { WriteRefusal } from '../names/write.ts';
import type { CollectionBinding } from '../names/binding.ts';
import { secretRefused } from '../kernel/secrets.ts';
import { refuseCycle } from '../apply/tree.ts';
import { writable, writableRow } from '../edit/write-change.ts';

/** A record gets another id, and goes on with its history. */
export interface Move {
  readonly from: RecordId;
  readonly to: RecordId;
  /** What it says from then on; left out where only its id changes. */
  readonly fields?: JsonObject;
  /** Refuse unless the version under the old id is this one. */
  readonly ifVersion?: string;
  readonly authorId?: string;
}

export interface Moved {
  readonly from: RecordId;
  readonly row: RecordRow;
  /** Why the new fields were not written: the record has its new id and says what it said. */
  readonly unedited: WriteRefusal | undefined;
}

export type MoveResult = Result<Moved, WriteRefusal>;

/**
 * Renames records of one collection: one transaction, and as few batches as they fit, each rename within one. An id that
 * another rename of the call frees may be taken by it, in whatever order they stand.
 */
export function move(
  core: Core,
  collection: CollectionName,
  moves: readonly Move[],
  alongside?: (results: readonly MoveResult[]) => void,
): readonly MoveResult[] {
  const target = writable(core, collection);
  if (!target.ok) {
    return moves.map(() => target);
  }
  const { binding, scope } = target.value;
  if (!mayMove(binding.manifest)) {
    return moves.map(() => err({ kind: 'invalid', message: keepsIds(binding) }));
  }
  const moved = attempt<readonly MoveResult[], WriteRefusal>((fail) =>
    authored(core, scope, (author) => {
      const results = moveAll({ core, binding, scope, author }, moves, fail);
      alongside?.(results);
      return results;
    }),
  );
  return moved.ok ? moved.value : moves.map(() => moved);
}

function moveAll(desk: MoveContext, moves: readonly Move[], fail: Fail<WriteRefusal>): readonly MoveResult[] {
  const results = new Map<Move, MoveResult>();
  let waiting = moves;
  for (let left = -1; left !== waiting.length; ) {
    left = waiting.length;
    waiting = waiting.filter((one) => {
      const result = moveOne(desk, one, fail);
      results.set(one, result);
      // The record in its way may be about to leave.
      return !result.ok && result.error.kind === 'taken' && waiting.some(({ from }) => from === one.to);
    });
  }
  return moves.map((one) => results.get(one) as MoveResult);
}

function moveOne(desk: MoveContext, request: Move, fail: Fail<WriteRefusal>): MoveResult {
  const { core, binding } = desk;
  const { from, to, authorId } = request;
  const found = sourceAndTarget(core, binding, request);
  if (!found.ok) {
    return found;
  }
  const { source, target } = found.value;
  const denied = writeDenied(core.rules.policy.current(), binding.manifest, {
    authorId: authorId ?? core.device.userId,
  });
  const strategy: Strategy = strategyOf(binding.manifest.mergeStrategy);
  const intent = { kind: 'remove' } as const;
  const context = draftContext(core, binding, intent, source);
  const removal = denied === undefined ? strategy.draft(intent, context) : err(denied);
  if (!removal.ok) {
    return err({ kind: 'refused', refusal: removal.error, message: removal.error.message });
  }
  const placed = refuseCycle(core.store, binding, to, null, source.fields ?? {});
  if (!placed.ok) {
    return err({ kind: 'invalid', message: placed.error });
  }
  const by = { managedBy: source.managedBy, ...(authorId === undefined ? {} : { authorId }) };
  const claim = { from, heads: source.heads, patch: undefined };
  const arrived = writeArrival(desk, strategy, { id: to, row: target, ...by }, claim, target?.heads ?? []);
  if (!arrived.ok) {
    return arrived;
  }
  // Read anew: a tree counts its questions of every record that they are about.
  const leaving = { id: from, row: core.store.records.get(binding.manifest.collection, from), ...by };
  const left = writeDeparture(desk, strategy, leaving, removal.value, { to, arrival: arrived.value.changeId });
  if (!left.ok) {
    const message = `Nothing was renamed, because ${from} could not be removed: ${left.error.message}`;
    fail({ ...left.error, message });
  }
  // A document that was deleted under this id before still holds what it held: the record says what it said.
  const fields = request.fields ?? source.fields ?? {};
  const edited = withFields(desk, { ...request, fields }, arrived.value.row);
  return ok({
    from,
    row: edited.ok ? edited.value : arrived.value.row,
    unedited: edited.ok ? undefined : edited.error,
  });
}

function withFields(
  { core, binding, scope, author }: MoveContext,
  { to, fields, authorId }: Move & { readonly fields: JsonObject },
  row: RecordRow,
): Result<RecordRow, WriteRefusal> {
  return sameValue(fields, row.fields)
    ? ok(row)
    : editOne(core, binding, scope, author, {
        ...{ id: to, intent: { kind: 'put', fields }, managedBy: row.managedBy },
        ...(authorId === undefined ? {} : { authorId }),
      });
}

/** The record under the old id, and what there is of one under the new. */
function sourceAndTarget(
  core: Known & Pick<Core, 'notices' | 'backlog'>,
  binding: CollectionBinding,
  request: Move,
): Result<{ readonly source: RecordRow; readonly target: RecordRow | undefined }, WriteRefusal> {
  const { from, to } = request;
  const { collection } = binding.manifest;
  const source = writableRow(core, binding, from);
  if (!source.ok) {
    return source;
  }
  if (source.value === undefined || source.value.state !== 'live') {
    return err({
      kind: 'invalid',
      message: `There is no record ${from} in ${collection} to rename. See: sourcesync records ls ${collection}`,
    });
  }
  const mismatch = versionMismatch(request, source.value);
  if (mismatch !== undefined) {
    return err(mismatch);
  }
  if (from === to) {
    return err({ kind: 'invalid', message: `${from} has that name already.` });
  }
  const inId = core.rules.secrets.find(to);
  if (inId.length > 0) {
    const refusal = secretRefused(
      inId.map((found) => ({ ...found, standsIn: 'name' })),
      'secret_in_id',
    );
    return err({ kind: 'refused', refusal, message: refusal.message });
  }
  const target = writableRow(core, binding, to);
  if (!target.ok) {
    return target;
  }
  return target.value?.state === 'live'
    ? err({
        kind: 'taken',
        message: `There is a record ${to} in ${collection} already, and renaming ${from} to it would write over it. Rename or delete ${to} first, or choose another name.`,
      })
    : ok({ source: source.value, target: target.value });
}

function keepsIds({ manifest }: CollectionBinding): string {
  return `Records of ${manifest.collection} keep their id: under ${manifest.mergeStrategy} it is part of what they say. Write another record instead.`;
}
