import type { StorePort } from '../../api/ports/port.ts';
import type { RebuiltRecordBody, StoreRebuildBody, StoreVerifyBody } from '../../api/types/store.ts';
import type { CollectionName, RecordId } from '../../base/ids.ts';
import { isJsonObject } from '../../base/json.ts';
import type { LostEvents } from '../../contract/audit.ts';
import type { QuarantineItem } from '../../contract/review.ts';
import { isAnyDamaged } from '../../replica/care/damage.ts';
import { collectionsHeldForDamage, heldDamage } from '../../replica/care/held-damage.ts';
import type { Replica } from '../../replica/port.ts';
import type { DamagedRecord } from '../../replica/names/damaged-record.ts';
import type { Store } from '../../store/ground/port.ts';

/** Opens every stored record once a day, a little at a time, and mends what the log can give back. */
export interface StoreHost extends StorePort {
  /** Goes on where the last pass was interrupted. Looks at one slice before it returns. */
  start(): void;
  stop(): void;
  /** Records that have become whole meanwhile are held no longer, and what stood on them is judged again. */
  releaseMended(): void;
  /** A whole pass is not long ago, and nothing that is known to be damaged is left. */
  readonly verified: boolean;
}

export interface StoreHostDeps {
  readonly store: Store;
  readonly replica: Replica;
  readonly nowMs: () => number;
  /** Something about the store's state became different. */
  readonly changed: (reason: string) => void;
  /** Runs what the disk may not take; false where it did not. */
  readonly guard: (work: () => void) => boolean;
}

// About 5 ms of work, then the event loop is everybody's: 100,000 records take some 15 seconds.
const sliceRecords = 200;
const pauseMs = 25;
const passEveryMs = 24 * 60 * 60 * 1000;
// A pass that began in time may end a while after the day.
const staleAfterMs = passEveryMs + 60 * 60 * 1000;
const slicesPerSave = 25;
/** After the disk did not take or give something. */
const againMs = 60 * 1000;
const passSetting = 'store.verification';

interface Pass {
  /** Where to go on; null between two passes. */
  readonly cursor: string | null;
  readonly completedAtMs: number | null;
}

export function createStoreHost({ store, replica, nowMs, changed, guard }: StoreHostDeps): StoreHost {
  let timer: NodeJS.Timeout | undefined;
  let pass = readPass(store);
  let slices = 0;

  function save(next: Pass): void {
    pass = next;
    guard(() => {
      store.settings.set(passSetting, { cursor: next.cursor, completedAtMs: next.completedAtMs });
    });
  }

  function step(): void {
    let nextMs = againMs;
    guard(() => {
      nextMs = lookAtSlice();
    });
    timer = setTimeout(step, nextMs);
    timer.unref();
  }

  /** One slice of the pass; answers when the next one is due: soon, or tomorrow. */
  function lookAtSlice(): number {
    if (pass.cursor === null) {
      store.upkeep.forgetPages();
    }
    const { damaged, nextCursor } = replica.verifyRecords({ cursor: pass.cursor, limit: sliceRecords });
    slices += 1;
    if (nextCursor === null) {
      save({ cursor: null, completedAtMs: nowMs() });
      store.upkeep.keepCopy();
      changed('store_verified');
    } else if (slices % slicesPerSave === 0) {
      save({ ...pass, cursor: nextCursor });
    } else {
      pass = { ...pass, cursor: nextCursor };
    }
    if (damaged.length > 0) {
      changed('record_damaged');
    }
    return nextCursor === null ? passEveryMs : pauseMs;
  }

  async function verifyAll(): Promise<{ checked: number; damaged: readonly DamagedRecord[] }> {
    const damaged: DamagedRecord[] = [];
    let checked = 0;
    let cursor: string | null = null;
    store.upkeep.forgetPages();
    do {
      const page: ReturnType<Replica['verifyRecords']> = replica.verifyRecords({ cursor, limit: sliceRecords });
      checked += page.checked;
      damaged.push(...page.damaged);
      cursor = page.nextCursor;
      await new Promise(setImmediate);
    } while (cursor !== null);
    const mended = closeMended();
    damaged.push(...unlisted(damagedRecords(store), damaged));
    save({ cursor: null, completedAtMs: nowMs() });
    if (damaged.length + mended > 0) {
      changed('store_verified');
    }
    return { checked, damaged };
  }

  function closeMended(): number {
    const mended = replica.closeMended(damagedRecords(store));
    if (mended > 0) {
      collectionsHeldForDamage(store).forEach(replica.rejudge);
    }
    return mended;
  }

  /** Items that the walk over the table does not meet: their row is gone, and only asking for the record tells. */
  function unlisted(items: readonly QuarantineItem[], listed: readonly DamagedRecord[]): readonly DamagedRecord[] {
    const known = new Set(listed.map(({ quarantineId }) => quarantineId));
    return items.flatMap(({ id, collection, recordId }) => {
      const isNew = !known.has(id) && collection !== null && recordId !== null;
      return isNew ? (replica.noteDamaged(collection, recordId) ?? []) : [];
    });
  }

  return {
    start() {
      step();
    },
    stop() {
      clearTimeout(timer);
      save(pass);
    },
    get verified(): boolean {
      const isRecent = pass.completedAtMs !== null && nowMs() - pass.completedAtMs <= staleAfterMs;
      return isRecent && !isAnyDamaged(store);
    },
    noticed(collection: CollectionName, id: RecordId) {
      if (replica.noteDamaged(collection, id) !== undefined) {
        changed('record_damaged');
      }
    },
    releaseMended() {
      if (isAnyDamaged(store) && closeMended() > 0) {
        changed('record_mended');
      }
    },
    suspected() {
      // What is known would be suspected again by every page.
      if (pass.cursor === null && !isAnyDamaged(store)) {
        clearTimeout(timer);
        timer = setTimeout(step, pauseMs);
      }
    },
    async verify(): Promise<StoreVerifyBody> {
      const { checked, damaged } = await verifyAll();
      return {
        ok: damaged.length === 0,
        checked,
        damaged: damaged.map((record) => bodyOf(replica, record, 'damaged')),
      };
    },
    async rebuild(execute: boolean): Promise<StoreRebuildBody> {
      const { damaged } = await verifyAll();
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
  replica: Replica,
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

function readPass(store: Store): Pass {
  const saved = store.settings.get(passSetting) ?? null;
  const { cursor, completedAtMs } = isJsonObject(saved) ? saved : { cursor: null, completedAtMs: null };
  return {
    cursor: typeof cursor === 'string' ? cursor : null,
    completedAtMs: typeof completedAtMs === 'number' ? completedAtMs : null,
  };
}

/** Every held item that says of a record that its row is damaged. */
function damagedRecords(store: Store): readonly QuarantineItem[] {
  return [...heldDamage(store)].filter(({ changeId }) => changeId === null);
}
