import { isJsonObject } from '../../base/json.ts';
import { isAnyDamaged } from '../../replica/care/damage.ts';
import type { Replica } from '../../replica/port.ts';
import type { Store } from '../../store/ground/port.ts';
import { sliceRecords } from './verify-all.ts';

export interface DailyPassDeps {
  readonly store: Store;
  readonly replica: Pick<
    Replica,
    'rejudge' | 'mendAudit' | 'verifyRecords' | 'noteDamaged' | 'rebuildObstacle' | 'rebuildRecord' | 'closeMended'
  >;
  readonly nowMs: () => number;
  /** Something about the store's state became different. */
  readonly changed: (reason: string) => void;
  /** Runs what the disk may not take; false where it did not. */
  readonly guard: (work: () => void) => boolean;
}

/** Opens every stored record once a day, a little at a time. */
export interface DailyPass {
  /** Goes on where the last pass was interrupted. Looks at one slice before it returns. */
  start(): void;
  stop(): void;
  /** A record may be damaged: unless it is known that some are, a pass begins now. */
  suspected(): void;
  /** Every record was opened on somebody's word. */
  completed(): void;
  /** A whole pass is not long ago. */
  readonly isRecent: boolean;
}

// After a slice the event loop is everybody's: 100,000 records take some 15 seconds.
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

export function createDailyPass({ store, replica, nowMs, changed, guard }: DailyPassDeps): DailyPass {
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

  return {
    start: step,
    stop() {
      clearTimeout(timer);
      save(pass);
    },
    suspected() {
      // What is known would be suspected again by every page.
      if (pass.cursor === null && !isAnyDamaged(store)) {
        clearTimeout(timer);
        timer = setTimeout(step, pauseMs);
      }
    },
    completed() {
      save({ cursor: null, completedAtMs: nowMs() });
    },
    get isRecent(): boolean {
      return pass.completedAtMs !== null && nowMs() - pass.completedAtMs <= staleAfterMs;
    },
  };
}

function readPass(store: Pick<Store, 'settings'>): Pass {
  const saved = store.settings.get(passSetting) ?? null;
  const { cursor, completedAtMs } = isJsonObject(saved) ? saved : { cursor: null, completedAtMs: null };
  return {
    cursor: typeof cursor === 'string' ? cursor : null,
    completedAtMs: typeof completedAtMs === 'number' ? completedAtMs : null,
  };
}
