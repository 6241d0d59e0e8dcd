import { assert } from '../../../base/assert.ts';
import type { ChangeId } from '../../../base/ids.ts';
import type { HistoryRow, HistoryTable } from '../../ground/port.ts';
import { type HistoryDeps, createChangeReader } from './history-reading.ts';
import { type StoredChange, dispositions, historyColumns, isTagged, tagOf, waitingKeyOf } from './history-row.ts';
import { hashIdBytes, stampBytes } from './record-row.ts';

/** Changes by their ids: added, asked for, and marked anew. */
export function createHistoryChanges(
  deps: HistoryDeps,
): Pick<HistoryTable, 'addIfAbsent' | 'get' | 'setDisposition' | 'move'> {
  const { context, names, tagKey } = deps;
  const { database, transactions } = context;
  // The index holds the beginnings of the ids alone: a quarter of the size, and as good as unique.
  const findChange = database.prepare<[Uint8Array, Uint8Array], StoredChange>(
    `select ${historyColumns} from history where substr(change_id, 1, 8) = substr(?, 1, 8) and change_id = ?`,
  );
  const remove = database.prepare('delete from history where row = ?');
  const update = database.prepare('update history set disposition = ?, tag = ?, waiting_key = ? where row = ?');
  const moveTo = database.prepare('update history set scope = ?, sequence = ?, position = ?, tag = ? where row = ?');
  const addNew = createAdding(deps);
  const rowOf = createChangeReader(deps);

  // What arrives is asked for before it is added, and nobody else writes in between.
  let askedInVain: ChangeId | undefined;

  const isWhole = (stored: StoredChange): boolean => isTagged(tagKey, stored);

  return {
    addIfAbsent: (row) =>
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
    move(changeId, { scopeId, sequence, index }) {
      transactions.run(() => {
        const bytes = hashIdBytes(changeId);
        const stored = findChange.get(bytes, bytes);
        assert(stored !== undefined, 'only a change that is in history is moved');
        if (isWhole(stored)) {
          const after = { ...stored, scope: names.numberOf('scope', scopeId), sequence, position: index };
          moveTo.run(after.scope, sequence, index, tagOf(tagKey, after), stored.row);
        }
      });
    },
  };
}

/** Writes a change that is not there yet, or not whole. */
function createAdding({ context, names, slots, tagKey }: HistoryDeps): (row: HistoryRow, changeId: Uint8Array) => void {
  const insert = context.database.prepare(
    `insert into history (change_id, record, scope, device, sequence, position, stamp, disposition, tag, waiting_key)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  return (row, changeId) => {
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
  };
}
