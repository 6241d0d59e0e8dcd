import type Database from 'better-sqlite3';
import { type Result, err, ok } from '../../base/result.ts';
import type { RandomBytes } from '../../crypto/keys.ts';
import type { Store } from '../ground/port.ts';
import { assertDurable, connect, makeDurable } from './base/connect.ts';
import { type StoreFault, damaged, faultOf, inUse, isBusy, wrongKey } from './base/fault.ts';
import { type StoreKeys, checkKeys } from './base/key-check.ts';
import { isLeftOpen, readLock, removeLock, writeLock } from './base/lock.ts';
import { type SchemaPlan, checkVersion, createSchema, currentPlan } from './base/migrate.ts';
import { placeOf } from './base/place.ts';
import { type Salvage, finishSalvage, isGone, salvage } from './salvage.ts';
import { createSealer } from './base/sealer.ts';
import { hasEssentials, isOlderThanCopy, keepEssentials } from './base/essentials.ts';
import { createStore } from './store.ts';
import { clearSuspicion, isSuspected } from './base/suspicion.ts';
import { withWayBack } from './upgrade/rollback.ts';
import { type UpgradeStep, endInterrupted, upgradeStore } from './upgrade/upgrade.ts';

export interface SqliteStoreOptions extends StoreKeys {
  /** The database file; its folder is made when it is not there. */
  readonly path: string;
  readonly randomBytes: RandomBytes;
  /** Version of this program: the ledger of upgrades names it. */
  readonly program: string;
  /** The store is of an older version, and is being upgraded. */
  readonly onUpgrade?: (step: UpgradeStep) => void;
  /** The database was damaged, and what could be read of it is what the store holds now. */
  readonly onSalvaged?: (store: Store, salvaged: Salvage) => void;
}

/**
 * Opens the one database of a home, or makes it. The process is its only user until `close`. One that is damaged is made
 * anew of what can be read of it, and kept beside it.
 * Expected failures are faults that say what to do; a fault has changed nothing that was stored.
 */
export function openSqliteStore(
  options: SqliteStoreOptions,
  plan: SchemaPlan = currentPlan(),
): Result<Store, StoreFault> {
  const { path, onSalvaged } = options;
  try {
    finishSalvage(path);
    // A home that was in use has lost its database: what is opened instead must not be an empty one.
    const opened =
      hasEssentials(path) && isGone(path)
        ? err(damaged('its file is gone or empty'))
        : openAsItIs(options, plan, false);
    if (opened.ok || opened.error.kind !== 'damaged') {
      return opened;
    }
    const salvaged = salvage(path, plan, Date.now());
    if (salvaged === undefined) {
      return opened;
    }
    const anew = openAsItIs(options, plan, true);
    if (anew.ok) {
      onSalvaged?.(anew.value, salvaged);
    }
    return anew;
  } catch (error) {
    return faultOrThrow(error);
  }
}

function openAsItIs(options: SqliteStoreOptions, plan: SchemaPlan, isSalvaged: boolean): Result<Store, StoreFault> {
  const { path } = options;
  let database: Database.Database | undefined;
  try {
    database = connect(path);
    const opened = openConnected(database, options, plan, isSalvaged);
    if (!opened.ok) {
      database.close();
    }
    return opened;
  } catch (error) {
    closeAnyway(database);
    return isBusy(error) ? err(inUse(readLock(path))) : faultOrThrow(error);
  }
}

function faultOrThrow(error: unknown): Result<never, StoreFault> {
  const fault = faultOf(error);
  if (fault === undefined) {
    throw error;
  }
  return err(fault);
}

function openConnected(
  database: Database.Database,
  options: SqliteStoreOptions,
  plan: SchemaPlan,
  isSalvaged: boolean,
): Result<Store, StoreFault> {
  const { path, dataKey, vaultKey, randomBytes } = options;
  const version = checkVersion(database, plan);
  if (!version.ok) {
    return err(withWayBack(path, version.error));
  }
  if (!isWhole(path, database)) {
    return err(damaged('a page of it is not as it was written'));
  }
  const found = database.pragma('user_version', { simple: true });
  if (!isSalvaged && found === plan.version && isOlderThanCopy(path, database)) {
    return err(wentBack);
  }
  makeDurable(database);
  const isNew = found === 0;
  // An old store proves its key before it is migrated.
  if (!isNew && !checkKeys(database, options, randomBytes)) {
    return err(wrongKey);
  }
  const ready = isNew ? makeNew(database, options, plan) : bringToday(database, options, plan);
  if (!ready.ok) {
    return ready;
  }
  // A copy of before an upgrade was put back, and is upgraded again.
  if (!isSalvaged && !isNew && found !== plan.version && isOlderThanCopy(path, database)) {
    return err(wentBack);
  }
  const sealer = createSealer(database, dataKey, vaultKey, randomBytes);
  assertDurable(database);
  writeLock(path);
  clearSuspicion(path);
  const place = placeOf(path);
  const keepCopy = (): void => {
    if (!place.isLost()) {
      keepEssentials(path, database);
    }
  };
  keepCopy();
  const beforeClose = (): void => {
    if (!place.isLost()) {
      keepCopy();
      removeLock(path);
    }
  };
  return ok(createStore(database, sealer, options, { beforeClose, keepCopy, place, isSalvaged }));
}

const wentBack = damaged('it is as it was before it was used last');

function makeNew(database: Database.Database, options: SqliteStoreOptions, plan: SchemaPlan): Result<void, StoreFault> {
  createSchema(database, plan);
  return checkKeys(database, options, options.randomBytes) ? ok(undefined) : err(wrongKey);
}

function bringToday(
  database: Database.Database,
  options: SqliteStoreOptions,
  plan: SchemaPlan,
): Result<void, StoreFault> {
  const { path, program, randomBytes, onUpgrade } = options;
  if (database.pragma('user_version', { simple: true }) === plan.version) {
    endInterrupted(path, plan.version, program);
    return ok(undefined);
  }
  return upgradeStore(database, plan, {
    ...{ path, program, opensWithKeys: () => checkKeys(database, options, randomBytes) },
    ...(onUpgrade === undefined ? {} : { onStep: onUpgrade }),
  });
}

/** Looks at every page where there is a reason: some 0.3 s for 100 MB after an end that was none, more where it is suspected. */
function isWhole(path: string, database: Database.Database): boolean {
  const check = isSuspected(path) ? 'integrity_check(1)' : isLeftOpen(path) ? 'quick_check(1)' : undefined;
  return check === undefined || database.pragma(check, { simple: true }) === 'ok';
}

function closeAnyway(database: Database.Database | undefined): void {
  try {
    database?.close();
  } catch (error) {
    if (faultOf(error) === undefined) {
      throw error;
    }
  }
}
