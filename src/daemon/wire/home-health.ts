import { createDiskReserve } from '../disk/disk-reserve.ts';
import { readDiskRoom } from '../../store/sqlite/base/disk-room.ts';
import type { DaemonOptions } from './parts.ts';
import { type StoreHealth, createStoreHealth } from '../disk/store-health.ts';

/** The health of a home's disk; what becomes of it is told in the log and to the engines. */
export function createHomeHealth({ home, paths, log, around }: DaemonOptions, changed: () => void): StoreHealth {
  return createStoreHealth({
    store: home.store,
    folder: paths.state,
    reserve: createDiskReserve(paths.state),
    room: () => readDiskRoom(paths.state),
    nowMs: Date.now,
    damaged: around.mend,
    changed({ state, message }, cause) {
      if (state === 'well') {
        log.info('the disk of this home is well');
      } else {
        log[state === 'low' ? 'warn' : 'error']({ err: cause }, message ?? state);
      }
      changed();
    },
  });
}
