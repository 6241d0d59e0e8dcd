import type Database from 'better-sqlite3';
import { assert } from '../../base/assert.ts';
import type { BatchId, DeviceId } from '../../base/ids.ts';
import type { Arrival, NewBatch, RelayStore } from '../port.ts';
import type { ScopeKeys } from './scope-keys.ts';
import type { InTransaction } from './transaction.ts';

interface ChainRow {
  readonly chain_key: number;
  readonly head_sequence: number;
  readonly head_id: BatchId;
}

type Batches = Pick<
  RelayStore,
  'head' | 'batchIdAt' | 'bytesAt' | 'appendBatch' | 'headCursor' | 'cursorBefore' | 'arrivals' | 'read'
>;

/** Sealed batches: by their chains, and in order of arrival. */
export function createBatches(database: Database.Database, keys: ScopeKeys, inTransaction: InTransaction): Batches {
  const sql = statementsOf(database);
  const chainOf = (scopeKey: number, deviceId: DeviceId): ChainRow | undefined =>
    sql.chain.get(scopeKey, deviceId) as ChainRow | undefined;

  function appendBatch({ scopeId, deviceId, sequence, batchId, bytes }: NewBatch): number | undefined {
    const scopeKey = keys.ensure(scopeId);
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
    head(scopeId, deviceId) {
      const chain = chainOf(keys.find(scopeId) ?? 0, deviceId);
      return chain === undefined ? null : { sequence: chain.head_sequence, batchId: chain.head_id };
    },
    batchIdAt(scopeId, deviceId, sequence) {
      const chain = chainOf(keys.find(scopeId) ?? 0, deviceId);
      return sql.batchId.pluck().get(chain?.chain_key ?? 0, sequence) as BatchId | undefined;
    },
    bytesAt(scopeId, deviceId, sequence) {
      const chain = chainOf(keys.find(scopeId) ?? 0, deviceId);
      const bytes = sql.bytesAt.pluck().get(chain?.chain_key ?? 0, sequence) as Buffer | undefined;
      return bytes && new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
    },
    appendBatch: (batch) => inTransaction(() => appendBatch(batch)),
    headCursor: (scopeId) => (sql.headCursor.pluck().get(keys.find(scopeId) ?? 0) as number | null) ?? 0,
    cursorBefore(scopeId, held) {
      const scopeKey = keys.find(scopeId) ?? 0;
      let cursor = (sql.headCursor.pluck().get(scopeKey) as number | null) ?? 0;
      for (const chain of sql.chains.all(scopeKey) as (ChainRow & { device_id: DeviceId })[]) {
        const sequence = (held.get(chain.device_id) ?? 0) + 1;
        if (sequence <= chain.head_sequence) {
          cursor = Math.min(cursor, (sql.cursorAt.pluck().get(chain.chain_key, sequence) as number) - 1);
        }
      }
      return cursor;
    },
    arrivals: (scopeId, afterCursor, limit) =>
      sql.arrivals.all(keys.find(scopeId) ?? 0, afterCursor, limit) as Arrival[],
    read(cursor) {
      const bytes = sql.bytes.pluck().get(cursor) as Buffer | undefined;
      assert(bytes !== undefined, 'a cursor that was handed out has its batch');
      return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
    },
  };
}

function statementsOf(database: Database.Database) {
  return {
    chain: database.prepare(
      'SELECT chain_key, head_sequence, head_id FROM chain WHERE scope_key = ? AND device_id = ?',
    ),
    chains: database.prepare('SELECT chain_key, device_id, head_sequence, head_id FROM chain WHERE scope_key = ?'),
    addChain: database.prepare('INSERT INTO chain (scope_key, device_id, head_sequence, head_id) VALUES (?, ?, ?, ?)'),
    setHead: database.prepare('UPDATE chain SET head_sequence = ?, head_id = ? WHERE chain_key = ?'),
    addBatch: database.prepare(
      'INSERT INTO batch (scope_key, chain_key, sequence, batch_id, bytes) VALUES (?, ?, ?, ?, ?)',
    ),
    growScope: database.prepare('UPDATE scope SET size_bytes = size_bytes + ? WHERE scope_key = ?'),
    batchId: database.prepare('SELECT batch_id FROM batch WHERE chain_key = ? AND sequence = ?'),
    bytesAt: database.prepare('SELECT bytes FROM batch WHERE chain_key = ? AND sequence = ?'),
    cursorAt: database.prepare('SELECT cursor FROM batch WHERE chain_key = ? AND sequence = ?'),
    headCursor: database.prepare('SELECT max(cursor) FROM batch WHERE scope_key = ?'),
    arrivals: database.prepare(
      `SELECT cursor, device_id AS deviceId, sequence, length(bytes) AS sizeBytes
       FROM batch JOIN chain USING (chain_key)
       WHERE batch.scope_key = ? AND cursor > ? ORDER BY cursor LIMIT ?`,
    ),
    bytes: database.prepare('SELECT bytes FROM batch WHERE cursor = ?'),
  };
}
