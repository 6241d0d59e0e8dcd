import { readFile } from 'node:fs/promises';
import { exitCodes } from './exit-codes.ts';
import type { Running } from './run-command.ts';

/** The bytes of a file, or of standard input for `-`; leaves with words for what cannot be read. */
export async function readContent(run: Running, file: string): Promise<Uint8Array> {
  try {
    return file === '-' ? await run.output.readStdinBytes() : await readFile(file);
  } catch (cause) {
    return run.fail(exitCodes.usage, `${contentName(file)} cannot be read: ${(cause as Error).message}`);
  }
}

/** How messages call it. */
export function contentName(file: string): string {
  return file === '-' ? 'Standard input' : file;
}
