import { readFile } from 'node:fs/promises';
import { type JsonObject, isJsonObject } from '../base/json.ts';
import { exitCodes } from './context.ts';
import type { Running } from './run-command.ts';

/** The fields of a record from a JSON file, or from standard input for `-`; leaves with words for what is none. */
export async function readFields(run: Running, file: string): Promise<JsonObject> {
  let text: string;
  try {
    text = file === '-' ? await run.output.readStdin() : await readFile(file, 'utf8');
  } catch (cause) {
    return run.fail(exitCodes.usage, `${file} cannot be read: ${(cause as Error).message}`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    return run.fail(exitCodes.usage, `${file} is not valid JSON: ${(cause as Error).message}`);
  }
  return isJsonObject(value)
    ? value
    : run.fail(exitCodes.usage, `${file} must hold a JSON object: the fields of the record.`);
}
