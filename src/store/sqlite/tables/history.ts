import { assert } from '../../../base/assert.ts';
import { concat, equalBytes, u64, utf8, viewOf } from '../../../base/bytes.ts';
import {
  type ChangeId,
  type CollectionName,
  type DeviceId,
  type ScopeId,
  changeIdFromBytes,
} from '../../../base/ids.ts';
import type { Disposition } from '../../../contract/record.ts';
import { keyedHash } from '../../../crypto/hash.ts';
import { compareHistory } from '../../ground/order.ts';
import { cursorFromKeys, emptyPage, keysFromCursor, pageOf } from '../../ground/paging.ts';
import type { DamagedChange, HistoryRow, HistoryTable } from '../../ground/port.ts';
import { type Collections, slotsOfCollection } from './collections.ts';
import { type Context, limited } from '../base/context.ts';
import type { Names } from '../base/names.ts';
import { hashIdBytes, hashIdSizeBytes, stampBytes, stampFromBytes, stampSizeBytes } from './record-row.ts';
import type { Slots } from './slots.ts';

interface StoredChange {
  readonly row: number;
  readonly change_id: Uint8Array;
  readonly record: number;
  readonly scope: number;
  readonly device: number;
  readonly sequence: number;
  readonly position: number;
  readonly stamp: Uint8Array;
  readonly disposition: number;
  readonly tag: Uint8Array;
}

export interface HistoryDeps {
  readonly context: Context;
  readonly names: Names;
  readonly collections: Collections;
  readonly slots: Slots;
  /** 32 bytes; a damaged row is noticed by the tag that this key makes. */
  readonly tagKey: Uint8Array;
}

/** Numbers of the dispositions in the history table, and in what is kept of collected records. */
export const dispositions: readonly ['applied', 'proposed', 'superseded', 'waiting', 'refused'] = [
  'applied',
  'proposed',
  'superseded',
  'waiting',
  'refused',
];
const tagSizeBytes = 8;
const taggedNumbers = ['record', 'scope', 'device', 'sequence', 'position', 'disposition'] as const;
const columns = 'row, change_id, record, scope, device, sequence, position, stamp, disposition, tag';

