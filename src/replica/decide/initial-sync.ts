import type { ChangeId, CollectionName, RecordId } from '../../base/ids.ts';
import type { JsonObject } from '../../base/json.ts';
import { pagesOf } from '../../base/pages.ts';
import type { Result } from '../../base/result.ts';
import type { RecordRow } from '../../contract/record.ts';
import type { ReviewItem } from '../../contract/review.ts';
import type { HistoryRow, Store } from '../../store/ground/port.ts';
import { sameValue } from '../../merge/values/json-patch.ts';
import { attempt } from '../kernel/attempt.ts';
import { authored } from '../edit/authored.ts';
import { type Core, type Known, commit } from '../kernel/core.ts';
import { decide } from './decide.ts';
import { endHold, keep } from './decide-brake.ts';
import { fieldsAt } from '../past/fields-at.ts';
import type { WriteRefusal } from '../names/write.ts';
import { judgeEverything } from '../apply/release.ts';
import { noteRestorePoint } from '../kernel/restore-points.ts';
import { settleItem } from '../kernel/settle-item.ts';
import { createTurn } from '../lists/turn.ts';
import { waitingChanges } from '../kernel/waiting-changes.ts';
import { editable } from '../edit/write-change.ts';

/**
 * How records that both sides have are brought together. merge: as the strategy says. remote, local: one side's fields
 * are live, and the other's are past. review: what would change a live record waits for a person.
 */
export const firstChoices = ['merge', 'remote', 'local', 'review'] as const;
export type FirstChoice = (typeof firstChoices)[number];

/** What judging everything that waits would do, in records. */
export interface InitialSyncPlan {
  /** Changes of the scope that wait here. */
  readonly waiting: number;
  readonly add: number;
  readonly change: number;
  readonly remove: number;
  /** Review items and conflicts that would open. */
  readonly review: number;
  readonly conflict: number;
  /** Changes that would still have no effect: held by the brake, or for what they lack. */
  readonly hold: number;
  readonly brake: boolean;
  /** Live records are here, and not one came from another device. */
  readonly isFirst: boolean;
}

/** Tries it in a transaction that is taken back: what is counted is what would happen. */
export function planInitialSync(core: Core, collection: CollectionName): InitialSyncPlan {
  const rules = { ...core.rules, isEnabled: () => true };
  const trial: Core = { ...core, rules, guards: { ...core.guards, turn: createTurn() } };
  const tried = attempt<never, InitialSyncPlan>((fail) => commit(trial, (): never => fail(counted(trial, collection))));
  return tried.ok ? tried.value : tried.error;
}

function counted(core: Core, collection: CollectionName): InitialSyncPlan {
  const waiting = waitingChanges(core.store, collection);
  const ids = [...new Set(waiting.map(({ recordId }) => recordId))];
  const before = new Map(ids.map((id) => [id, rowOf(core.store, collection, id)]));
  const counts = core.store.records.counts(collection);
  const isFirst = counts.live > 0 && !hasForeign(core, collection);
  judgeEverything(core, collection, waiting);
  // What is too much is tried again, and held.
  core.guards.brake.close(core);
  const after = core.store.records.counts(collection);
  const kinds = ids.map((id) => effectOf(before.get(id), rowOf(core.store, collection, id)));
  const count = (kind: Effect): number => kinds.filter((one) => one === kind).length;
  return {
    waiting: waiting.length,
    ...{ add: count('add'), change: count('change'), remove: count('remove') },
    review: after.review - counts.review,
    conflict: after.conflicts - counts.conflicts,
    hold: waiting.filter(({ changeId }) => core.store.history.get(changeId)?.disposition === 'waiting').length,
    brake: core.guards.holds.of(collection) !== undefined,
    isFirst,
  };
}

type Effect = 'add' | 'change' | 'remove' | 'none';

function effectOf(before: RecordRow | undefined, after: RecordRow | undefined): Effect {
  if (before?.state !== 'live') {
    return after?.state === 'live' ? 'add' : 'none';
  }
  if (after?.state !== 'live') {
    return 'remove';
  }
  return sameValue(before.fields, after.fields) ? 'none' : 'change';
}

