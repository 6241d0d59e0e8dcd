import { readFileSync, statSync } from 'node:fs';
import { textFromUtf8 } from '../../base/bytes.ts';
import { type Result, err, ok } from '../../base/result.ts';

/** The text of a file that holds a secret and that others may not read; `what` names the secret in the fault's words. */
export function readSecretFile(path: string, what: string, mostBytes: number): Result<string, string> {
  let bytes: Uint8Array;
  try {
    const { mode, size } = statSync(path);
    if (process.platform !== 'win32' && (mode & 0o007) !== 0) {
      const shown = (mode & 0o777).toString(8);
      return err(
        `${path} holds ${what} and may be read by everybody (mode ${shown}). Make it private: chmod o= ${path}`,
      );
    }
    if (size > mostBytes) {
      return err(`${path} has ${size} bytes, and ${what} at most ${mostBytes}. Name the file that holds it.`);
    }
    bytes = readFileSync(path);
  } catch (cause) {
    return err(`The file ${path} cannot be read: ${(cause as Error).message}`);
  }
  const text = textFromUtf8(bytes);
  return text === undefined ? err(`${path} is no text file.`) : ok(text);
}
