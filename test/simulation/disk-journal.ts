import type { CollectionName, RecordId } from '../../src/base/ids.ts';
import { createMemoryStore } from '../../src/store/memory.ts';
import type { Store } from '../../src/store/ground/port.ts';
import { damageable } from './damaged-store.ts';
import { type LostRows, type Write, withoutLost } from './lost-rows.ts';

/** A disk that remembers every write that was committed, so that a copy of it at any earlier moment can be made. */
export interface JournaledDisk {
  readonly store: Store;
  /** How many writes were committed. */
  readonly length: number;
  /** What the disk held after so many writes: a backup, or a clone. */
  copyAt(length: number): JournaledDisk;
  /** A database that is made anew of every row that can be read. */
  salvaged(lost: LostRows): JournaledDisk;
}

type Method = (...values: unknown[]) => unknown;

/** Whatever is not known to only read is kept: a method that is new to a table cannot be forgotten here. */
export const reads: ReadonlySet<string> = new Set([
  ...['get', 'list', 'listOpen', 'openOf', 'listHeld', 'listWaiting', 'listByStamp', 'counts', 'heads', 'after'],
  ...['countOpen', 'hasWaiting', 'upTo', 'acknowledged', 'acknowledgedAnywhere', 'entries', 'epochKey', 'head', 'read'],
  ...['files', 'file', 'names', 'collected', 'verifyRecords', 'damagedRowOf'],
]);

export function createJournaledDisk(past: readonly unknown[] = []): JournaledDisk {
  const inner = damageable(createMemoryStore());
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
    salvaged: (lost) => createJournaledDisk([...withoutLost(writes, lost), ...[...lost.records].map(losing)]),
  };
}

function losing(name: string): Write {
  const [collection, id] = name.split('/') as [CollectionName, RecordId];
  return { table: 'damage', method: 'lose', values: [collection, id] };
}

function tableOf(store: Store, table: string): Record<string, Method | undefined> {
  return store[table as keyof Store] as unknown as Record<string, Method>;
}
