import type { CollectionName, RecordId } from '../base/ids.ts';
import { assert } from '../base/assert.ts';
import type { ReviewItem } from '../contract/review.ts';
import { openReview } from './review-queue.ts';
import { brakeReviewId, everyRecord, previewed, tellHeld } from './brake.ts';
import { type Core, commit } from './core.ts';

/** Files of a linked folder that are gone at once, and the records that would go with them. */
export interface GoneFiles {
  readonly collection: CollectionName;
  readonly root: string;
  readonly ids: readonly RecordId[];
  /** Files that were in step before. */
  readonly total: number;
}

/** held: nobody has decided. go: the records are deleted. restore: the files are written again. */
export type RemovalWord = 'held' | 'go' | 'restore';

/** The person's word about files that are gone; asks for it where nobody has. A word is for one set, and used once. */
export function wordOnGoneFiles(core: Core, gone: GoneFiles): RemovalWord {
  const id = brakeReviewId(['folder', gone.collection, gone.root, ...[...gone.ids].sort()]);
  const asked = core.store.settings.get(settingOf(gone.root));
  const status = asked === id ? core.store.reviews.get(id)?.status : undefined;
  if (status === 'open') {
    return 'held';
  }
  return commit(core, () => {
    if (status === 'accepted' || status === 'rejected') {
      core.store.settings.remove(settingOf(gone.root));
      return status === 'accepted' ? 'go' : 'restore';
    }
    supersede(core, gone.root);
    core.store.settings.set(settingOf(gone.root), id);
    const item = goneItem(core, gone, id);
    openReview(core, item);
    tellHeld(core, item);
    return 'held';
  });
}

/** The files are back, or the folder is linked no more: nothing is asked any longer. */
export function dropGoneFiles(core: Core, root: string): void {
  if (core.store.settings.get(settingOf(root)) !== undefined) {
    commit(core, () => {
      supersede(core, root);
    });
  }
}

function supersede(core: Core, root: string): void {
  const asked = core.store.settings.get(settingOf(root));
  const item = typeof asked === 'string' ? core.store.reviews.get(asked) : undefined;
  core.store.settings.remove(settingOf(root));
  if (item?.status === 'open') {
    core.store.reviews.put({ ...item, status: 'superseded' });
    const { id, engineId, collection } = item;
    core.pendingEvents.push({ type: 'review.resolved', data: { id, engineId, collection, status: 'superseded' } });
  }
}

function goneItem(core: Core, { collection, root, ids, total }: GoneFiles, id: string): ReviewItem {
  const binding = core.bindings.ofCollection(collection);
  assert(binding !== undefined, 'a folder is linked to a collection that is served');
  const shown = ids.slice(0, previewed);
  return {
    id,
    kind: 'brake',
    engineId: binding.manifest.engineId,
    collection,
    recordId: everyRecord,
    reasonCode: 'manual_review_required',
    authorId: core.userId,
    deviceId: core.self,
    stamp: core.journal.nextStamp(),
    changes: [],
    summary: `delete ${ids.length} of ${total} records, whose files are gone from ${root}: ${shown
      .slice(0, 3)
      .map((record) => JSON.stringify(record))
      .join(', ')}${ids.length > 3 ? ' …' : ''}`,
    alternatives: shown.map((record) => ({ change: null, path: '', value: { record, collection }, deleted: true })),
    status: 'open',
  };
}

function settingOf(root: string): string {
  return `brake.folder.${root}`;
}
