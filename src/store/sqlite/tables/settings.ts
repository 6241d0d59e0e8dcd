import type { JsonValue } from '../../../base/json.ts';
import type { SettingTable } from '../../ground/port.ts';
import type { Context } from '../base/context.ts';
import { createKeyedTable, jsonPayload, valueOfPayload } from '../base/keyed-table.ts';

// The clock is set for every change: what is kept in memory is written once for each transaction.
const cacheLimit = 1000;

interface Cached {
  readonly value: JsonValue | undefined;
}

export function createSettings(context: Context): SettingTable {
  const { transactions, lookup } = context;
  const table = createKeyedTable(context, 'setting');
  const cache = new Map<string, Cached>();
  const changed = new Set<string>();

  transactions.join({
    beforeCommit() {
      for (const name of changed) {
        write(name, cache.get(name)?.value);
      }
      changed.clear();
    },
    afterRollback() {
      cache.clear();
      changed.clear();
    },
  });

  function write(name: string, value: JsonValue | undefined): void {
    const hash = lookup('setting', name);
    if (value === undefined) {
      table.remove(hash);
    } else {
      table.put(hash, jsonPayload([name, value]));
    }
  }

  function read(name: string): JsonValue | undefined {
    const stored = table.find(lookup('setting', name));
    const payload = stored && table.open(stored);
    const pair = payload && valueOfPayload<[string, JsonValue]>(payload);
    return pair?.[0] === name ? pair[1] : undefined;
  }

  function remember(name: string, value: JsonValue | undefined): void {
    if (cache.size >= cacheLimit && changed.size === 0) {
      cache.clear();
    }
    cache.set(name, { value });
  }

  function change(name: string, value: JsonValue | undefined): void {
    transactions.run(() => {
      remember(name, value);
      changed.add(name);
    });
  }

  return {
    get(name) {
      if (!cache.has(name)) {
        remember(name, read(name));
      }
      return cache.get(name)?.value;
    },
    set: change,
    remove: (name) => change(name, undefined),
    names(prefix) {
      const stored = table.all().map((payload) => valueOfPayload<[string, JsonValue]>(payload)[0]);
      const fresh = [...changed].filter((name) => cache.get(name)?.value !== undefined);
      return [...stored.filter((name) => !changed.has(name)), ...fresh].filter((name) => name.startsWith(prefix));
    },
  };
}
