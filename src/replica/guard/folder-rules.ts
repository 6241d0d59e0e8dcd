import type { CollectionName, RecordId } from '../../base/ids.ts';
import type { JsonValue } from '../../base/json.ts';
import type { ReviewAlternative, ReviewItem } from '../../contract/review.ts';
import { brakeReviewId, closeUnasked, everyRecord, previewed, tellHeld } from './brake-item.ts';
import { type Core, commit } from '../kernel/core.ts';
import { openReview } from '../kernel/review-queue.ts';
import type { Store } from '../../store/ground/port.ts';

/** What another device's rules of what to ignore would change in one linked folder, so much that a person decides. */
export interface FolderRules {
  /** The record of the rules. */
  readonly id: RecordId;
  readonly version: string;
  /** Files that would be told to every device. */
  readonly shown: readonly RecordId[];
  /** Files in step that would be left out. */
  readonly leftOut: readonly RecordId[];
}

/** Where the rules would be in force. */
export interface RulesPlace {
  readonly collection: CollectionName;
  readonly root: string;
}

/** go: the rules are written. restore: those of this device become the record again. held: nobody has decided. */
export type RulesWord = 'go' | 'restore' | 'held';

/** One question for each version of the rules, and its answer for as long as that version is the last. */
export function wordOnRules(core: Core, place: RulesPlace, rules: FolderRules): RulesWord {
  const { collection, root } = place;
  const reviewId = brakeReviewId(['rules', collection, root, rules.version]);
  const status = core.store.reviews.get(reviewId)?.status;
  if (status === 'accepted' || status === 'rejected') {
    return status === 'accepted' ? 'go' : 'restore';
  }
  if (status !== 'open') {
    commit(core, () => {
      closeRules(core, root);
      core.store.settings.set(settingOf(root), reviewId);
      ask(core, place, rules, reviewId);
    });
  }
  return 'held';
}

/** Nothing is asked about the rules of a folder any longer. */
export function dropRules(core: Core, root: string): void {
  if (core.store.settings.get(settingOf(root)) !== undefined) {
    commit(core, () => {
      closeRules(core, root);
    });
  }
}

/** True for a question about rules of what to ignore. */
export function isRulesQuestion(store: Pick<Store, 'settings' | 'links'>, reviewId: string): boolean {
  return store.links.list().some(({ root }) => store.settings.get(settingOf(root)) === reviewId);
}

function closeRules(core: Pick<Core, 'store' | 'notices'>, root: string): void {
  const asked: JsonValue | undefined = core.store.settings.get(settingOf(root));
  if (typeof asked === 'string') {
    closeUnasked(core, asked, 'superseded');
    core.store.settings.remove(settingOf(root));
  }
}

function ask(
  core: Pick<Core, 'store' | 'rules' | 'notices'>,
  place: RulesPlace,
  rules: FolderRules,
  reviewId: string,
): void {
  const { collection, root } = place;
  const { id, shown, leftOut } = rules;
  const row = core.store.records.get(collection, id);
  const engineId = core.rules.bindings.ofCollection(collection)?.manifest.engineId;
  if (row === undefined || row === 'damaged' || engineId === undefined) {
    return;
  }
  const alternatives = [...shown.map((path) => ['shared', path]), ...leftOut.map((path) => ['left out', path])]
    .slice(0, previewed)
    .map(
      ([effect, record]): ReviewAlternative => ({
        ...{ change: null, path: '', deleted: false },
        value: { record: record as string, collection, effect: effect as string, summary: '' },
      }),
    );
  const item: ReviewItem = {
    ...{ id: reviewId, kind: 'brake' as const, engineId, collection, recordId: everyRecord },
    ...{ reasonCode: 'manual_review_required' as const, status: 'open' as const, changes: [row.version], alternatives },
    ...{ authorId: row.authorId, deviceId: row.deviceId, stamp: row.stamp },
    summary: `rules of ${id}: ${shown.length} ${shown.length === 1 ? 'file' : 'files'} more of ${root} would be shared, ${leftOut.length} would be left out`,
  };
  openReview(core, item);
  tellHeld(core.notices, item);
}

function settingOf(root: string): string {
  return `rules.folder.${root}`;
}
