import type Database from 'better-sqlite3';
import { assert } from '../../base/assert.ts';
import type { BatchId, DeviceId, ScopeId } from '../../base/ids.ts';
import { type Result, ok } from '../../base/result.ts';
import type { Arrival, NewBatch, RelayStore } from '../port.ts';
import { type StoreFault, openRelayDatabase } from './open-database.ts';

interface ChainRow {
  readonly chain_key: number;
  readonly head_sequence: number;
  readonly head_id: BatchId;
}

/** A relay's store in one SQLite file; every transaction is synced before it returns. */
export function createSqliteRelayStore(path: string): Result<RelayStore, StoreFault> {
  const opened = openRelayDatabase(path);
  return opened.ok ? ok(storeOver(opened.value)) : opened;
}

function storeOver(database: Database.Database): RelayStore {
  const sql = statementsOf(database);
  const begin = database.transaction((work: () => unknown) => work());

  const keyOf = (scopeId: ScopeId): number | undefined => sql.scopeKey.pluck().get(scopeId) as number | undefined;
  const ensureScope = (scopeId: ScopeId): number => keyOf(scopeId) ?? Number(sql.addScope.run(scopeId).lastInsertRowid);
  const chainOf = (scopeKey: number, deviceId: DeviceId): ChainRow | undefined =>
    sql.chain.get(scopeKey, deviceId) as ChainRow | undefined;
  const inTransaction = <T>(work: () => T): T => (database.inTransaction ? work() : (begin(work) as T));

  function appendBatch({ scopeId, deviceId, sequence, batchId, bytes }: NewBatch): number | undefined {
    const scopeKey = ensureScope(scopeId);
    const chain = chainOf(scopeKey, deviceId);
    if ((chain?.head_sequence ?? 0) !== sequence - 1) {
      return undefined;
    }
    const chainKey =
      chain?.chain_key ?? Number(sql.addChain.run(scopeKey, deviceId, sequence, batchId).lastInsertRowid);
    const cursor = Number(sql.addBatch.run(scopeKey, chainKey, sequence, batchId, bytes).lastInsertRowid);
    sql.setHead.run(sequence, batchId, chainKey);
    sql.growScope.run(bytes.length, scopeKey);
    return cursor;
  }

  return {
    transaction: inTransaction as RelayStore['transaction'],
    entryCount: (scopeId) => (sql.entryCount.pluck().get(scopeId) as number | undefined) ?? 0,
    entries(scopeId, from, limitBytes) {
      const page: Uint8Array[] = [];
      let sizeBytes = 0;
      for (const bytes of sql.entries.pluck().iterate(keyOf(scopeId) ?? 0, from) as IterableIterator<Buffer>) {
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
        const scopeKey = ensureScope(scopeId);
        sql.addEntry.run(scopeKey, sequence, bytes);
        sql.countEntry.run({ sizeBytes: bytes.length, scopeKey });
        return true;
      }),
    entryBytes: (scopeId) => (sql.entryBytes.pluck().get(scopeId) as number | undefined) ?? 0,
    setMembers: (scopeId, deviceIds) =>
      inTransaction(() => {
        const scopeKey = ensureScope(scopeId);
        sql.clearMembers.run(scopeKey);
        for (const deviceId of deviceIds) {
          sql.addMember.run(deviceId, scopeKey);
        }
      }),
    mayRead: (scopeId, deviceId) => sql.mayRead.get(deviceId, scopeId) !== undefined,
    scopesOf: (deviceId, limit) => sql.scopesOf.pluck().all(deviceId, limit) as ScopeId[],
    head(scopeId, deviceId) {
      const chain = chainOf(keyOf(scopeId) ?? 0, deviceId);
      return chain === undefined ? null : { sequence: chain.head_sequence, batchId: chain.head_id };
    },
    batchIdAt(scopeId, deviceId, sequence) {
      const chain = chainOf(keyOf(scopeId) ?? 0, deviceId);
      return sql.batchId.pluck().get(chain?.chain_key ?? 0, sequence) as BatchId | undefined;
    },
    bytesAt(scopeId, deviceId, sequence) {
      const chain = chainOf(keyOf(scopeId) ?? 0, deviceId);
      const bytes = sql.bytesAt.pluck().get(chain?.chain_key ?? 0, sequence) as Buffer | undefined;
      return bytes && new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
    },
    appendBatch: (batch) => inTransaction(() => appendBatch(batch)),
    headCursor: (scopeId) => (sql.headCursor.pluck().get(keyOf(scopeId) ?? 0) as number | null) ?? 0,
    cursorBefore(scopeId, held) {
      const scopeKey = keyOf(scopeId) ?? 0;
      let cursor = (sql.headCursor.pluck().get(scopeKey) as number | null) ?? 0;
      for (const chain of sql.chains.all(scopeKey) as (ChainRow & { device_id: DeviceId })[]) {
        const sequence = (held.get(chain.device_id) ?? 0) + 1;
        if (sequence <= chain.head_sequence) {
          cursor = Math.min(cursor, (sql.cursorAt.pluck().get(chain.chain_key, sequence) as number) - 1);
        }
      }
      return cursor;
    },
    arrivals: (scopeId, afterCursor, limit) => sql.arrivals.all(keyOf(scopeId) ?? 0, afterCursor, limit) as Arrival[],
    read(cursor) {
      const bytes = sql.bytes.pluck().get(cursor) as Buffer | undefined;
      assert(bytes !== undefined, 'a cursor that was handed out has its batch');
      return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
    },
    sizeBytes: (scopeId) => (sql.sizeBytes.pluck().get(scopeId) as number | undefined) ?? 0,
    usedOn: (deviceId, day) => (sql.usedOn.pluck().get(deviceId, day) as number | undefined) ?? 0,
    charge: (deviceId, day, sizeBytes) => void sql.charge.run({ deviceId, day, sizeBytes }),
    tokenUses: (tokenId) => (sql.tokenUses.pluck().get(tokenId) as number | undefined) ?? 0,
    useToken: (tokenId) => void sql.useToken.run(tokenId),
    close: () => void database.close(),
  };
}

