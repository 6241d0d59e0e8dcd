import type Database from 'better-sqlite3';
import { constants, chmodSync, copyFileSync, existsSync, linkSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Result, err, ok } from '../../../base/result.ts';
import { applicationId, connect } from '../base/connect.ts';
import { type StoreFault, faultOf, foreign, inUse, isBusy, newerSchema, noCopy } from '../base/fault.ts';
import { readLock } from '../base/lock.ts';
import { sync } from '../base/sync.ts';
import { type KeptCopy, copyPath, listCopies, removeOldCopies } from './copies.ts';
import { noteWherePossible, readLedger } from './ledger.ts';
import { wrongInCopy } from './make-copy.ts';

/** What going back to the copy of an upgrade does. */
export interface Rollback {
  /** Versions of the store. */
  readonly from: number;
  readonly to: number;
  readonly copy: string;
  readonly copiedAt: string;
  readonly sizeBytes: number;
  /** Where the store that is replaced is kept. */
  readonly keptAt: string;
  /** Changes that the store knows and the copy does not. */
  readonly changesLost: number;
}

/**
 * Puts the latest copy of an older version back, or only says what that would do. The copy of what everything rests on stays
 * as it is: whoever opens the store next sees by it that the store went back, and takes first what relays have of its own chain,
 * so that no place in it is given twice. Ended at any moment, one whole store or the other is there.
 */
export function rollBack(
  path: string,
  { execute, program }: { readonly execute: boolean; readonly program: string },
): Result<Rollback, StoreFault> {
  if (!existsSync(path)) {
    return err(
      noCopy(`There is no store at ${path}. Nothing was changed. To put a backup back: sourcesync backup restore`),
    );
  }
  let database: Database.Database | undefined;
  try {
    database = connect(path);
    if (database.pragma('application_id', { simple: true }) !== applicationId) {
      return err(foreign);
    }
    const planned = planRollback(database, path);
    if (planned.ok && execute) {
      putBack(database, path, planned.value, program);
    }
    return planned;
  } catch (error) {
    const fault = isBusy(error) ? inUse(readLock(path)) : faultOf(error);
    if (fault === undefined) {
      throw error;
    }
    return err(fault);
  } finally {
    database?.close();
  }
}

/** The same fault; of a store that is too new, with the version that is needed and the way back. */
export function withWayBack(path: string, fault: StoreFault): StoreFault {
  if (fault.kind !== 'newer_schema') {
    return fault;
  }
  const { found, known } = fault;
  const copy = listCopies(path, 'store').findLast(({ version }) => version <= known);
  const upgrade = readLedger(path).findLast(({ event, to }) => event === 'done' && to === found);
  return newerSchema(found, known, { program: upgrade?.program, copyAt: copy?.at });
}

function planRollback(database: Database.Database, path: string): Result<Rollback, StoreFault> {
  const from = database.pragma('user_version', { simple: true }) as number;
  const copy = listCopies(path, 'store').findLast(({ version }) => version < from);
  if (copy === undefined) {
    const message = `There is no copy of this home's store of a version before ${from}: it was not upgraded here, or the copy was removed. Nothing was changed. To put a backup back: sourcesync backup restore`;
    return err(noCopy(message));
  }
  const wrong = wrongIn(copy);
  if (wrong !== undefined) {
    return err(noCopy(`The copy cannot be put back: ${wrong}. Nothing was changed.`));
  }
  return ok({
    ...{ from, to: copy.version, copy: copy.path, copiedAt: copy.at, sizeBytes: statSync(copy.path).size },
    keptAt: copyPath(path, 'replaced', from, Date.now()),
    changesLost: changesSince(database, copy),
  });
}

function wrongIn({ path, version }: KeptCopy): string | undefined {
  try {
    return wrongInCopy(path, version);
  } catch (error) {
    if (faultOf(error) === undefined) {
      throw error;
    }
    return `${path} cannot be read as a database`;
  }
}

function changesSince(database: Database.Database, copy: KeptCopy): number {
  const count = (of: string): number => Number(database.prepare(`select count(*) from ${of}.history`).pluck().get());
  database.prepare('attach ? as earlier').run(copy.path);
  try {
    return count('main') - count('earlier');
  } finally {
    database.exec('detach earlier');
  }
}

function putBack(
  database: Database.Database,
  path: string,
  { from, to, copy, keptAt }: Rollback,
  program: string,
): void {
  const next = `${path}.rollback`;
  rmSync(next, { force: true });
  try {
    copyFileSync(copy, next, constants.COPYFILE_EXCL);
    chmodSync(next, 0o600);
    sync(next);
    // Without a log no file of another name belongs to it, and closing it removes none of the store that takes its place.
    database.pragma('journal_mode = DELETE');
    // The name is never without a store: what is there gets a second one first.
    linkSync(path, keptAt);
    renameSync(next, path);
    sync(dirname(path));
  } catch (error) {
    rmSync(next, { force: true });
    throw error;
  }
  noteWherePossible(path, { event: 'rolled_back', from, to, copy, program, note: keptAt });
  removeOldCopies(path, 'replaced');
}
