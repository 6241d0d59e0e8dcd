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

/** Makes an empty database a store of the plan's version, whole or not at all. */
export function createSchema(database: Database.Database, plan: SchemaPlan): void {
  database.exec('begin immediate');
  try {
    database.exec(`pragma application_id = ${applicationId};\n${plan.schema}`);
    database.exec(`pragma user_version = ${plan.version}`);
    database.exec('commit');
  } catch (error) {
    if (database.inTransaction) {
      database.exec('rollback');
    }
    throw error;
  }
}

/** What takes a checked store to the plan's version, in order. */
export function stepsFrom(database: Database.Database, plan: SchemaPlan): readonly Migration[] {
  const found = database.pragma('user_version', { simple: true }) as number;
  const steps = plan.migrations.filter(({ version }) => version > found).sort((a, b) => a.version - b.version);
  assert(steps.length === plan.version - found, 'there is a migration to each known version');
  return steps;
}
