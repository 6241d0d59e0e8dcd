import { chmod, copyFile, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { type JsonValue, isJsonObject } from '../../../src/base/json.ts';
import { type Result, err, ok } from '../../../src/base/result.ts';

const mostBytes = 256 * 1024 * 1024;
const attempts = 3;
/** The database, and what SQLite reads together with it. */
const suffixes = ['', '-wal', '-journal'];

/** Ids in lower case, as long as the database is the same; one is kept for each path. */
export type KnownDisabled = Map<string, { readonly marks: string; readonly ids: ReadonlySet<string> }>;

/**
 * The extensions that an editor has switched off, out of its `state.vscdb`: a copy is read, because the editor writes it all
 * the time. None where there is no such file. In words why nobody can tell.
 */
export async function readDisabled(path: string, known: KnownDisabled): Promise<Result<ReadonlySet<string>, string>> {
  const marks = await marksOf(path);
  if (marks === undefined) {
    return ok(new Set());
  }
  const before = known.get(path);
  if (before?.marks === marks) {
    return ok(before.ids);
  }
  const folder = await mkdtemp(join(tmpdir(), 'sourcesync-'));
  try {
    const copy = join(folder, 'state.vscdb');
    const copied = await copiedSteadily(path, copy);
    if (copied === undefined) {
      return err('It is being written all the time, or is too large: which extensions are off is read again later.');
    }
    const ids = idsIn(copy);
    known.set(path, { marks: copied, ids });
    return ok(ids);
  } catch (cause) {
    return err(`Which extensions are off cannot be read: ${(cause as Error).message}.`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What it looked like before and afterwards; undefined where that was never the same. */
async function copiedSteadily(path: string, copy: string): Promise<string | undefined> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const before = await marksOf(path);
    for (const suffix of suffixes) {
      await rm(copy + suffix, { force: true });
      const { size, isFile } = await lookAt(path + suffix);
      if (isFile && size > mostBytes) {
        return undefined;
      }
      if (isFile) {
        await copyFile(path + suffix, copy + suffix);
        await chmod(copy + suffix, 0o600);
      }
    }
    if (before !== undefined && before === (await marksOf(path))) {
      return before;
    }
  }
  return undefined;
}

/** Undefined where there is no such file. */
async function marksOf(path: string): Promise<string | undefined> {
  const looks = await Promise.all(suffixes.map((suffix) => lookAt(path + suffix)));
  return looks[0]?.isFile === true ? looks.map(({ mark }) => mark).join(' ') : undefined;
}

async function lookAt(
  path: string,
): Promise<{ readonly isFile: boolean; readonly size: number; readonly mark: string }> {
  return stat(path).then(
    (stats) => ({ isFile: stats.isFile(), size: stats.size, mark: `${stats.ino}:${stats.size}:${stats.mtimeMs}` }),
    () => ({ isFile: false, size: 0, mark: 'none' }),
  );
}

function idsIn(copy: string): ReadonlySet<string> {
  const database = new Database(copy, { fileMustExist: true });
  try {
    database.pragma('trusted_schema = OFF');
    const row = database
      .prepare<[], { readonly value: unknown }>(
        "SELECT CAST(value AS TEXT) AS value FROM ItemTable WHERE key = 'extensionsIdentifiers/disabled'",
      )
      .get();
    const listed = row === undefined ? [] : (JSON.parse(String(row.value)) as JsonValue);
    if (!Array.isArray(listed)) {
      throw new Error('its list of them is none');
    }
    return new Set(listed.flatMap((one: JsonValue) => idOf(one)));
  } finally {
    database.close();
  }
}

function idOf(one: JsonValue): readonly string[] {
  return isJsonObject(one) && typeof one['id'] === 'string' ? [one['id'].toLowerCase()] : [];
}