function statementsOf(database: Database.Database) {
  const prepare = (source: string): Database.Statement => database.prepare(source);
  return {
    scopeKey: prepare('SELECT scope_key FROM scope WHERE scope_id = ?'),
    addScope: prepare('INSERT INTO scope (scope_id, entry_count, entry_bytes, size_bytes) VALUES (?, 0, 0, 0)'),
    growScope: prepare('UPDATE scope SET size_bytes = size_bytes + ? WHERE scope_key = ?'),
    sizeBytes: prepare('SELECT size_bytes FROM scope WHERE scope_id = ?'),
    entryCount: prepare('SELECT entry_count FROM scope WHERE scope_id = ?'),
    entries: prepare('SELECT bytes FROM entry WHERE scope_key = ? AND sequence >= ? ORDER BY sequence'),
    addEntry: prepare('INSERT INTO entry (scope_key, sequence, bytes) VALUES (?, ?, ?)'),
    entryBytes: prepare('SELECT entry_bytes FROM scope WHERE scope_id = ?'),
    countEntry: prepare(
      `UPDATE scope SET entry_count = entry_count + 1, entry_bytes = entry_bytes + @sizeBytes,
         size_bytes = size_bytes + @sizeBytes WHERE scope_key = @scopeKey`,
    ),
    clearMembers: prepare('DELETE FROM member WHERE scope_key = ?'),
    addMember: prepare('INSERT INTO member (device_id, scope_key) VALUES (?, ?)'),
    mayRead: prepare('SELECT 1 FROM member JOIN scope USING (scope_key) WHERE device_id = ? AND scope_id = ?'),
    scopesOf: prepare('SELECT scope_id FROM member JOIN scope USING (scope_key) WHERE device_id = ? LIMIT ?'),
    chain: prepare('SELECT chain_key, head_sequence, head_id FROM chain WHERE scope_key = ? AND device_id = ?'),
    chains: prepare('SELECT chain_key, device_id, head_sequence, head_id FROM chain WHERE scope_key = ?'),
    addChain: prepare('INSERT INTO chain (scope_key, device_id, head_sequence, head_id) VALUES (?, ?, ?, ?)'),
    setHead: prepare('UPDATE chain SET head_sequence = ?, head_id = ? WHERE chain_key = ?'),
    addBatch: prepare('INSERT INTO batch (scope_key, chain_key, sequence, batch_id, bytes) VALUES (?, ?, ?, ?, ?)'),
    batchId: prepare('SELECT batch_id FROM batch WHERE chain_key = ? AND sequence = ?'),
    bytesAt: prepare('SELECT bytes FROM batch WHERE chain_key = ? AND sequence = ?'),
    cursorAt: prepare('SELECT cursor FROM batch WHERE chain_key = ? AND sequence = ?'),
    headCursor: prepare('SELECT max(cursor) FROM batch WHERE scope_key = ?'),
    arrivals: prepare(
      `SELECT cursor, device_id AS deviceId, sequence, length(bytes) AS sizeBytes
       FROM batch JOIN chain USING (chain_key)
       WHERE batch.scope_key = ? AND cursor > ? ORDER BY cursor LIMIT ?`,
    ),
    bytes: prepare('SELECT bytes FROM batch WHERE cursor = ?'),
    tokenUses: prepare('SELECT uses FROM token_use WHERE token_id = ?'),
    useToken: prepare(
      'INSERT INTO token_use (token_id, uses) VALUES (?, 1) ON CONFLICT (token_id) DO UPDATE SET uses = uses + 1',
    ),
    usedOn: prepare('SELECT size_bytes FROM usage WHERE device_id = ? AND day = ?'),
    charge: prepare(
      `INSERT INTO usage (device_id, day, size_bytes) VALUES (@deviceId, @day, @sizeBytes)
       ON CONFLICT (device_id) DO UPDATE SET day = excluded.day,
         size_bytes = CASE WHEN day = excluded.day THEN size_bytes ELSE 0 END + excluded.size_bytes`,
    ),
  };
}
