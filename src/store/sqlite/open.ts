import type Database from 'better-sqlite3';
import { type Result, err, ok } from '../../base/result.ts';
import type { RandomBytes } from '../../crypto/keys.ts';
import type { Store } from '../port.ts';
import { assertDurable, connect, makeDurable } from './connect.ts';
import { type StoreFault, faultOf, inUse, wrongKey } from './fault.ts';
import { type StoreKeys, checkKeys } from './key-check.ts';
import { readLock, removeLock, writeLock } from './lock.ts';
import { type SchemaPlan, checkVersion, currentPlan, migrate } from './migrate.ts';
import { createSealer } from './sealer.ts';
import { createStore } from './store.ts';

export interface SqliteStoreOptions extends StoreKeys {
  /** The database file; its folder is made when it is not there. */
  readonly path: string;
  readonly randomBytes: RandomBytes;
}

/**
 * Opens the one database of a home, or makes it. The process is its only user until `close`.
 * Expected failures are faults that say what to do; a fault has changed nothing that was stored.
 */
export function openSqliteStore(
  options: SqliteStoreOptions,
  plan: SchemaPlan = currentPlan(),
): Result<Store, StoreFault> {
  const { path } = options;
  let database: Database.Database | undefined;
  try {
    database = connect(path);
    const opened = openConnected(database, options, plan);
    if (!opened.ok) {
      database.close();
    }
    return opened;
  } catch (error) {
    database?.close();
    if (isBusy(error)) {
      return err(inUse(readLock(path)));
    }
    const fault = faultOf(error);
    if (fault === undefined) {
      throw error;
    }
    return err(fault);
  }
}

function openConnected(
  database: Database.Database,
  options: SqliteStoreOptions,
  plan: SchemaPlan,
): Result<Store, StoreFault> {
  const { path, dataKey, vaultKey, randomBytes } = options;
  const version = checkVersion(database, plan);
  if (!version.ok) {
    return version;
  }
  makeDurable(database);
  const isNew = database.pragma('user_version', { simple: true }) === 0;
  // An old store proves its key before it is migrated.
  if (!isNew && !checkKeys(database, options, randomBytes)) {
    return err(wrongKey);
  }
  migrate(database, plan);
  if (!checkKeys(database, options, randomBytes)) {
    return err(wrongKey);
  }
  const sealer = createSealer(database, dataKey, vaultKey, randomBytes);
  assertDurable(database);
  writeLock(path);
  return ok(
    createStore(database, sealer, options, () => {
      removeLock(path);
    }),
  );
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^SQLITE_(BUSY|LOCKED)/.test(String(error.code));
}
