import type { DeviceId } from '../../src/base/ids.ts';
import type { Store } from '../../src/store/ground/port.ts';

/**
 * Invariant 39: no transaction goes on for longer than it may. Time stands still here while a device works, so that what
 * it judges of others is counted instead: `over` hears of a transaction that judged more than `most` changes for the
 * first time. What waited for them is judged with them, however much it is.
 */
export function watchSlices(disk: Store, self: DeviceId, most: number, over: (judged: number) => void): Store {
  let judged = 0;
  /** What takes something away is judged with all that came with it. */
  let takesAway = false;
  return {
    ...disk,
    records: {
      ...disk.records,
      put(row) {
        takesAway ||= row.state !== 'live';
        disk.records.put(row);
      },
    },
    history: {
      ...disk.history,
      addIfAbsent(row) {
        const isNew = row.deviceId !== self && disk.history.get(row.changeId) === undefined;
        judged += Number(isNew);
        return disk.history.addIfAbsent(row);
      },
    },
    transaction(work) {
      judged = 0;
      takesAway = false;
      const result = disk.transaction(work);
      if (judged > most && !takesAway) {
        over(judged);
      }
      return result;
    },
  };
}
