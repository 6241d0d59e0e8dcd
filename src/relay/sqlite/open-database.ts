import { chmodSync, closeSync, existsSync, openSync } from 'node:fs';
import Database from 'better-sqlite3';
import { assert } from '../../base/assert.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { diskWords } from '../disk-words.ts';
import { migrate, schemaVersion } from './migrate.ts';

const fullSynchronous = 2;

/** Why a relay's store cannot be opened; the message is for the operator. */
export interface StoreFault {
  readonly kind: 'in_use' | 'newer' | 'unusable';
  readonly message: string;
}

/** Opens or creates a relay's database; one process at a time. */
export function openRelayDatabase(path: string): Result<Database.Database, StoreFault> {
  let database: Database.Database | undefined;
  try {
    makePrivate(path);
    database = new Database(path, { timeout: 0 });
    prepare(database);
  } catch (cause) {
    database?.close();
    return err(faultOf(path, cause));
  }
  const version = database.pragma('user_version', { simple: true }) as number;
  if (version > schemaVersion) {
    database.close();
    const message = `${path} was written by a newer version (schema ${version}, this one knows ${schemaVersion}): upgrade the relay`;
    return err({ kind: 'newer', message });
  }
  return ok(database);
}

/** Membership and sizes are nobody else's business; the files that SQLite makes beside it take the same mode. */
function makePrivate(path: string): void {
  if (existsSync(path)) {
    chmodSync(path, 0o600);
  } else {
    closeSync(openSync(path, 'wx', 0o600));
  }
}

function prepare(database: Database.Database): void {
  database.pragma('locking_mode = EXCLUSIVE');
  // Switching a new file to WAL removes the rollback journal; only EXTRA syncs the folder afterwards.
  database.pragma('synchronous = EXTRA');
  database.pragma('journal_mode = WAL');
  database.transaction(migrate)(database);
  // The driver is compiled with NORMAL as the default in WAL mode, which takes hold at the first write.
  database.pragma('synchronous = FULL');
  database.pragma('wal_autocheckpoint = 4000');
  database.exec('CREATE TEMP TABLE first_write (x); DROP TABLE first_write');
  const synchronous = database.pragma('synchronous', { simple: true });
  assert(synchronous === fullSynchronous, 'every commit of the relay is synced to the disk');
}

function faultOf(path: string, cause: unknown): StoreFault {
  const code = cause instanceof Database.SqliteError ? cause.code : '';
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return { kind: 'in_use', message: `${path} is in use by another relay: stop that one first` };
  }
  return { kind: 'unusable', message: `The relay's store cannot be opened. ${diskWords(path, cause)}` };
}
