import type { CollectionName, RecordId } from '../../base/ids.ts';
import { isOfStrategy } from '../apply/apply.ts';
import type { Core } from '../kernel/core.ts';
import { keepRow } from '../kernel/keep.ts';
import { withCounts } from '../kernel/review-queue.ts';

interface Forgotten {
  readonly collection: CollectionName;
  readonly id: RecordId;
}

/** A record is forgotten with what is asked about its changes: both come again as they are judged again. */
export function forgetRecord(core: Pick<Core, 'store' | 'backlog'>, { collection, id }: Forgotten): void {
  for (const item of core.store.reviews.openOf(collection, id).filter(isOfStrategy)) {
    core.store.reviews.put({ ...item, status: 'superseded' });
  }
  core.store.upkeep.unlearn(collection, id);
  core.backlog.waiting.forget();
}

/** Once all of its changes were judged again: what else is asked about the record counts, too. */
export function countQuestions(core: Pick<Core, 'store' | 'rules'>, { collection, id }: Forgotten): void {
  const row = core.store.records.get(collection, id);
  if (row === undefined || row === 'damaged') {
    return;
  }
  const counted = withCounts(core.store, row);
  if (counted.openReviews !== row.openReviews || counted.openConflicts !== row.openConflicts) {
    keepRow(core, counted);
  }
}
