import { readdirSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { textFromUtf8 } from '../../../src/base/bytes.ts';

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

export type FileReading =
  | { readonly kind: 'absent' }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'fault'; readonly message: string };

export async function readText(path: string, maximumBytes: number): Promise<FileReading> {
  const look = await markOf(path);
  if (look === undefined) {
    return { kind: 'absent' };
  }
  if (look.size > maximumBytes) {
    return { kind: 'fault', message: `It is larger than ${maximumBytes / 1024 / 1024} MiB, and is not read.` };
  }
  try {
    const text = textFromUtf8(await readFile(path));
    return text === undefined ? { kind: 'fault', message: 'It is no UTF-8 text.' } : { kind: 'text', text };
  } catch (cause) {
    return { kind: 'fault', message: `It cannot be read: ${(cause as Error).message}.` };
  }
}

/** Names in a folder; none where there is no folder. */
export function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
