import type { DeviceId } from '../../base/ids.ts';
import type { Presence } from '../../membership/presence/presence-seal.ts';
import { keyOf } from './presence-told.ts';

/** As far as clocks may lie apart. What is older was kept by somebody who should not have. */
const oldestMs = 10 * 60 * 1000;
/** Records of one device of which something is remembered. */
const maximumRecords = 1024;

/** What other devices said last: the number of it at each record, and where they are as far as they said. */
export interface HeardPresence {
  /** True for what was not said before, and not before something later. */
  isFresh(presence: Presence): boolean;
  /** True for a device that was not at this record before. */
  hasCome(deviceId: DeviceId, record: string, isThere: boolean): boolean;
  left(deviceId: DeviceId): void;
}

export function createHeardPresence(nowMs: () => number): HeardPresence {
  const heard = new Map<DeviceId, { session: number; readonly numbers: Map<string, number> }>();
  const here = new Map<DeviceId, Set<string>>();

  return {
    isFresh({ deviceId, session, number, atMs, collection, id }) {
      let known = heard.get(deviceId);
      if (Math.abs(nowMs() - atMs) > oldestMs || (known !== undefined && session < known.session)) {
        return false;
      }
      if (known === undefined || session > known.session) {
        known = { session, numbers: new Map() };
        heard.set(deviceId, known);
      }
      const key = keyOf({ collection, id });
      if (number <= (known.numbers.get(key) ?? 0)) {
        return false;
      }
      // The one that was heard of last comes last.
      known.numbers.delete(key);
      known.numbers.set(key, number);
      forgetOldest(known.numbers);
      return true;
    },
    hasCome(deviceId, record, isThere) {
      const places = here.get(deviceId) ?? new Set();
      const isNew = isThere && !places.has(record);
      here.set(deviceId, places);
      if (!isThere) {
        places.delete(record);
      } else if (places.size < maximumRecords) {
        places.add(record);
      }
      return isNew;
    },
    left: (deviceId) => void here.delete(deviceId),
  };
}

function forgetOldest(numbers: Map<string, number>): void {
  for (const oldest of numbers.keys()) {
    if (numbers.size <= maximumRecords) {
      break;
    }
    numbers.delete(oldest);
  }
}