export function createHistory({ context, names, collections, slots, tagKey }: HistoryDeps): HistoryTable {
  const { database, transactions } = context;
  // The index holds the beginnings of the ids alone: a quarter of the size, and as good as unique.
  const findChange = database.prepare<[Uint8Array, Uint8Array], StoredChange>(
    `select ${columns} from history where substr(change_id, 1, 8) = substr(?, 1, 8) and change_id = ?`,
  );
  const insert = database.prepare(
    `insert into history (change_id, record, scope, device, sequence, position, stamp, disposition, tag, waiting_key)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const remove = database.prepare('delete from history where row = ?');
  const update = database.prepare('update history set disposition = ?, tag = ?, waiting_key = ? where row = ?');
  const moveTo = database.prepare('update history set sequence = ?, position = ?, tag = ? where row = ?');
  const ofRecord = database.prepare<[number], StoredChange>(`select ${columns} from history where record = ?`);
  const upTo = database.prepare<[number, number, number, number, number, number], StoredChange>(
    `select ${columns} from history
     where record = ? and scope = ? and device = ? and (sequence, position) <= (?, ?)
     order by sequence desc, position desc ${limited}`,
  );
  const waitsOf = database
    .prepare<[number], number>('select 1 from history where record = ? and waiting_key is not null limit 1')
    .pluck();
  const waiting = database.prepare<[Uint8Array, number, Uint8Array, number], StoredChange>(
    `select ${columns} from history where (waiting_key, row) > (?, ?) and waiting_key < ?
     order by waiting_key, row ${limited}`,
  );

  // A change is asked for before it is added, and nobody else writes in between.
  let askedInVain: ChangeId | undefined;

  const isWhole = (stored: StoredChange): boolean => isTagged(tagKey, stored);

  function rowOf(stored: StoredChange): HistoryRow | undefined {
    const owner = isWhole(stored) ? slots.whose(stored.record) : undefined;
    const scopeId = names.textOf('scope', stored.scope) as ScopeId | undefined;
    const deviceId = names.textOf('device', stored.device) as DeviceId | undefined;
    if (owner === undefined || scopeId === undefined || deviceId === undefined) {
      return undefined;
    }
    return {
      changeId: changeIdFromBytes(stored.change_id),
      collection: owner.collection,
      recordId: owner.id,
      scopeId,
      deviceId,
      sequence: stored.sequence,
      index: stored.position,
      stamp: stampFromBytes(stored.stamp),
      disposition: dispositions[stored.disposition] as Disposition,
    };
  }

  function addNew(row: HistoryRow, changeId: Uint8Array): void {
    const stored = {
      change_id: changeId,
      record: slots.slotOf(row.collection, row.recordId).row,
      scope: names.numberOf('scope', row.scopeId),
      device: names.numberOf('device', row.deviceId),
      sequence: row.sequence,
      position: row.index,
      stamp: stampBytes(row.stamp),
      disposition: dispositions.indexOf(row.disposition),
    };
    const { record, scope, device, sequence, position, stamp, disposition } = stored;
    const tag = tagOf(tagKey, stored);
    insert.run(changeId, record, scope, device, sequence, position, stamp, disposition, tag, waitingKeyOf(stored));
  }

  return {
    add: (row) =>
      transactions.run(() => {
        const changeId = hashIdBytes(row.changeId);
        const before = row.changeId === askedInVain ? undefined : findChange.get(changeId, changeId);
        askedInVain = undefined;
        if (before !== undefined && isWhole(before)) {
          return false;
        }
        if (before !== undefined) {
          remove.run(before.row);
        }
        addNew(row, changeId);
        return true;
      }),
    get(changeId) {
      const bytes = hashIdBytes(changeId);
      const stored = findChange.get(bytes, bytes);
      askedInVain = stored === undefined ? changeId : undefined;
      return stored && rowOf(stored);
    },
    setDisposition(changeId, disposition) {
      transactions.run(() => {
        const bytes = hashIdBytes(changeId);
        const stored = findChange.get(bytes, bytes);
        assert(stored !== undefined, 'a disposition is set of a change that is in history');
        if (isWhole(stored)) {
          const after = { ...stored, disposition: dispositions.indexOf(disposition) };
          update.run(after.disposition, tagOf(tagKey, after), waitingKeyOf(after), stored.row);
        }
      });
    },
    move(changeId, { sequence, index }) {
      transactions.run(() => {
        const bytes = hashIdBytes(changeId);
        const stored = findChange.get(bytes, bytes);
        assert(stored !== undefined, 'only a change that is in history is moved');
        if (isWhole(stored)) {
          moveTo.run(sequence, index, tagOf(tagKey, { ...stored, sequence, position: index }), stored.row);
        }
      });
    },
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

/** The changes of a slot whose own row need not be whole, so that nothing is said here of whose they are. */
export function createChangesOfSlot({
  context,
  names,
  tagKey,
}: Pick<HistoryDeps, 'context' | 'names' | 'tagKey'>): (slot: number) => readonly DamagedChange[] {
  const ofSlot = context.database.prepare<[number], StoredChange>(
    `select ${columns} from history where record = ? order by row`,
  );
  return (slot) =>
    ofSlot.all(slot).flatMap((stored) => {
      const scopeId = names.textOf('scope', stored.scope) as ScopeId | undefined;
      const deviceId = names.textOf('device', stored.device) as DeviceId | undefined;
      const isKnown = isTagged(tagKey, stored) && scopeId !== undefined && deviceId !== undefined;
      const { sequence, position: index } = stored;
      return isKnown ? [{ changeId: changeIdFromBytes(stored.change_id), scopeId, deviceId, sequence, index }] : [];
    });
}

function isTagged(tagKey: Uint8Array, stored: StoredChange): boolean {
  return equalBytes(stored.tag, tagOf(tagKey, stored)) && dispositions[stored.disposition] !== undefined;
}

function collectionKey(collection: number): Uint8Array {
  return new Uint8Array([collection >>> 8, collection & 255]);
}

/** Orders what waits: collection, stamp. Null for what does not. */
function waitingKeyOf(stored: Pick<StoredChange, 'record' | 'stamp' | 'disposition'>): Uint8Array | null {
  const collection = Math.floor(stored.record / slotsOfCollection);
  return dispositions[stored.disposition] === 'waiting' ? concat([collectionKey(collection), stored.stamp]) : null;
}

function bytesOfCursor(stamp: string | undefined): Uint8Array | undefined {
  if (stamp === '') {
    return new Uint8Array(0);
  }
  return stamp !== undefined && /^[0-9a-f]{12}-[0-9a-f]{4}$/.test(stamp) ? stampBytes(stamp as never) : undefined;
}

// Laid out anew for each row: change id, stamp, six numbers.
const tagged = new Uint8Array(hashIdSizeBytes + stampSizeBytes + 6 * 8);
const taggedView = viewOf(tagged);

function tagOf(tagKey: Uint8Array, stored: Omit<StoredChange, 'row' | 'tag'>): Uint8Array {
  tagged.set(stored.change_id.subarray(0, hashIdSizeBytes));
  tagged.set(stored.stamp.subarray(0, stampSizeBytes), hashIdSizeBytes);
  let offset = hashIdSizeBytes + stampSizeBytes;
  for (const name of taggedNumbers) {
    taggedView.setFloat64(offset, stored[name]);
    offset += 8;
  }
  return keyedHash(tagKey, 'row', tagged).subarray(0, tagSizeBytes);
}

/** The key of history's tags, apart from the one that seals. */
export function historyTagKey(dataKey: Uint8Array): Uint8Array {
  return keyedHash(dataKey, 'row', utf8('history'), u64(1));
}
