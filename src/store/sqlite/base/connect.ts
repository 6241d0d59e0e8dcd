import Database from 'better-sqlite3';
import { chmodSync, closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { assert } from '../../../base/assert.ts';
import { sync } from './sync.ts';

/** `SRC1`: says in the file's header that it is ours. */
export const applicationId = 0x53524331;

const fullSynchronous = 2;

/** Opens the file as its only user; changes nothing in it. The first reading throws SQLITE_BUSY if another has it open. */
export function connect(path: string): Database.Database {
  prepareFile(path);
  const database = new Database(path, { timeout: 100 });
  database.pragma('locking_mode = EXCLUSIVE');
  database.pragma('temp_store = MEMORY');
  database.pragma('trusted_schema = OFF');
  database.pragma('cell_size_check = ON');
  return database;
}

/** Sets the connection so that what is committed survives power loss. */
export function makeDurable(database: Database.Database): void {
  // The switch to WAL deletes a rollback journal; only EXTRA also syncs the folder, without which a crash soon after
  // can lose the whole database.
  database.pragma('synchronous = EXTRA');
  const mode = database.pragma('journal_mode = WAL', { simple: true });
  assert(mode === 'wal', 'the database keeps a write-ahead log');
  // The library's own default for WAL does not sync at all.
  database.pragma('synchronous = FULL');
  database.pragma('cache_size = -16384');
  database.pragma('wal_autocheckpoint = 4000');
  database.pragma(`journal_size_limit = ${32 * 1024 * 1024}`);
}

/** To be called after a first write: the pragma reads FULL until then, whatever will be done. */
export function assertDurable(database: Database.Database): void {
  assert(database.pragma('synchronous', { simple: true }) === fullSynchronous, 'every commit is synced to the disk');
}

// Never opens an existing file by itself: closing it again would drop the locks that this process holds on it.
function prepareFile(path: string): void {
  if (existsSync(path)) {
    chmodSync(path, 0o600);
    return;
  }
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(path, 'wx', 0o600));
  sync(dirname(path));
}
