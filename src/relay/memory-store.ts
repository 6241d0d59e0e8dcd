import { assert } from '../base/assert.ts';
import type { BatchId, DeviceId, ScopeId } from '../base/ids.ts';
import type { Arrival, RelayStore } from './port.ts';

interface Chain {
  readonly cursors: number[];
  readonly ids: BatchId[];
}

interface Scope {
  readonly entries: Uint8Array[];
  readonly chains: Map<DeviceId, Chain>;
  readonly arrivals: Arrival[];
  members: readonly DeviceId[];
  entryBytes: number;
  sizeBytes: number;
}

/** Keeps everything in memory; "durable" lasts as long as the object. */
export function createMemoryRelayStore(): RelayStore {
  const scopes = new Map<ScopeId, Scope>();
  const bytesByCursor = new Map<number, Uint8Array>();
  const usage = new Map<DeviceId, { day: number; sizeBytes: number }>();
  const usesByToken = new Map<string, number>();
  let lastCursor = 0;
  let undo: (() => void)[] | undefined;

  function transaction<T>(work: () => T): T {
    if (undo !== undefined) {
      return work();
    }
    undo = [];
    try {
      return work();
    } catch (cause) {
      undo.reverse().forEach((revert) => revert());
      throw cause;
    } finally {
      undo = undefined;
    }
  }

  function scopeOf(scopeId: ScopeId): Scope {
    const found = scopes.get(scopeId);
    if (found !== undefined) {
      return found;
    }
    const scope: Scope = { entries: [], chains: new Map(), arrivals: [], members: [], entryBytes: 0, sizeBytes: 0 };
    scopes.set(scopeId, scope);
    undo?.push(() => scopes.delete(scopeId));
    return scope;
  }

  function chainOf(scope: Scope, deviceId: DeviceId): Chain {
    const found = scope.chains.get(deviceId);
    if (found !== undefined) {
      return found;
    }
    const chain: Chain = { cursors: [], ids: [] };
    scope.chains.set(deviceId, chain);
    undo?.push(() => scope.chains.delete(deviceId));
    return chain;
  }

  function grow(scope: Scope, sizeBytes: number): void {
    scope.sizeBytes += sizeBytes;
    undo?.push(() => {
      scope.sizeBytes -= sizeBytes;
    });
  }

  return {
    transaction: transaction as RelayStore['transaction'],
    entryCount: (scopeId) => scopes.get(scopeId)?.entries.length ?? 0,
    entries(scopeId, from, limitBytes) {
      const page: Uint8Array[] = [];
      let sizeBytes = 0;
      for (const entry of scopes.get(scopeId)?.entries.slice(from) ?? []) {
        sizeBytes += entry.length;
        if (page.length > 0 && sizeBytes > limitBytes) {
          break;
        }
        page.push(entry);
      }
      return page;
    },
    appendEntry(scopeId, sequence, bytes) {
      if ((scopes.get(scopeId)?.entries.length ?? 0) !== sequence) {
        return false;
      }
      const scope = scopeOf(scopeId);
      scope.entries.push(bytes.slice());
      scope.entryBytes += bytes.length;
      undo?.push(() => {
        scope.entries.pop();
        scope.entryBytes -= bytes.length;
      });
      grow(scope, bytes.length);
      return true;
    },
    entryBytes: (scopeId) => scopes.get(scopeId)?.entryBytes ?? 0,
    setMembers(scopeId, deviceIds) {
      const scope = scopeOf(scopeId);
      const before = scope.members;
      scope.members = [...deviceIds];
      undo?.push(() => {
        scope.members = before;
      });
    },
    mayRead: (scopeId, deviceId) => scopes.get(scopeId)?.members.includes(deviceId) === true,
    scopesOf: (deviceId, limit) =>
      [...scopes]
        .filter(([, scope]) => scope.members.includes(deviceId))
        .map(([scopeId]) => scopeId)
        .slice(0, limit),
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
      const scope = scopeOf(scopeId);
      const chain = chainOf(scope, deviceId);
      const cursor = ++lastCursor;
      chain.cursors.push(cursor);
      chain.ids.push(batchId);
      scope.arrivals.push({ cursor, deviceId, sequence, sizeBytes: bytes.length });
      bytesByCursor.set(cursor, bytes.slice());
      undo?.push(() => {
        chain.cursors.pop();
        chain.ids.pop();
        scope.arrivals.pop();
        bytesByCursor.delete(cursor);
      });
      grow(scope, bytes.length);
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
    sizeBytes: (scopeId) => scopes.get(scopeId)?.sizeBytes ?? 0,
    usedOn(deviceId, day) {
      const used = usage.get(deviceId);
      return used?.day === day ? used.sizeBytes : 0;
    },
    charge(deviceId, day, sizeBytes) {
      const before = usage.get(deviceId);
      usage.set(deviceId, { day, sizeBytes: (before?.day === day ? before.sizeBytes : 0) + sizeBytes });
      undo?.push(() => (before === undefined ? usage.delete(deviceId) : usage.set(deviceId, before)));
    },
    tokenUses: (tokenId) => usesByToken.get(tokenId) ?? 0,
    useToken(tokenId) {
      const before = usesByToken.get(tokenId) ?? 0;
      usesByToken.set(tokenId, before + 1);
      undo?.push(() => usesByToken.set(tokenId, before));
    },
    close: () => undefined,
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
