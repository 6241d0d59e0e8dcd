import type Database from 'better-sqlite3';
import { closeSync, fsyncSync, openSync, rmSync } from 'node:fs';

/** 1 MiB: some milliseconds of a round of the loop. */
const pagesOfRound = 256;

/**
 * Copies a database that is in use into a new file. What this connection writes meanwhile is written to both, so that the
 * copy is as the database is when it ends. Source: the online backup API of SQLite.
 */
export async function copyDatabase(database: Database.Database, path: string): Promise<void> {
  // Made here, so that nobody else may read it, and nothing that was there is written over.
  closeSync(openSync(path, 'wx', 0o600));
  try {
    await database.backup(path, { progress: () => pagesOfRound });
    const file = openSync(path, 'r+');
    try {
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  }
}
