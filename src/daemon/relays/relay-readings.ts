import type { RelayLinkHandlers } from '../../net/relay-link.ts';
import type { Replica } from '../../replica/port.ts';
import type { Store } from '../../store/ground/port.ts';
import { travelling } from '../keys/scope-names.ts';

/** What a session reads from the store for its relay. */
export function relayReadings(
  replica: Pick<Replica, 'self'>,
  store: Pick<Store, 'log' | 'scopes'>,
): Pick<RelayLinkHandlers, 'readOwn' | 'readChain' | 'readEntries'> {
  return {
    readOwn(scopeId, after, limitBytes) {
      const rows = store.log.after(scopeId, replica.self, after, limitBytes);
      const last = rows.at(-1)?.sequence ?? after;
      return { batches: rows, more: last < (store.log.heads(scopeId).get(replica.self)?.sequence ?? 0) };
    },
    readChain: (scopeId, deviceId, after, limitBytes) => store.log.after(scopeId, deviceId, after, limitBytes),
    readEntries(scopeId, from, limitBytes) {
      const entries: Uint8Array[] = [];
      let sizeBytes = 0;
      for (const { sequence, bytes } of store.scopes.entries(scopeId)) {
        if (sequence >= from && (entries.length === 0 || sizeBytes + bytes.length <= limitBytes)) {
          entries.push(bytes);
          sizeBytes += bytes.length;
        }
      }
      return entries;
    },
  };
}

/** Own batches, of all scopes, that this relay has not confirmed. */
export function unconfirmedBy(
  replica: Pick<Replica, 'self' | 'scopes'>,
  store: Pick<Store, 'log'>,
  url: string,
): number {
  return travelling(replica).reduce((sum, { scopeId }) => {
    const head = store.log.heads(scopeId).get(replica.self)?.sequence ?? 0;
    return sum + Math.max(0, head - store.log.acknowledged(scopeId, url));
  }, 0);
}
