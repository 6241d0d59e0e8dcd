import { assert } from '../../base/assert.ts';
import type { Arrival, RelayStore } from '../port.ts';
import type { Scopes } from './scopes.ts';
import type { Undo } from './undo.ts';

type Batches = Pick<
  RelayStore,
  'head' | 'batchIdAt' | 'bytesAt' | 'appendBatch' | 'headCursor' | 'cursorBefore' | 'arrivals' | 'read'
>;

/** Sealed batches: by their chains, and in order of arrival. */
export function createBatches(scopes: Scopes, undo: Undo): Batches {
  const bytesByCursor = new Map<number, Uint8Array>();
  let lastCursor = 0;

  return {
    head(scopeId, deviceId) {
      const chain = scopes.get(scopeId)?.chains.get(deviceId);
      const batchId = chain?.ids.at(-1);
      return chain === undefined || batchId === undefined ? null : { sequence: chain.ids.length, batchId };
    },
    batchIdAt: (scopeId, deviceId, sequence) => scopes.get(scopeId)?.chains.get(deviceId)?.ids[sequence - 1],
    bytesAt(scopeId, deviceId, sequence) {
      const cursor = scopes.get(scopeId)?.chains.get(deviceId)?.cursors[sequence - 1];
      return cursor === undefined ? undefined : bytesByCursor.get(cursor);
    },
    appendBatch({ scopeId, deviceId, sequence, batchId, bytes }) {
      if ((scopes.get(scopeId)?.chains.get(deviceId)?.ids.length ?? 0) !== sequence - 1) {
        return undefined;
      }
      const scope = scopes.ensure(scopeId);
      const chain = scopes.ensureChain(scope, deviceId);
      const cursor = ++lastCursor;
      chain.cursors.push(cursor);
      chain.ids.push(batchId);
      scope.arrivals.push({ cursor, deviceId, sequence, sizeBytes: bytes.length });
      bytesByCursor.set(cursor, bytes.slice());
      undo.note(() => {
        chain.cursors.pop();
        chain.ids.pop();
        scope.arrivals.pop();
        bytesByCursor.delete(cursor);
      });
      scopes.grow(scope, bytes.length);
      return cursor;
    },
    headCursor: (scopeId) => scopes.get(scopeId)?.arrivals.at(-1)?.cursor ?? 0,
    cursorBefore(scopeId, held) {
      const scope = scopes.get(scopeId);
      let cursor = scope?.arrivals.at(-1)?.cursor ?? 0;
      for (const [deviceId, chain] of scope?.chains ?? []) {
        const next = chain.cursors[held.get(deviceId) ?? 0];
        cursor = next === undefined ? cursor : Math.min(cursor, next - 1);
      }
      return cursor;
    },
    arrivals(scopeId, afterCursor, limit) {
      const all = scopes.get(scopeId)?.arrivals ?? [];
      const start = firstAbove(all, afterCursor);
      return all.slice(start, start + limit);
    },
    read(cursor) {
      const bytes = bytesByCursor.get(cursor);
      assert(bytes !== undefined, 'a cursor that was handed out has its batch');
      return bytes;
    },
  };
}

function firstAbove(arrivals: readonly Arrival[], cursor: number): number {
  let low = 0;
  let high = arrivals.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((arrivals[middle] as Arrival).cursor > cursor) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}
