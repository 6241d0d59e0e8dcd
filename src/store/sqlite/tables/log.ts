import { assert } from '../../../base/assert.ts';
import { type DeviceId, type ScopeId, batchIdFromBytes } from '../../../base/ids.ts';
import type { ChainHead } from '../../../contract/chain.ts';
import type { LogRow, LogTable } from '../../ground/port.ts';
import type { Context } from '../base/context.ts';
import type { Names } from '../base/names.ts';
import { hashIdBytes } from './record-row.ts';

interface StoredBatch {
  readonly sequence: number;
  readonly batch_id: Uint8Array;
  readonly bytes: Uint8Array;
}

/** Batches stand as they travel: sealed and signed already, and each names the hash of the one before. */
export function createLog({ database, transactions, lookup }: Context, names: Names): LogTable {
  const insert = database.prepare('insert into log (scope, device, sequence, batch_id, bytes) values (?, ?, ?, ?, ?)');
  const setHead = database.prepare(
    'insert or replace into chain_head (scope, device, sequence, batch_id) values (?, ?, ?, ?)',
  );
  const head = database
    .prepare<[number, number], number>('select sequence from chain_head where scope = ? and device = ?')
    .pluck();
  const heads = database.prepare<[number], { device: number; sequence: number; batch_id: Uint8Array }>(
    'select device, sequence, batch_id from chain_head where scope = ?',
  );
  const find = database.prepare<[number, number, number], StoredBatch>(
    'select sequence, batch_id, bytes from log where scope = ? and device = ? and sequence = ?',
  );
  const after = database.prepare<[number, number, number], StoredBatch>(
    'select sequence, batch_id, bytes from log where scope = ? and device = ? and sequence > ? order by sequence',
  );
  const acknowledged = database
    .prepare<[number, Uint8Array], number>('select sequence from acknowledgement where scope = ? and relay = ?')
    .pluck();
  const acknowledge = database.prepare(
    `insert into acknowledgement (scope, relay, sequence) values (?, ?, ?)
     on conflict do update set sequence = max(sequence, excluded.sequence)`,
  );

  const cut = database.prepare('delete from log where scope = ? and device = ? and sequence >= ?');
  const last = database.prepare<[number, number], Pick<StoredBatch, 'sequence' | 'batch_id'>>(
    'select sequence, batch_id from log where scope = ? and device = ? order by sequence desc limit 1',
  );
  const removeHead = database.prepare('delete from chain_head where scope = ? and device = ?');
  const unacknowledge = database.prepare('update acknowledgement set sequence = ? where scope = ? and sequence >= ?');
  const acknowledgedAnywhere = database
    .prepare<[number], number>('select coalesce(max(sequence), 0) from acknowledgement where scope = ?')
    .pluck();

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
        assert(row.sequence > (head.get(scope, device) ?? 0), 'a batch follows the head of its chain');
        const batchId = hashIdBytes(row.batchId);
        insert.run(scope, device, row.sequence, batchId, row.bytes);
        setHead.run(scope, device, row.sequence, batchId);
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
          removeHead.run(...chain);
        } else {
          setHead.run(...chain, before.sequence, before.batch_id);
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
    heads(scopeId) {
      const scope = names.find('scope', scopeId);
      const found = new Map<DeviceId, ChainHead>();
      for (const { device, sequence, batch_id } of scope === undefined ? [] : heads.all(scope)) {
        const deviceId = names.textOf('device', device);
        if (deviceId !== undefined) {
          found.set(deviceId as DeviceId, { sequence, batchId: batchIdFromBytes(batch_id) });
        }
      }
      return found;
    },
    acknowledged(scopeId, relayUrl) {
      const scope = names.find('scope', scopeId);
      return (scope && acknowledged.get(scope, lookup('relay', relayUrl))) ?? 0;
    },
    acknowledgedAnywhere(scopeId) {
      const scope = names.find('scope', scopeId);
      return (scope && acknowledgedAnywhere.get(scope)) ?? 0;
    },
    acknowledge(scopeId, relayUrl, sequence) {
      transactions.run(() => {
        acknowledge.run(names.numberOf('scope', scopeId), lookup('relay', relayUrl), sequence);
      });
    },
    unacknowledge(scopeId, from) {
      transactions.run(() => unacknowledge.run(from - 1, names.numberOf('scope', scopeId), from));
    },
  };
}

function rowOf(scopeId: ScopeId, deviceId: DeviceId, stored: StoredBatch): LogRow {
  const { sequence, batch_id, bytes } = stored;
  return { scopeId, deviceId, sequence, batchId: batchIdFromBytes(batch_id), bytes: new Uint8Array(bytes) };
}
