import type Database from 'better-sqlite3';
import type { ScopeId } from '../../base/ids.ts';
import type { RelayStore } from '../port.ts';
import type { ScopeKeys } from './scope-keys.ts';
import type { InTransaction } from './transaction.ts';

type Logs = Pick<
  RelayStore,
  'entryCount' | 'entries' | 'appendEntry' | 'entryBytes' | 'setMembers' | 'mayRead' | 'scopesOf' | 'sizeBytes'
>;

/** Membership logs, and who may read by them. */
export function createLogs(database: Database.Database, keys: ScopeKeys, inTransaction: InTransaction): Logs {
  const sql = statementsOf(database);
  return {
    entryCount: (scopeId) => (sql.entryCount.pluck().get(scopeId) as number | undefined) ?? 0,
    entries(scopeId, from, limitBytes) {
      const page: Uint8Array[] = [];
      let sizeBytes = 0;
      for (const bytes of sql.entries.pluck().iterate(keys.find(scopeId) ?? 0, from) as IterableIterator<Buffer>) {
        sizeBytes += bytes.length;
        if (page.length > 0 && sizeBytes > limitBytes) {
          break;
        }
        page.push(new Uint8Array(bytes));
      }
      return page;
    },
    appendEntry: (scopeId, sequence, bytes) =>
      inTransaction(() => {
        const count = (sql.entryCount.pluck().get(scopeId) as number | undefined) ?? 0;
        if (count !== sequence) {
          return false;
        }
        const scopeKey = keys.ensure(scopeId);
        sql.addEntry.run(scopeKey, sequence, bytes);
        sql.countEntry.run({ sizeBytes: bytes.length, scopeKey });
        return true;
      }),
    entryBytes: (scopeId) => (sql.entryBytes.pluck().get(scopeId) as number | undefined) ?? 0,
    setMembers: (scopeId, deviceIds) =>
      inTransaction(() => {
        const scopeKey = keys.ensure(scopeId);
        sql.clearMembers.run(scopeKey);
        for (const deviceId of deviceIds) {
          sql.addMember.run(deviceId, scopeKey);
        }
      }),
    mayRead: (scopeId, deviceId) => sql.mayRead.get(deviceId, scopeId) !== undefined,
    scopesOf: (deviceId, limit) => sql.scopesOf.pluck().all(deviceId, limit) as ScopeId[],
    sizeBytes: (scopeId) => (sql.sizeBytes.pluck().get(scopeId) as number | undefined) ?? 0,
  };
}

function statementsOf(database: Database.Database) {
  return {
    sizeBytes: database.prepare('SELECT size_bytes FROM scope WHERE scope_id = ?'),
    entryCount: database.prepare('SELECT entry_count FROM scope WHERE scope_id = ?'),
    entries: database.prepare('SELECT bytes FROM entry WHERE scope_key = ? AND sequence >= ? ORDER BY sequence'),
    addEntry: database.prepare('INSERT INTO entry (scope_key, sequence, bytes) VALUES (?, ?, ?)'),
    entryBytes: database.prepare('SELECT entry_bytes FROM scope WHERE scope_id = ?'),
    countEntry: database.prepare(
      `UPDATE scope SET entry_count = entry_count + 1, entry_bytes = entry_bytes + @sizeBytes,
         size_bytes = size_bytes + @sizeBytes WHERE scope_key = @scopeKey`,
    ),
    clearMembers: database.prepare('DELETE FROM member WHERE scope_key = ?'),
    addMember: database.prepare('INSERT INTO member (device_id, scope_key) VALUES (?, ?)'),
    mayRead: database.prepare('SELECT 1 FROM member JOIN scope USING (scope_key) WHERE device_id = ? AND scope_id = ?'),
    scopesOf: database.prepare('SELECT scope_id FROM member JOIN scope USING (scope_key) WHERE device_id = ? LIMIT ?'),
  };
}
