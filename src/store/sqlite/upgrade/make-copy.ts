import Database from 'better-sqlite3';
import { closeSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { applicationId } from '../base/connect.ts';
import { sync } from '../base/sync.ts';
import { halfMadePath } from './copies.ts';

/**
 * Copies a database as it is for its only user, within this call: the online backup of SQLite comes back later, and nothing
 * may be written between a copy and the upgrade. Keys of rows stay, which seals rest on: each table that is sealed names its
 * own. It gets its name once it was read back. What is wrong with it, in words; nothing is there then.
 */
export function makeCopy(database: Database.Database, copy: string): string | undefined {
  mkdirSync(dirname(copy), { recursive: true, mode: 0o700 });
  const half = halfMadePath(copy);
  const version = database.pragma('user_version', { simple: true }) as number;
  try {
    // Made here, so that nobody else may read it.
    closeSync(openSync(half, 'wx', 0o600));
    database.prepare('vacuum into ?').run(half);
    const wrong = wrongInCopy(half, version);
    if (wrong === undefined) {
      sync(half);
      renameSync(half, copy);
      sync(dirname(copy));
    } else {
      rmSync(half, { force: true });
    }
    return wrong;
  } catch (error) {
    rmSync(half, { force: true });
    throw error;
  }
}

/** Looks at every page of a copy and at its indexes. Throws where it cannot be read as a database. */
export function wrongInCopy(copy: string, version: number): string | undefined {
  const database = new Database(copy, { fileMustExist: true, readonly: true });
  try {
    if (database.pragma('application_id', { simple: true }) !== applicationId) {
      return `${copy} is not a store of SourceSync`;
    }
    const found = database.pragma('user_version', { simple: true });
    if (found !== version) {
      return `${copy} is of version ${String(found)} and not of ${version}`;
    }
    const check = database.pragma('integrity_check(1)', { simple: true });
    return check === 'ok' ? undefined : `${copy} is not as it was written (${String(check)})`;
  } finally {
    database.close();
  }
}
