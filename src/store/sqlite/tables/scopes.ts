import { assert } from '../../../base/assert.ts';
import type { ScopeId } from '../../../base/ids.ts';
import type { ScopeTable } from '../../ground/port.ts';
import type { Context } from '../base/context.ts';
import { createKeyedTable } from '../base/keyed-table.ts';
import type { Names } from '../base/names.ts';

interface StoredEntry {
  readonly row: number;
  readonly sequence: number;
  readonly version: number;
  readonly payload: Uint8Array;
}

/** A damaged entry is left out: the membership log is a chain of hashes, so that its reader notices. */
export function createScopes(context: Context, names: Names): ScopeTable {
  const { database, transactions, sealer, lookup, freshCopy } = context;
  const epochKeys = createKeyedTable(context, 'epoch_key');
  const list = database.prepare<[], number>('select scope from scope_entry group by scope order by min(row)').pluck();
  const entries = database.prepare<[number], StoredEntry>(
    'select row, sequence, version, payload from scope_entry where scope = ? order by sequence',
  );
  const count = database.prepare<[number], number>('select count(*) from scope_entry where scope = ?').pluck();
  const lastRow = database.prepare<[], number>('select coalesce(max(row), 0) from scope_entry').pluck();
  const insert = database.prepare(
    'insert into scope_entry (row, scope, sequence, version, payload) values (?, ?, ?, ?, ?)',
  );
  const cut = database.prepare('delete from scope_entry where scope = ? and sequence >= ?');
  const keyName = (scopeId: ScopeId, epoch: number): Uint8Array => lookup('epoch-key', scopeId, String(epoch));

  return {
    list: () => list.all().flatMap((scope) => (names.textOf('scope', scope) as ScopeId | undefined) ?? []),
    entries(scopeId) {
      const scope = names.find('scope', scopeId);
      return (scope === undefined ? [] : entries.all(scope)).flatMap((stored) => {
        const bytes = sealer.open('scope_entry', stored.row, stored.version, stored.payload);
        return bytes === undefined ? [] : [{ scopeId, sequence: stored.sequence, bytes }];
      });
    },
    append(row) {
      transactions.run(() => {
        const scope = names.numberOf('scope', row.scopeId);
        assert(row.sequence === count.get(scope), 'an entry follows the last one of its membership log');
        const number = (lastRow.get() as number) + 1;
        const version = sealer.nextVersion();
        insert.run(number, scope, row.sequence, version, sealer.seal('scope_entry', number, version, row.bytes));
        freshCopy.changed('scope_entry', number);
      });
    },
    cut(scopeId, from) {
      assert(from >= 1, 'the first entry is the scope itself');
      transactions.run(() => {
        cut.run(names.numberOf('scope', scopeId), from);
        freshCopy.changed('scope_entry');
      });
    },
    epochKey(scopeId, epoch) {
      const stored = epochKeys.find(keyName(scopeId, epoch));
      return stored && epochKeys.open(stored);
    },
    setEpochKey(scopeId, epoch, key) {
      epochKeys.put(keyName(scopeId, epoch), key);
    },
  };
}
