import { valueAt } from '../../base/json-pointer.ts';
import type { CollectionName, RecordId } from '../../base/ids.ts';
import type { JsonObject } from '../../base/json.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { type LoggedChange, compareChanges } from '../../contract/change.ts';
import type { RecordRow } from '../../contract/record.ts';
import type { ReviewItem } from '../../contract/review.ts';
import type { TreeEdge } from '../../contract/references.ts';
import { reviewItem } from '../../merge/values/review-items.ts';
import { type TreePlace, ascend, deepestTree, mayMove, moveAmong, placeInTree } from '../../merge/values/tree.ts';
import type { Core, Known } from '../kernel/core.ts';
import { keepRow } from '../kernel/keep.ts';
import { readChanges } from '../past/read-changes.ts';
import { closeReview, openReview, withCounts } from '../kernel/review-queue.ts';
import type { CollectionBinding } from '../names/binding.ts';
import { versionOf } from '../names/version.ts';
import type { Store } from '../../store/ground/port.ts';

/** Where a record stands in the tree of its collection. */
export interface TreeView {
  /** The record it stands under; null at the top. */
  readonly parent: RecordId | null;
  /** Its own move lost against others that together would close a cycle: it stands at the top until somebody decides. */
  readonly detached: boolean;
}

/** Undefined where the collection is no tree, or nothing is live. */
export function treeView(
  store: Pick<Store, 'reviews'>,
  binding: CollectionBinding,
  row: RecordRow,
): TreeView | undefined {
  const { tree, manifest } = binding;
  if (tree === undefined || row.fields === null) {
    return undefined;
  }
  const detached = cycleItemsOf(store, row).length > 0;
  const place = placeInTree(tree, manifest.collection, row.fields);
  return { parent: detached ? null : (place?.parent ?? null), detached };
}

/** Refuses in words a local write that would put a record below itself. */
export function refuseCycle(
  store: Pick<Store, 'records'>,
  binding: CollectionBinding,
  id: RecordId,
  live: JsonObject | null,
  next: JsonObject,
): Result<undefined, string> {
  const { tree } = binding;
  const { collection } = binding.manifest;
  const wanted = tree && placeInTree(tree, collection, next);
  const held = tree && live !== null ? placeInTree(tree, collection, live) : undefined;
  if (tree === undefined || wanted === undefined || wanted.parent === held?.parent) {
    return ok(undefined);
  }
  const ascent = ascend(id, (at) => (at === id ? wanted.parent : parentOf(store, collection, tree, at)));
  switch (ascent.kind) {
    case 'ends':
      return ok(undefined);
    case 'cycle':
      return err(
        `${collection}/${wanted.parent} lies below ${collection}/${id}, so ${id} cannot be moved under it: that would close a cycle. Move ${wanted.parent} out first, or choose another place.`,
      );
    case 'too_deep':
      return err(
        `${collection}/${wanted.parent} lies more than ${deepestTree} levels deep, further than a tree is followed. Choose a place nearer to the top.`,
      );
  }
}

/**
 * Keeps the queue in step with the cycles that a change of one record closed or opened: one item for each cycle, at the
 * record whose move is the latest by rule 5. Every device comes to the same, because the rows tell it, in whatever
 * order they became what they are.
 */
export function watchTree(
  core: Known & Pick<Core, 'notices'>,
  binding: CollectionBinding,
  change: LoggedChange,
  before: RecordRow | undefined,
  after: RecordRow,
): void {
  const { tree } = binding;
  if (tree === undefined || !mayMove(tree, change)) {
    return;
  }
  const { collection } = binding.manifest;
  const old = cycleOf(core.store, binding, tree, after.id, placeOf(tree, collection, before)?.parent);
  const now = cycleOf(core.store, binding, tree, after.id, placeOf(tree, collection, after)?.parent);
  const wanted = now.length > 0 ? cycleItem(core, binding, tree, now) : undefined;
  for (const id of new Set([...old, ...now])) {
    const row = wholeRow(core.store, collection, id);
    for (const item of row === undefined ? [] : cycleItemsOf(core.store, row)) {
      if (item.id !== wanted?.id) {
        closeReview(core, { id: item.id, status: 'resolved' }, change);
        recount(core, binding, id);
      }
    }
  }
  if (wanted !== undefined && core.store.reviews.get(wanted.id)?.status !== 'open') {
    openReview(core, wanted);
    recount(core, binding, wanted.recordId);
  }
}

