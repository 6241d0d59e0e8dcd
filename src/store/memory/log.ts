import { assert } from '../../base/assert.ts';
import type { DeviceId, ScopeId } from '../../base/ids.ts';
import type { ChainHead } from '../../contract/chain.ts';
import type { LogRow, LogTable, ScopeEntryRow, ScopeTable } from '../ground/port.ts';
import { createTable } from './table.ts';
import type { UndoLog } from './undo.ts';

export function createLog(undo: UndoLog): LogTable {
  // Chains of a scope by device, each in order of sequence.
  const scopes = new Map<ScopeId, Map<DeviceId, LogRow[]>>();
  const acknowledgements = createTable<string, number>(undo);

  const chainOf = (scopeId: ScopeId, deviceId: DeviceId): readonly LogRow[] => scopes.get(scopeId)?.get(deviceId) ?? [];

  return {
    append(row) {
      const chains = scopes.get(row.scopeId) ?? new Map<DeviceId, LogRow[]>();
      scopes.set(row.scopeId, chains);
      const chain = chains.get(row.deviceId) ?? [];
      chains.set(row.deviceId, chain);
      assert(row.sequence > (chain.at(-1)?.sequence ?? 0), 'a batch follows the head of its chain');
      chain.push(row);
      undo.note(() => chain.pop());
    },
    get: (scopeId, deviceId, sequence) => {
      const chain = chainOf(scopeId, deviceId);
      const row = chain[firstAbove(chain, sequence - 1)];
      return row?.sequence === sequence ? row : undefined;
    },
    cut(scopeId, deviceId, from) {
      const chain = scopes.get(scopeId)?.get(deviceId) ?? [];
      const gone = chain.splice(firstAbove(chain, from - 1));
      undo.note(() => {
        for (const row of gone) {
          chain.push(row);
        }
      });
    },
    after(scopeId, deviceId, sequence, limitBytes) {
      const chain = chainOf(scopeId, deviceId);
      const rows: LogRow[] = [];
      let sizeBytes = 0;
      for (let index = firstAbove(chain, sequence); index < chain.length; index++) {
        const row = chain[index] as LogRow;
        sizeBytes += row.bytes.length;
        if (rows.length > 0 && sizeBytes > limitBytes) {
          break;
        }
        rows.push(row);
      }
      return rows;
    },
    heads(scopeId) {
      const heads = new Map<DeviceId, ChainHead>();
      for (const [deviceId, chain] of scopes.get(scopeId) ?? []) {
        const last = chain.at(-1);
        if (last !== undefined) {
          heads.set(deviceId, { sequence: last.sequence, batchId: last.batchId });
        }
      }
      return heads;
    },
    acknowledged: (scopeId, relayUrl) => acknowledgements.get(`${scopeId} ${relayUrl}`) ?? 0,
    acknowledge(scopeId, relayUrl, sequence) {
      const key = `${scopeId} ${relayUrl}`;
      if (sequence > (acknowledgements.get(key) ?? 0)) {
        acknowledgements.set(key, sequence);
      }
    },
    unacknowledge(scopeId, from) {
      for (const { key, value } of acknowledgements.entries()) {
        if (key.startsWith(`${scopeId} `) && value >= from) {
          acknowledgements.set(key, from - 1);
        }
      }
    },
    acknowledgedAnywhere: (scopeId) =>
      acknowledgements
        .entries()
        .filter(({ key }) => key.startsWith(`${scopeId} `))
        .reduce((most, { value }) => Math.max(most, value), 0),
  };
}

export function createScopes(undo: UndoLog): ScopeTable {
  const entriesByScope = createTable<ScopeId, readonly ScopeEntryRow[]>(undo);
  const epochKeys = createTable<string, Uint8Array>(undo);

  return {
    list: () => entriesByScope.entries().map((entry) => entry.key),
    entries: (scopeId) => entriesByScope.get(scopeId) ?? [],
    append(row) {
      const held = entriesByScope.get(row.scopeId) ?? [];
      assert(row.sequence === held.length, 'an entry follows the last one of its membership log');
      entriesByScope.set(row.scopeId, [...held, row]);
    },
    cut(scopeId, from) {
      const held = entriesByScope.get(scopeId) ?? [];
      assert(from >= 1, 'the first entry is the scope itself');
      entriesByScope.set(scopeId, held.slice(0, from));
    },
    epochKey: (scopeId, epoch) => epochKeys.get(`${scopeId} ${epoch}`),
    setEpochKey(scopeId, epoch, key) {
      epochKeys.set(`${scopeId} ${epoch}`, key);
    },
  };
}

function firstAbove(chain: readonly LogRow[], sequence: number): number {
  let low = 0;
  let high = chain.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((chain[middle] as LogRow).sequence > sequence) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}
