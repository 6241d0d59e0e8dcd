import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Store } from '../../../src/store/ground/port.ts';
import { openSqliteStore } from '../../../src/store/sqlite/open.ts';

/** A new store on the disk; `remove` closes it and leaves nothing behind. */
export function createStoreOnDisk(): { readonly store: Store; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'sourcesync-bench-'));
  const bytes = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
  const opened = openSqliteStore({
    path: join(folder, 'store.db'),
    dataKey: bytes(32),
    indexKey: bytes(32),
    vaultKey: bytes(32),
    program: 'bench',
    randomBytes: bytes,
  });
  if (!opened.ok) {
    throw new Error(opened.error.message);
  }
  const store = opened.value;
  return {
    store,
    remove() {
      store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
