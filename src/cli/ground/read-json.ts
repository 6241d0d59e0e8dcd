import { readFile } from 'node:fs/promises';
import type { JsonValue } from '../../base/json.ts';
import { parseExact } from '../../base/parse-exact.ts';
import { exitCodes } from './exit-codes.ts';
import type { Running } from './run-command.ts';

/** JSON that is to become fields, from a file or from standard input for `-`; leaves with words for what is none. */
export async function readJson(run: Running, file: string): Promise<JsonValue> {
  const name = file === '-' ? 'Standard input' : file;
  let bytes: Uint8Array;
  try {
    bytes = file === '-' ? await run.output.readStdinBytes() : await readFile(file);
  } catch (cause) {
    return run.fail(exitCodes.usage, `${name} cannot be read: ${(cause as Error).message}`);
  }
  const parsed = parseExact(bytes);
  return parsed.ok
    ? parsed.value
    : run.fail(exitCodes.usage, `${name} is not taken, and nothing was written. ${parsed.error}`);
}
