import { type JsonObject, isJsonObject } from '../../base/json.ts';
import { exitCodes } from './exit-codes.ts';
import { readJson } from './read-json.ts';
import type { Running } from './run-command.ts';

/** The fields of a record from a JSON file, or from standard input for `-`; leaves with words for what is none. */
export async function readFields(run: Running, file: string): Promise<JsonObject> {
  const value = await readJson(run, file);
  return isJsonObject(value)
    ? value
    : run.fail(exitCodes.usage, `${file} must hold a JSON object: the fields of the record.`);
}