/** Brings both sides together, as the person chose who saw the plan; what is open after one side's word is decided by it. */
export function meet(core: Core, collection: CollectionName, choice: FirstChoice): Result<number, WriteRefusal> {
  const met = takeIn(core, collection, choice);
  if (met.ok && (choice === 'remote' || choice === 'local')) {
    decideOpen(core, collection, choice);
  }
  return met;
}

/** Proposals are what the others say; of a conflict, what is live by now is what was chosen. */
function decideOpen(core: Core, collection: CollectionName, choice: 'remote' | 'local'): void {
  for (let isDone = false; !isDone; ) {
    const open = core.store.reviews.listOpen({ cursor: null, limit: 500 }, collection).items;
    const of = (wanted: ReviewItem['kind']): readonly string[] =>
      open.filter(({ kind }) => kind === wanted).map(({ id }) => id);
    const decided = [
      ...decide(core, of('proposal'), { kind: choice === 'remote' ? 'accept' : 'reject' }),
      ...decide(core, of('conflict'), { kind: 'accept' }),
    ];
    isDone = !decided.some((result) => result.ok);
  }
}

function takeIn(core: Core, collection: CollectionName, choice: FirstChoice): Result<number, WriteRefusal> {
  const target = editable(core, collection);
  if (!target.ok) {
    return target;
  }
  const { binding, scope } = target.value;
  return attempt((fail) =>
    authored(core, scope, (author) => {
      const waiting = waitingChanges(core.store, collection);
      const here = liveRows(core.store, collection, waiting);
      if (choice === 'review') {
        core.guards.turn.judging = 'strict';
        return judgeEverything(core, collection, waiting);
      }
      // The person has seen the plan.
      core.guards.turn.judging = 'decided';
      noteRestorePoint(core, { name: '', cause: 'first_meeting', collection });
      acceptHeld(core, collection);
      const judged = judgeEverything(core, collection, waiting);
      for (const { id, fields, managedBy } of choice === 'merge' ? [] : here) {
        const kept = choice === 'local' ? fields : remoteFields(core, collection, id, waiting);
        keep(core, { binding, scope, author, fail }, id, kept, managedBy);
      }
      return judged;
    }),
  );
}

/** What the brake held of the collection is answered with it. */
function acceptHeld(core: Pick<Core, 'store' | 'device' | 'notices' | 'guards'>, collection: CollectionName): void {
  const hold = core.guards.holds.of(collection);
  const item = hold && core.store.reviews.get(hold.reviewId);
  if (item !== undefined) {
    endHold(core.guards, collection);
    settleItem(core, item, 'accept');
  }
}

/** The fields that the others' changes of a record lead to by themselves; null where they leave nothing live. */
function remoteFields(
  core: Known,
  collection: CollectionName,
  id: RecordId,
  waiting: readonly HistoryRow[],
): JsonObject | null {
  const changes = waiting.flatMap((row) => (row.recordId === id ? (core.logs.reader.change(row) ?? []) : []));
  const parents = new Set<ChangeId>(changes.flatMap((change) => change.parents));
  const heads = changes.filter(({ changeId }) => !parents.has(changeId)).map(({ changeId }) => changeId);
  return fieldsAt(core, collection, id, heads) ?? null;
}

function liveRows(
  store: Pick<Store, 'records'>,
  collection: CollectionName,
  waiting: readonly HistoryRow[],
): readonly RecordRow[] {
  return [...new Set(waiting.map(({ recordId }) => recordId))].flatMap((id) => {
    const row = rowOf(store, collection, id);
    return row?.state === 'live' ? [row] : [];
  });
}

function rowOf(store: Pick<Store, 'records'>, collection: CollectionName, id: RecordId): RecordRow | undefined {
  const row = store.records.get(collection, id);
  return row === 'damaged' ? undefined : row;
}

/** Looks at records until one is found; asked when an engine is switched on, and never on the way of a change. */
function hasForeign(core: Pick<Core, 'store' | 'device'>, collection: CollectionName): boolean {
  for (const { items } of pagesOf((cursor) => core.store.records.list(collection, { cursor, limit: 500 }, 'live'))) {
    if (items.some(({ deviceId }) => deviceId !== core.device.id)) {
      return true;
    }
  }
  return false;
}
