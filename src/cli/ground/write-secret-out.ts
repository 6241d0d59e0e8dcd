import { writeFile } from 'node:fs/promises';
import { exitCodes } from './exit-codes.ts';
import type { Running } from './run-command.ts';

/** Writes what its user alone may read to the named file, where one is named. */
export async function writeSecretOut(run: Running, file: string | undefined, text: string): Promise<void> {
  try {
    await (file === undefined ? undefined : writeFile(file, text, { mode: 0o600 }));
  } catch (cause) {
    run.fail(exitCodes.usage, `It was done, but ${file} cannot be written: ${(cause as Error).message}`);
  }
}
