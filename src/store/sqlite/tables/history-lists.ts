import { assert } from '../../../base/assert.ts';
import { concat } from '../../../base/bytes.ts';
import type { CollectionName } from '../../../base/ids.ts';
import { compareHistory } from '../../ground/order.ts';
import { cursorFromKeys, emptyPage, keysFromCursor, pageOf } from '../../ground/paging.ts';
import type { HistoryTable } from '../../ground/port.ts';
import { limited } from '../base/context.ts';
import { type HistoryDeps, createChangeReader } from './history-reading.ts';
import { type StoredChange, collectionKey, historyColumns } from './history-row.ts';
import { stampBytes, stampFromBytes } from './record-row.ts';

/** Changes by the record that they are of, and those of a collection that wait. */
export function createHistoryLists(
  deps: HistoryDeps,
): Pick<HistoryTable, 'list' | 'upTo' | 'hasWaiting' | 'listWaiting'> {
  const { context, names, collections, slots } = deps;
  const { database } = context;
  const ofRecord = database.prepare<[number], StoredChange>(`select ${historyColumns} from history where record = ?`);
  const upTo = database.prepare<[number, number, number, number, number, number], StoredChange>(
    `select ${historyColumns} from history
     where record = ? and scope = ? and device = ? and (sequence, position) <= (?, ?)
     order by sequence desc, position desc ${limited}`,
  );
  const waitsOf = database
    .prepare<[number], number>('select 1 from history where record = ? and waiting_key is not null limit 1')
    .pluck();
  const waiting = database.prepare<[Uint8Array, number, Uint8Array, number], StoredChange>(
    `select ${historyColumns} from history where (waiting_key, row) > (?, ?) and waiting_key < ?
     order by waiting_key, row ${limited}`,
  );
  const rowOf = createChangeReader(deps);

  return {
    list(collection, id) {
      const slot = slots.find(collection, id);
      const stored = slot === undefined ? [] : ofRecord.all(slot);
      return stored.flatMap((item) => rowOf(item) ?? []).sort(compareHistory);
    },
    upTo({ collection, recordId, scopeId, deviceId, sequence, index }, limit) {
      const slot = slots.find(collection, recordId);
      const scope = names.find('scope', scopeId);
      const device = names.find('device', deviceId);
      if (slot === undefined || scope === undefined || device === undefined) {
        return [];
      }
      const latestFirst = upTo.all(slot, scope, device, sequence, index, limit);
      return latestFirst.flatMap((item) => rowOf(item) ?? []).reverse();
    },
    hasWaiting(collection, id) {
      const slot = slots.find(collection, id);
      return slot !== undefined && waitsOf.get(slot) !== undefined;
    },
    listWaiting(collection: CollectionName, { cursor, limit }) {
      assert(limit >= 1, 'a page has a limit of at least 1');
      const number = collections.find(collection);
      const keys = keysFromCursor(cursor, 2);
      const stamp = bytesOfCursor(keys?.[0]);
      if (number === undefined || keys === undefined || stamp === undefined) {
        return emptyPage;
      }
      const from = concat([collectionKey(number), stamp]);
      const stored = waiting.all(from, Number(keys[1]), collectionKey(number + 1), limit + 1);
      const page = pageOf(stored, limit, (last) => cursorFromKeys([stampFromBytes(last.stamp), String(last.row)]));
      return { items: page.items.flatMap((item) => rowOf(item) ?? []), nextCursor: page.nextCursor };
    },
  };
}

function bytesOfCursor(stamp: string | undefined): Uint8Array | undefined {
  if (stamp === '') {
    return new Uint8Array(0);
  }
  return stamp !== undefined && /^[0-9a-f]{12}-[0-9a-f]{4}$/.test(stamp) ? stampBytes(stamp as never) : undefined;
}
