import type { CollectionName, RecordId } from '../../base/ids.ts';
import type { RecordRow } from '../../contract/record.ts';
import type { Core } from '../kernel/core.ts';
import { withCounts } from '../kernel/review-queue.ts';
import { recordPages } from './record-pages.ts';
import type { Store } from '../../store/ground/port.ts';

const rowsAtOnce = 500;

interface Unasked {
  readonly collection: CollectionName;
  readonly id: RecordId;
}

/**
 * Records that say that something about them is to be decided, of which no question is left. Where nothing of a record is
 * live, or the log has all that it stands upon, the question comes again as its changes are judged again: now, or when a
 * relay hands them out. Yields where others may have their turn.
 */
export function* lostQuestions(
  core: Pick<Core, 'store' | 'logs' | 'rules'>,
): Generator<Unasked | undefined, undefined> {
  for (const { rows } of recordPages(core, rowsAtOnce)) {
    yield* rows.filter((row) => isUnasked(core.store, row) && canBeJudgedAgain(core, row));
    yield undefined;
  }
}

function isUnasked(store: Pick<Store, 'reviews'>, row: RecordRow): boolean {
  const counted = withCounts(store, row);
  return row.openReviews + row.openConflicts > counted.openReviews + counted.openConflicts;
}

function canBeJudgedAgain(core: Pick<Core, 'store' | 'logs'>, { state, heads }: RecordRow): boolean {
  const isInLog = heads.every((head) => {
    const place = core.store.history.get(head);
    return place !== undefined && core.logs.reader.record(place) !== undefined;
  });
  return state === 'absent' || isInLog;
}
