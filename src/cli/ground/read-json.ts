import type { JsonValue } from '../../base/json.ts';
import { parseExact } from '../../base/parse-exact.ts';
import { exitCodes } from './exit-codes.ts';
import { contentName, readContent } from './read-content.ts';
import type { Running } from './run-command.ts';

/** JSON that is to become fields, from a file or from standard input for `-`; leaves with words for what is none. */
export async function readJson(run: Running, file: string): Promise<JsonValue> {
  const parsed = parseExact(await readContent(run, file));
  return parsed.ok
    ? parsed.value
    : run.fail(exitCodes.usage, `${contentName(file)} is not taken, and nothing was written. ${parsed.error}`);
}
