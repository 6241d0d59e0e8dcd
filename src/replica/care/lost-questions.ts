import type { CollectionName, RecordId } from '../../base/ids.ts';
import type { RecordRow } from '../../contract/record.ts';
import type { Core } from '../kernel/core.ts';
import { withCounts } from '../kernel/review-queue.ts';
import { recordPages } from './record-pages.ts';

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
export function* lostQuestions(core: Core): Generator<Unasked | undefined, undefined> {
  for (const { rows } of recordPages(core, rowsAtOnce)) {
    yield* rows.filter((row) => isUnasked(core, row) && canBeJudgedAgain(core, row));
    yield undefined;
  }
}

function isUnasked(core: Core, row: RecordRow): boolean {
  const counted = withCounts(core, row);
  return row.openReviews + row.openConflicts > counted.openReviews + counted.openConflicts;
}

function canBeJudgedAgain(core: Core, { state, heads }: RecordRow): boolean {
  const isInLog = heads.every((head) => {
    const place = core.store.history.get(head);
    return place !== undefined && core.reader.record(place) !== undefined;
  });
  return state === 'absent' || isInLog;
}
