import type { StorePort } from '../../api/ports/port.ts';
import type { RebuiltRecordBody, StoreRebuildBody, StoreVerifyBody } from '../../api/types/store.ts';
import type { CollectionName, RecordId } from '../../base/ids.ts';
import type { LostEvents } from '../../contract/audit.ts';
import { isAnyDamaged } from '../../replica/care/damage.ts';
import type { DamagedRecord } from '../../replica/names/damaged-record.ts';
import type { Replica } from '../../replica/port.ts';
import { type DailyPass, type DailyPassDeps, createDailyPass } from './daily-pass.ts';
import { type Verified, closeMended, verifyAll } from './verify-all.ts';

/** Opens every stored record once a day, a little at a time, and mends what the log can give back. */
export interface StoreHost extends Omit<StorePort, 'copy'>, Pick<DailyPass, 'start' | 'stop'> {
  /** Records that have become whole meanwhile are held no longer, and what stood on them is judged again. */
  releaseMended(): void;
  /** A whole pass is not long ago, and nothing that is known to be damaged is left. */
  readonly verified: boolean;
}

export function createStoreHost(deps: DailyPassDeps): StoreHost {
  const { store, replica, changed } = deps;
  const pass = createDailyPass(deps);

  async function verifyNow(): Promise<Verified> {
    const verified = await verifyAll(store, replica);
    pass.completed();
    if (verified.damaged.length + verified.mended > 0) {
      changed('store_verified');
    }
    return verified;
  }

  return {
    start: pass.start,
    stop: pass.stop,
    suspected: pass.suspected,
    get verified(): boolean {
      return pass.isRecent && !isAnyDamaged(store);
    },
    noticed(collection: CollectionName, id: RecordId) {
      if (replica.noteDamaged(collection, id) !== undefined) {
        changed('record_damaged');
      }
    },
    releaseMended() {
      if (isAnyDamaged(store) && closeMended(store, replica) > 0) {
        changed('record_mended');
      }
    },
    async verify(): Promise<StoreVerifyBody> {
      const { checked, damaged } = await verifyNow();
      return {
        ok: damaged.length === 0,
        checked,
        damaged: damaged.map((record) => bodyOf(replica, record, 'damaged')),
      };
    },
    async rebuild(execute: boolean): Promise<StoreRebuildBody> {
      const { damaged } = await verifyNow();
      if (!execute) {
        const records = damaged.map((record) => bodyOf(replica, record, 'planned'));
        return { executed: false, records, lostEvents: lostBodies(replica.mendAudit(false)) };
      }
      const records = damaged.map((record): RebuiltRecordBody => {
        const rebuilt = replica.rebuildRecord(record);
        return bodyOf(replica, record, rebuilt.ok ? 'rebuilt' : 'failed', rebuilt.ok ? null : rebuilt.error);
      });
      const lostEvents = lostBodies(replica.mendAudit(true));
      changed('store_rebuilt');
      return { executed: true, records, lostEvents };
    },
  };
}

function lostBodies(lost: readonly LostEvents[]): StoreRebuildBody['lostEvents'] {
  return lost.map(({ from, to }) => ({ from, to }));
}

function bodyOf(
  replica: Pick<Replica, 'rebuildObstacle'>,
  record: DamagedRecord,
  outcome: RebuiltRecordBody['outcome'],
  fault: string | null = null,
): RebuiltRecordBody {
  const { row, quarantineId } = record;
  const obstacle = fault ?? (outcome === 'rebuilt' ? null : (replica.rebuildObstacle(record) ?? null));
  return {
    ...{ collection: row.collection, recordId: row.recordId ?? null, quarantineId, changes: row.changes.length },
    ...{ outcome: obstacle !== null && outcome === 'planned' ? 'failed' : outcome, message: obstacle },
  };
}
