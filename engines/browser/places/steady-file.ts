import { readdirSync } from 'node:fs';
import { stat } from 'node:fs/promises';

/** What one look at a file says of it; another one says whether it is still the same. */
export interface FileMark {
  readonly mark: string;
  readonly size: number;
  readonly changedMs: number;
}

/** Undefined where there is no plain file. What is no plain file may never end, or wait for somebody who writes. */
export async function markOf(path: string): Promise<FileMark | undefined> {
  const look = await stat(path).catch(() => undefined);
  return look?.isFile() === true
    ? { mark: `${look.ino} ${look.size} ${look.mtimeMs} ${look.ctimeMs}`, size: look.size, changedMs: look.mtimeMs }
    : undefined;
}

/** Names in a folder; none where there is no folder. */
export function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
