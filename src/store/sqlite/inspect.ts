import Database from 'better-sqlite3';
import { type Result, err, ok } from '../../base/result.ts';
import { copyDatabase } from './base/copy-database.ts';
import { connect } from './base/connect.ts';
import { type StoreFault, damaged, faultOf, inUse, isBusy, wrongKey } from './base/fault.ts';
import { type StoreKeys, checkKeys } from './base/key-check.ts';
import { readLock } from './base/lock.ts';
import { checkVersion, currentPlan } from './base/migrate.ts';

/** Copies the database of a home whose store nobody has open. */
export async function copyClosedStore(path: string, into: string): Promise<Result<null, StoreFault>> {
  let database: Database.Database | undefined;
  try {
    database = connect(path);
    const version = checkVersion(database, currentPlan());
    if (!version.ok) {
      return version;
    }
    await copyDatabase(database, into);
    return ok(null);
  } catch (error) {
    return err(isBusy(error) ? inUse(readLock(path)) : faultOrThrow(error));
  } finally {
    database?.close();
  }
}

/**
 * Looks at every page of a copy and its indexes, and, where keys are given, whether they are those it was sealed under.
 * Nobody else has the file.
 */
export function inspectCopy(
  path: string,
  keys: StoreKeys | undefined,
): Result<{ readonly version: number }, StoreFault> {
  let database: Database.Database | undefined;
  try {
    database = new Database(path, { fileMustExist: true });
    // Without it, a file of shared memory is made beside it.
    database.pragma('locking_mode = EXCLUSIVE');
    const version = checkVersion(database, currentPlan());
    if (!version.ok) {
      return version;
    }
    if (database.pragma('integrity_check(1)', { simple: true }) !== 'ok') {
      return err(damaged('a page of it is not as it was written'));
    }
    if (keys !== undefined && !checkKeys(database, keys, noRandomness)) {
      return err(wrongKey);
    }
    return ok({ version: database.pragma('user_version', { simple: true }) as number });
  } catch (error) {
    return err(faultOrThrow(error));
  } finally {
    database?.close();
  }
}

/** A store that was in use has its check: none is written. */
function noRandomness(): never {
  throw new Error('a copy of a store has a check of its keys');
}

function faultOrThrow(error: unknown): StoreFault {
  const fault = faultOf(error);
  if (fault === undefined) {
    throw error;
  }
  return fault;
}
