import type { CollectionName, RecordId } from '../base/ids.ts';
import { assert } from '../base/assert.ts';
import type { ReviewItem } from '../contract/review.ts';
import { openReview } from './review-queue.ts';
import { brakeReviewId, everyRecord, previewed, tellHeld } from './brake.ts';
import { type Core, commit } from './core.ts';

/** Files of a linked folder that are gone, or changed, at once, and the records that would follow them. */
export interface FolderChange {
  readonly what: 'gone' | 'changed';
  readonly collection: CollectionName;
  readonly root: string;
  readonly ids: readonly RecordId[];
  /** Files that were in step before. */
  readonly total: number;
}

type Place = Pick<FolderChange, 'what' | 'root'>;

/** held: nobody has decided. go: the records follow. restore: the files are written again. */
export type FolderWord = 'held' | 'go' | 'restore';

/** The person's word about these files; asks for it where nobody has. A word is for one set, and used once. */
export function wordOnFolder(core: Core, change: FolderChange): FolderWord {
  const setting = settingOf(change);
  const { what, collection, root } = change;
  const id = brakeReviewId([
    what === 'gone' ? 'folder' : 'folder changed',
    collection,
    root,
    ...[...change.ids].sort(),
  ]);
  const status = core.store.settings.get(setting) === id ? core.store.reviews.get(id)?.status : undefined;
  if (status === 'open') {
    return 'held';
  }
  return commit(core, () => {
    if (status === 'accepted' || status === 'rejected') {
      core.store.settings.remove(setting);
      return status === 'accepted' ? 'go' : 'restore';
    }
    supersede(core, setting);
    core.store.settings.set(setting, id);
    const item = itemOf(core, change, id);
    openReview(core, item);
    tellHeld(core, item);
    return 'held';
  });
}

/** A person was asked about files of this folder, and has not been obeyed yet. */
export function isFolderAsked(core: Core, place: Place): boolean {
  return core.store.settings.get(settingOf(place)) !== undefined;
}

/** The files are back, or the folder is linked no more: nothing is asked any longer. */
export function dropFolderChange(core: Core, place: Place): void {
  if (isFolderAsked(core, place)) {
    commit(core, () => {
      supersede(core, settingOf(place));
    });
  }
}

function supersede(core: Core, setting: string): void {
  const asked = core.store.settings.get(setting);
  const item = typeof asked === 'string' ? core.store.reviews.get(asked) : undefined;
  core.store.settings.remove(setting);
  if (item?.status === 'open') {
    core.store.reviews.put({ ...item, status: 'superseded' });
    const { id, engineId, collection } = item;
    core.pendingEvents.push({ type: 'review.resolved', data: { id, engineId, collection, status: 'superseded' } });
  }
}

function itemOf(core: Core, { what, collection, root, ids, total }: FolderChange, id: string): ReviewItem {
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
    summary: `${what === 'gone' ? `delete ${ids.length} of ${total} records, whose files are gone from` : `change ${ids.length} of ${total} records, whose files were changed at once in`} ${root}: ${shown
      .slice(0, 3)
      .map((record) => JSON.stringify(record))
      .join(', ')}${ids.length > 3 ? ' …' : ''}`,
    alternatives: shown.map((record) => ({
      change: null,
      path: '',
      value: { record, collection },
      deleted: what === 'gone',
    })),
    status: 'open',
  };
}

function settingOf({ what, root }: Place): string {
  return what === 'gone' ? `brake.folder.${root}` : `brake.changed.${root}`;
}