/** Records of a cycle with the moves that made it, the latest move first. */
export function movesOf(
  core: Pick<Core, 'store' | 'device' | 'logs'>,
  binding: CollectionBinding,
  tree: TreeEdge,
  members: readonly RecordId[],
): readonly LoggedChange[] {
  const moves = members.flatMap((id) => {
    const row = wholeRow(core.store, binding.manifest.collection, id);
    const place = row && placeOf(tree, binding.manifest.collection, row);
    const move = row && place && moveOf(core, binding, row, place);
    return move ?? [];
  });
  return moves.sort((left, right) => compareChanges(right, left));
}

/** The cycle that a record is part of now; empty for none. */
export function cycleAt(
  store: Pick<Store, 'records'>,
  binding: CollectionBinding,
  tree: TreeEdge,
  id: RecordId,
): readonly RecordId[] {
  return cycleOf(store, binding, tree, id, parentOf(store, binding.manifest.collection, tree, id));
}

export function isCycleItem({ cycle }: Pick<ReviewItem, 'cycle'>): boolean {
  return cycle !== undefined;
}

export function placeOf(tree: TreeEdge, collection: CollectionName, row: RecordRow | undefined): TreePlace | undefined {
  return row?.state === 'live' && row.fields !== null ? placeInTree(tree, collection, row.fields) : undefined;
}

function cycleItemsOf(store: Pick<Store, 'reviews'>, row: RecordRow): readonly ReviewItem[] {
  return row.openConflicts === 0 ? [] : store.reviews.openOf(row.collection, row.id).filter(isCycleItem);
}

function cycleOf(
  store: Pick<Store, 'records'>,
  { manifest }: CollectionBinding,
  tree: TreeEdge,
  id: RecordId,
  parent: RecordId | undefined,
): readonly RecordId[] {
  const ascent = ascend(id, (at) => (at === id ? parent : parentOf(store, manifest.collection, tree, at)));
  return ascent.kind === 'cycle' ? ascent.members : [];
}

function cycleItem(
  core: Pick<Core, 'store' | 'device' | 'logs'>,
  binding: CollectionBinding,
  tree: TreeEdge,
  members: readonly RecordId[],
): ReviewItem | undefined {
  const [latest, ...others] = movesOf(core, binding, tree, members);
  const row = latest && wholeRow(core.store, binding.manifest.collection, latest.objectId);
  const place = row && placeOf(tree, binding.manifest.collection, row);
  if (latest === undefined || place === undefined) {
    return undefined;
  }
  const path = place.path;
  const value = valueAt(row?.fields ?? null, path) ?? null;
  const item = reviewItem(
    {
      ...{ kind: 'conflict', path, changes: [latest, ...others] },
      summary: `moves made apart from each other would close a cycle of ${members.length} records; this one stands at the top until you decide`,
      alternatives: [
        { change: null, path, value: null, deleted: true },
        { change: latest.changeId, path, value, deleted: false },
      ],
    },
    binding,
  );
  return { ...item, cycle: [...members].sort() };
}

function moveOf(
  core: Pick<Core, 'store' | 'device' | 'logs'>,
  binding: CollectionBinding,
  row: RecordRow,
  place: TreePlace,
): LoggedChange | undefined {
  const history = core.store.history.list(row.collection, row.id);
  const applied = history.filter(({ disposition }) => disposition === 'applied');
  return moveAmong(readChanges(core, binding, history, applied) ?? [], place, row.fields ?? {});
}

function parentOf(
  store: Pick<Store, 'records'>,
  collection: CollectionName,
  tree: TreeEdge,
  id: RecordId,
): RecordId | undefined {
  return placeOf(tree, collection, wholeRow(store, collection, id))?.parent;
}

function wholeRow(store: Pick<Store, 'records'>, collection: CollectionName, id: RecordId): RecordRow | undefined {
  const row = store.records.get(collection, id);
  return row === 'damaged' ? undefined : row;
}

/** The queue of a record changed beside its own changes: its row counts anew, and whoever shows it is told. */
function recount(core: Pick<Core, 'store' | 'rules' | 'notices'>, { manifest }: CollectionBinding, id: RecordId): void {
  const row = wholeRow(core.store, manifest.collection, id);
  if (row !== undefined) {
    const counted = withCounts(core.store, row);
    keepRow(core, counted);
    core.notices.pendingEvents.push({
      type: 'record.changed',
      data: { engineId: manifest.engineId, collection: row.collection, id, version: versionOf(counted) },
    });
  }
}
