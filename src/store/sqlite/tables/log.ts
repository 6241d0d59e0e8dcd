import { assert } from '../../../base/assert.ts';
import { type DeviceId, type ScopeId, batchIdFromBytes } from '../../../base/ids.ts';
import type { LogRow, LogTable } from '../../ground/port.ts';
import type { Context } from '../base/context.ts';
import type { Names } from '../base/names.ts';
import { createAcknowledgements } from './acknowledgements.ts';
import { createChainHeads } from './chain-heads.ts';
import { hashIdBytes } from './record-row.ts';

interface StoredBatch {
  readonly sequence: number;
  readonly batch_id: Uint8Array;
  readonly bytes: Uint8Array;
}

/** Batches stand as they travel: sealed and signed already, and each names the hash of the one before. */
export function createLog(context: Context, names: Names): LogTable {
  const { database, transactions } = context;
  const heads = createChainHeads(context, names);
  const insert = database.prepare('insert into log (scope, device, sequence, batch_id, bytes) values (?, ?, ?, ?, ?)');
  const find = database.prepare<[number, number, number], StoredBatch>(
    'select sequence, batch_id, bytes from log where scope = ? and device = ? and sequence = ?',
  );
  const after = database.prepare<[number, number, number], StoredBatch>(
    'select sequence, batch_id, bytes from log where scope = ? and device = ? and sequence > ? order by sequence',
  );
  const cut = database.prepare('delete from log where scope = ? and device = ? and sequence >= ?');
  const last = database.prepare<[number, number], Pick<StoredBatch, 'sequence' | 'batch_id'>>(
    'select sequence, batch_id from log where scope = ? and device = ? order by sequence desc limit 1',
  );

  function chainOf(scopeId: ScopeId, deviceId: DeviceId): readonly [number, number] | undefined {
    const scope = names.find('scope', scopeId);
    const device = names.find('device', deviceId);
    return scope === undefined || device === undefined ? undefined : [scope, device];
  }

  return {
    append(row) {
      transactions.run(() => {
        const scope = names.numberOf('scope', row.scopeId);
        const device = names.numberOf('device', row.deviceId);
        assert(row.sequence > heads.sequenceOf(scope, device), 'a batch follows the head of its chain');
        const batchId = hashIdBytes(row.batchId);
        insert.run(scope, device, row.sequence, batchId, row.bytes);
        heads.set(scope, device, row.sequence, batchId);
      });
    },
    get(scopeId, deviceId, sequence) {
      const chain = chainOf(scopeId, deviceId);
      const stored = chain && find.get(...chain, sequence);
      return stored && rowOf(scopeId, deviceId, stored);
    },
    cut(scopeId, deviceId, from) {
      const chain = chainOf(scopeId, deviceId);
      if (chain === undefined) {
        return;
      }
      transactions.run(() => {
        cut.run(...chain, from);
        const before = last.get(...chain);
        if (before === undefined) {
          heads.remove(...chain);
        } else {
          heads.set(...chain, before.sequence, before.batch_id);
        }
      });
    },
    after(scopeId, deviceId, sequence, limitBytes) {
      const chain = chainOf(scopeId, deviceId);
      const rows: LogRow[] = [];
      let sizeBytes = 0;
      for (const stored of chain === undefined ? [] : after.iterate(...chain, sequence)) {
        sizeBytes += stored.bytes.length;
        if (rows.length > 0 && sizeBytes > limitBytes) {
          break;
        }
        rows.push(rowOf(scopeId, deviceId, stored));
      }
      return rows;
    },
    heads: heads.list,
    ...createAcknowledgements(context, names),
  };
}

function rowOf(scopeId: ScopeId, deviceId: DeviceId, stored: StoredBatch): LogRow {
  const { sequence, batch_id, bytes } = stored;
  return { scopeId, deviceId, sequence, batchId: batchIdFromBytes(batch_id), bytes: new Uint8Array(bytes) };
}
