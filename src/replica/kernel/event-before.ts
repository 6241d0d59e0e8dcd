import { isJsonObject } from '../../base/json.ts';
import type { LoggedChange } from '../../contract/change.ts';
import { type EventBefore, claimedHash, isAuditItself } from '../../log/audit-entry.ts';
import { decodeChange } from '../../log/change.ts';
import type { Core } from './core.ts';
import type { Logs } from './logs.ts';
import type { Place } from '../lists/log-reader.ts';
import type { Store } from '../../store/ground/port.ts';

type Chain = Pick<Place, 'scopeId' | 'deviceId'>;

/** How far the entries of one device were met in one scope: where the last stands, and its hash. */
interface Met {
  readonly sequence: number;
  readonly index: number;
  readonly hash: string | null;
  /** The latest batch that holds something which could not be read when its chain went over it; 0 for none. */
  readonly unread: number;
}

const none: Met = { sequence: 0, index: 0, hash: null, unread: 0 };

/**
 * The event that stands before a place among the entries of its device, whatever became of it: the answer follows from
 * the chain alone, so that every device gives the same. What comes in order is answered by a note of the last; the log is
 * read back only for what is judged again.
 */
export function eventBefore(core: Pick<Core, 'store' | 'logs'>, place: Place): EventBefore {
  const met = metOf(core.store, place);
  const isNext = met.sequence < place.sequence || (met.sequence === place.sequence && met.index < place.index);
  const isAllRead = met.unread === 0 || met.unread < met.sequence;
  return isNext && isAllRead ? { hash: met.hash } : readBack(core.logs, place);
}

/** The event that the next entry of a device follows. */
export function lastEntered(store: Pick<Store, 'settings'>, chain: Chain): EventBefore {
  const { sequence, hash, unread } = metOf(store, chain);
  return unread > 0 && unread >= sequence ? 'unread' : { hash };
}

/** Remembers an entry that was met further on than every one before. */
export function noteEntry(store: Pick<Store, 'settings'>, change: LoggedChange): void {
  const hash = isAuditItself(change) ? claimedHash(change) : undefined;
  if (hash === undefined) {
    return;
  }
  const met = metOf(store, change);
  const { sequence, index } = change;
  if (sequence > met.sequence || (sequence === met.sequence && index > met.index)) {
    keep(store, change, { sequence, index, hash, unread: met.unread });
  }
}

/** A chain went over a batch of which something cannot be read here: what follows is held against the log itself. */
export function noteUnread(
  store: Pick<Store, 'settings'>,
  { sequence, ...chain }: Chain & Pick<Place, 'sequence'>,
): void {
  const met = metOf(store, chain);
  if (sequence > met.unread) {
    keep(store, chain, { ...met, unread: sequence });
  }
}

function readBack(logs: Logs, { scopeId, deviceId, ...place }: Place): EventBefore {
  let from = place.index - 1;
  for (let { sequence } = place; sequence > 0; sequence--) {
    for (let index = from; index > 0; index--) {
      const found = hashAt(logs, { scopeId, deviceId, sequence, index });
      if (found !== undefined) {
        return found;
      }
    }
    from = logs.reader.recordCount(scopeId, deviceId, sequence - 1) - 1;
  }
  return { hash: null };
}

/** Undefined where another collection's change stands, or nothing that anybody will ever read. */
function hashAt(logs: Logs, place: Place): EventBefore | undefined {
  const bytes = logs.reader.record(place)?.bytes;
  const decoded = bytes && decodeChange(bytes);
  if (decoded?.ok === false) {
    return decoded.error.verdict === 'quarantine' ? 'unread' : undefined;
  }
  const hash = decoded?.ok === true && isAuditItself(decoded.value) ? claimedHash(decoded.value) : undefined;
  return hash === undefined ? undefined : { hash };
}

function metOf(store: Pick<Store, 'settings'>, chain: Chain): Met {
  const saved = store.settings.get(nameOf(chain));
  return isJsonObject(saved) ? { ...none, ...(saved as unknown as Met) } : none;
}

function keep(store: Pick<Store, 'settings'>, chain: Chain, met: Met): void {
  store.settings.set(nameOf(chain), { ...met });
}

function nameOf({ scopeId, deviceId }: Chain): string {
  return `audit.met.${scopeId}.${deviceId}`;
}
