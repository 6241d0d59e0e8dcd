import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Store } from '../../../src/store/ground/port.ts';
import { type SqliteStoreOptions, openSqliteStore } from '../../../src/store/sqlite/open.ts';

/** A folder with a SQLite store, which a test may open, close, break and open again. */
export interface StoreHome {
  readonly path: string;
  readonly options: SqliteStoreOptions;
  open(): Store;
  remove(): void;
}

export function createStoreHome(): StoreHome {
  const folder = mkdtempSync(join(tmpdir(), 'store-'));
  const path = join(folder, 'home', 'store.db');
  const opened: Store[] = [];
  const options: SqliteStoreOptions = {
    path,
    ...testKeys,
    program: '1.2.3',
    randomBytes: (size) => new Uint8Array(randomBytes(size)),
  };
  return {
    path,
    options,
    open() {
      const store = openSqliteStore(options);
      if (!store.ok) {
        throw new Error(store.error.message);
      }
      opened.push(store.value);
      return store.value;
    },
    remove() {
      for (const store of opened) {
        store.close();
      }
      rmSync(folder, { recursive: true });
    },
  };
}

export const testKeys: { dataKey: Uint8Array; indexKey: Uint8Array; vaultKey: Uint8Array } = {
  dataKey: new Uint8Array(32).fill(1),
  indexKey: new Uint8Array(32).fill(2),
  vaultKey: new Uint8Array(32).fill(3),
};
