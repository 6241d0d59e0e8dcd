import { createMemoryStore } from '../../src/store/memory.ts';
import type { Store } from '../../src/store/port.ts';

/** A disk that remembers every write that was committed, so that a copy of it at any earlier moment can be made. */
export interface JournaledDisk {
  readonly store: Store;
  /** How many writes were committed. */
  readonly length: number;
  /** What the disk held after so many writes: a backup, or a clone. */
  copyAt(length: number): JournaledDisk;
}

interface Write {
  readonly table: string;
  readonly method: string;
  readonly values: readonly unknown[];
}

type Method = (...values: unknown[]) => unknown;

/** Whatever is not known to only read is kept: a method that is new to a table cannot be forgotten here. */
const reads: ReadonlySet<string> = new Set([
  ...['get', 'list', 'listOpen', 'openOf', 'listHeld', 'listWaiting', 'listByStamp', 'counts', 'heads', 'after'],
  ...['countOpen', 'hasWaiting', 'acknowledged', 'acknowledgedAnywhere', 'entries', 'epochKey', 'head', 'read'],
  ...['files', 'file'],
]);

export function createJournaledDisk(past: readonly unknown[] = []): JournaledDisk {
  const inner = createMemoryStore();
  const writes = [...(past as readonly Write[])];
  for (const { table, method, values } of writes) {
    tableOf(inner, table)[method]?.(...values);
  }

  function transaction(work: () => unknown): unknown {
    const before = writes.length;
    try {
      return inner.transaction(work as () => object);
    } catch (cause) {
      writes.length = before;
      throw cause;
    }
  }

  function keeping(table: string, method: string, call: Method): Method {
    return (...values) => {
      const result = call(...values);
      writes.push({ table, method, values });
      return result;
    };
  }

  const tables = Object.entries(inner).map(([table, held]: [string, unknown]): [string, unknown] => {
    if (typeof held !== 'object' || held === null) {
      return [table, held];
    }
    const methods = Object.entries(held as Record<string, Method>).map(([method, call]): [string, Method] => [
      method,
      reads.has(method) ? call : keeping(table, method, call),
    ]);
    return [table, Object.fromEntries(methods)];
  });
  return {
    store: { ...(Object.fromEntries(tables) as unknown as Store), transaction: transaction as Store['transaction'] },
    get length(): number {
      return writes.length;
    },
    copyAt: (length) => createJournaledDisk(writes.slice(0, length)),
  };
}

function tableOf(store: Store, table: string): Record<string, Method | undefined> {
  return store[table as keyof Store] as unknown as Record<string, Method>;
}
