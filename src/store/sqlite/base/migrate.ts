import type Database from 'better-sqlite3';
import { readFileSync } from 'node:fs';
import { assert } from '../../../base/assert.ts';
import { type Result, err, ok } from '../../../base/result.ts';
import { applicationId } from './connect.ts';
import { type StoreFault, foreign, newerSchema } from './fault.ts';

/** Takes a store from the version before to `version`. */
export interface Migration {
  readonly version: number;
  readonly sql: string;
}

export interface SchemaPlan {
  /** The version that this program works with. */
  readonly version: number;
  /** Makes an empty store of that version. */
  readonly schema: string;
  /** One for each version from 2. */
  readonly migrations: readonly Migration[];
}

export function currentPlan(): SchemaPlan {
  const read = (path: string): string => readFileSync(new URL(`../sql/${path}.sql`, import.meta.url), 'utf8');
  return { version: 2, schema: read('schema/2'), migrations: [{ version: 2, sql: read('migrations/2') }] };
}

/** Refuses a store that this program must not touch; changes nothing. */
export function checkVersion(database: Database.Database, plan: SchemaPlan): Result<void, StoreFault> {
  const found = database.pragma('user_version', { simple: true }) as number;
  const tables = database.prepare('select count(*) from sqlite_schema').pluck().get();
  const isOurs = database.pragma('application_id', { simple: true }) === applicationId;
  if (!isOurs && (found !== 0 || tables !== 0)) {
    return err(foreign);
  }
  return found > plan.version ? err(newerSchema(found, plan.version)) : ok(undefined);
}

/**
 * Brings a checked store to the plan's version. Each step is one transaction together with the version it reaches: one
 * that was interrupted has left no trace, and the next opening goes on from there.
 */
export function migrate(database: Database.Database, plan: SchemaPlan): void {
  const found = database.pragma('user_version', { simple: true }) as number;
  if (found === 0) {
    apply(database, `pragma application_id = ${applicationId};\n${plan.schema}`, plan.version);
    return;
  }
  for (let version = found + 1; version <= plan.version; version++) {
    const migration = plan.migrations.find((candidate) => candidate.version === version);
    assert(migration !== undefined, 'there is a migration to each known version');
    apply(database, migration.sql, version);
  }
}

function apply(database: Database.Database, sql: string, version: number): void {
  database.exec('begin immediate');
  try {
    database.exec(sql);
    database.exec(`pragma user_version = ${version}`);
    database.exec('commit');
  } catch (error) {
    if (database.inTransaction) {
      database.exec('rollback');
    }
    throw error;
  }
}
