import Database from 'better-sqlite3';
import {
  copyFileSync,
  existsSync,
  linkSync,
  openSync,
  readFileSync,
  closeSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { connect } from './base/connect.ts';
import { isDamage } from '../ground/failure.ts';
import { copyRows } from './copy-rows.ts';
import { makeConsistent } from './tables/consistent.ts';
import { type SchemaPlan, createSchema } from './base/migrate.ts';
import { isOlderThanCopy, restoreEssentials } from './base/essentials.ts';

/** What became of a damaged database. */
export interface Salvage {
  /** Where the damaged file is kept. */
  readonly keptAt: string;
  /** Tables of which rows may be lost: a page of them could not be read. */
  readonly damagedTables: readonly string[];
  /** There was no file, or an empty one: what is kept is no more than the note that it was gone. */
  readonly wasGone: boolean;
}

/** Named beside the tables: what was written last is gone, in whichever of them it stood. */
const latest = 'latest';
const pageBytes = 4096;
const keptFiles = 2;
/** Where none of these has a row, nothing says whose home it is. */
const tablesOfHome = ['setting', 'scope_entry', 'log'];
const companions = ['', '-wal', '-shm', '-journal'];

/**
 * Makes a database anew of every row of a damaged one that can be read. The damaged one is kept beside it. Until the new
 * one is whole nothing is moved; ended in the middle, `finishSalvage` goes on. Undefined, and nothing is touched, where nothing
 * of what a home is can be read, or another version wrote it.
 */
export function salvage(path: string, plan: SchemaPlan, nowMs: number): Salvage | undefined {
  remove(mendingPath(path));
  const wasGone = isGone(path);
  const damaged = openDamaged(path, plan);
  const made = new Database(mendingPath(path));
  const damagedTables: string[] = [];
  let isOfUse: boolean;
  try {
    made.pragma('synchronous = extra');
    createSchema(made, plan);
    made.exec('begin immediate');
    for (const name of tablesOf(made)) {
      if (damaged === undefined || !copyRows(damaged, made, name)) {
        damagedTables.push(name);
      }
    }
    if (damaged === undefined || isOlderThanCopy(path, made, damagedTables)) {
      damagedTables.push(latest);
      restoreEssentials(path, made);
    } else {
      restoreEssentials(path, made, damagedTables);
    }
    makeConsistent(made);
    made.exec('commit');
    isOfUse = tablesOfHome.some((name) => made.prepare(`select 1 from ${name}`).get() !== undefined);
  } finally {
    made.close();
    closeDamaged(damaged);
  }
  if (!isOfUse) {
    remove(mendingPath(path));
    remove(readingPath(path));
    return undefined;
  }
  const keptAt = `${resolve(path)}.damaged-${new Date(nowMs).toISOString().replaceAll(':', '')}`;
  swap(path, keptAt);
  removeOldest(path);
  return { keptAt, damagedTables, wasGone };
}

export function isGone(path: string): boolean {
  return !existsSync(path) || statSync(path).size === 0;
}

/** True where a process ended between moving the damaged database away and putting the new one in its place. */
export function finishSalvage(path: string): boolean {
  const isHalfway = !existsSync(path) && existsSync(mendingPath(path));
  if (isHalfway) {
    putInPlace(path);
  }
  return isHalfway;
}

/** Undefined where nothing of it can be read. */
function openDamaged(path: string, plan: SchemaPlan): Database.Database | undefined {
  const asItIs = tryOpen(path, plan);
  if (asItIs !== undefined) {
    return asItIs;
  }
  // Its first pages say where each table begins, which is alike in every store of one plan.
  const copy = readingPath(path);
  remove(copy);
  for (const companion of ['', '-wal']) {
    if (existsSync(path + companion)) {
      copyFileSync(path + companion, copy + companion);
    }
  }
  writeSchemaPages(copy, plan);
  return tryOpen(copy, plan);
}

function tryOpen(path: string, plan: SchemaPlan): Database.Database | undefined {
  let database: Database.Database | undefined;
  try {
    database = connect(path);
    database.pragma('cell_size_check = OFF');
    if (database.pragma('user_version', { simple: true }) === plan.version) {
      database.prepare('select count(*) from sqlite_schema').get();
      return database;
    }
  } catch (error) {
    if (!isDamage(error)) {
      database?.close();
      throw error;
    }
  }
  database?.close();
  return undefined;
}

function writeSchemaPages(path: string, plan: SchemaPlan): void {
  const template = `${path}-template`;
  remove(template);
  const fresh = new Database(template);
  createSchema(fresh, plan);
  fresh.close();
  const whole = readFileSync(template);
  remove(template);
  // A size that belongs to another change counts for nothing: the file says how long it is.
  whole.writeUInt32BE(whole.readUInt32BE(24) + 1, 92);
  const into = openSync(path, 'r+');
  for (const page of schemaPagesOf(whole)) {
    writeSync(into, whole, (page - 1) * pageBytes, pageBytes, (page - 1) * pageBytes);
  }
  closeSync(into);
}

/** The first page, and those that it leads to. Source: the file format of SQLite, "B-tree Pages". */
function schemaPagesOf(file: Buffer): readonly number[] {
  const header = 100;
  const interior = 0x05;
  if (file[header] !== interior) {
    return [1];
  }
  const cells = Array.from({ length: file.readUInt16BE(header + 3) }, (_, cell) =>
    file.readUInt32BE(file.readUInt16BE(header + 12 + 2 * cell)),
  );
  return [1, ...cells, file.readUInt32BE(header + 8)];
}

function tablesOf(database: Database.Database): readonly string[] {
  const names = "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'";
  return database.prepare<[], string>(names).pluck().all();
}

function closeDamaged(damaged: Database.Database | undefined): void {
  try {
    damaged?.close();
  } catch (error) {
    if (!isDamage(error)) {
      throw error;
    }
  }
}

function swap(path: string, keptAt: string): void {
  for (const companion of companions.slice(1)) {
    if (existsSync(path + companion)) {
      linkSync(path + companion, keptAt + companion);
    }
  }
  renameSync(path, keptAt);
  putInPlace(path);
}

/** What belonged to the damaged file must not be taken for the new one's. */
function putInPlace(path: string): void {
  for (const companion of companions.slice(1)) {
    rmSync(path + companion, { force: true });
  }
  renameSync(mendingPath(path), path);
  remove(readingPath(path));
}

function removeOldest(path: string): void {
  const folder = dirname(path);
  const prefix = `${basename(path)}.damaged-`;
  const kept = readdirSync(folder).filter((name) => name.startsWith(prefix) && name.endsWith('Z'));
  for (const name of kept.sort().slice(0, -keptFiles)) {
    remove(join(folder, name));
  }
}

function remove(path: string): void {
  for (const companion of companions) {
    rmSync(path + companion, { force: true });
  }
}

function mendingPath(path: string): string {
  return `${path}.mending`;
}

function readingPath(path: string): string {
  return `${path}.reading`;
}
