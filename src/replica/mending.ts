import type { CollectionName, RecordId } from '../base/ids.ts';
import type { Result } from '../base/result.ts';
import type { QuarantineItem } from '../contract/review.ts';
import type { PageRequest } from '../store/ground/port.ts';
import { noteDamaged, verifyRecords } from './care/damage.ts';
import { learnAgain } from './care/learn-again.ts';
import { mendLog } from './care/mend-log.ts';
import { closeMended, rebuildObstacle, rebuildRecord } from './care/rebuild.ts';
import { writeAgain } from './care/write-again.ts';
import type { Core } from './kernel/core.ts';
import type { DamagedRecord, VerifiedPage } from './names/damaged-record.ts';

/** Looks for damage in what is stored, and makes good what can be. */
export interface Mending {
  /** After damage: chains end before the first batch that is gone, and are fetched again from there; answers how many. */
  mendLog(): number;
  /** After damage: judges again from the log each record of which history lost a change; answers how many. */
  learnAgain(): Generator<undefined, number>;
  /** After damage: writes once more what own changes did that the log lost; answers in how many records. */
  writeAgain(): Generator<undefined, number>;
  /** Opens a page of stored records; what does not open is quarantined, one record by itself. */
  verifyRecords(page: PageRequest): VerifiedPage;
  /** Quarantines a record that was found damaged on reading; undefined when it is whole after all. */
  noteDamaged(collection: CollectionName, id: RecordId): DamagedRecord | undefined;
  /** Why a damaged record cannot be rebuilt from the log, in words; undefined when it can. */
  rebuildObstacle(damaged: DamagedRecord): string | undefined;
  /** Makes a damaged record again from the log, or says why it cannot. */
  rebuildRecord(damaged: DamagedRecord): Result<undefined, string>;
  /** Closes the items of records that are whole again. Answers how many there were. */
  closeMended(items: readonly QuarantineItem[]): number;
}

export function mendingOf(core: Core): Mending {
  return {
    mendLog: () => mendLog(core),
    learnAgain: () => learnAgain(core),
    writeAgain: () => writeAgain(core),
    verifyRecords: (page) => verifyRecords(core, page),
    noteDamaged: (collection, id) => noteDamaged(core, collection, id),
    rebuildObstacle: (damaged) => rebuildObstacle(core, damaged),
    rebuildRecord: (damaged) => rebuildRecord(core, damaged),
    closeMended: (items) => closeMended(core, items),
  };
}
