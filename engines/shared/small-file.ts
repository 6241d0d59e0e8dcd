import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { textFromUtf8 } from '../../src/base/bytes.ts';

/** A file that somebody else's program keeps, as it is now; in words what stands in the way. */
export type SmallFile<T> =
  | { readonly kind: 'read'; readonly value: T }
  | { readonly kind: 'absent' }
  | { readonly kind: 'fault'; readonly words: string };

/** A pipe or a device never ends, and opening one waits for somebody who writes. */
const reading = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** Never waits: what is no plain file (a link may lead to one) is not read, and what is too large neither. */
export async function bytesIn(path: string, mostBytes: number): Promise<SmallFile<Uint8Array>> {
  let handle: Awaited<ReturnType<typeof open>> | undefined;
  try {
    handle = await open(path, reading);
    const words = whyUnread(await handle.stat(), mostBytes);
    return words === undefined ? readNow(await handle.readFile(), mostBytes) : { kind: 'fault', words };
  } catch (cause) {
    return faultOf(cause);
  } finally {
    await handle?.close().catch(() => undefined);
  }
}

/** The same of a text in UTF-8, without a mark of its encoding. */
export async function textIn(path: string, mostBytes: number): Promise<SmallFile<string>> {
  const read = await bytesIn(path, mostBytes);
  if (read.kind !== 'read') {
    return read;
  }
  const text = textFromUtf8(read.value);
  return text === undefined
    ? { kind: 'fault', words: 'It is not UTF-8.' }
    : { kind: 'read', value: text.replace(/^\ufeff/, '') };
}

/** The same where nobody can wait, for files of a few lines; undefined for what cannot be read. */
export function textNow(path: string, mostBytes: number): string | undefined {
  let handle: number | undefined;
  try {
    handle = openSync(path, reading);
    const bytes = whyUnread(fstatSync(handle), mostBytes) === undefined ? readFileSync(handle) : undefined;
    return bytes === undefined || bytes.length > mostBytes ? undefined : textFromUtf8(bytes)?.replace(/^\ufeff/, '');
  } catch {
    return undefined;
  } finally {
    if (handle !== undefined) {
      closeSync(handle);
    }
  }
}

/** It may have grown since it was looked at. */
function readNow(value: Uint8Array, mostBytes: number): SmallFile<Uint8Array> {
  return value.length > mostBytes ? { kind: 'fault', words: tooLarge(mostBytes) } : { kind: 'read', value };
}

function whyUnread(
  stats: { readonly size: number; isFile(): boolean; isDirectory(): boolean },
  mostBytes: number,
): string | undefined {
  if (!stats.isFile()) {
    return stats.isDirectory() ? 'It is a folder.' : 'It is no file.';
  }
  return stats.size > mostBytes ? tooLarge(mostBytes) : undefined;
}

function tooLarge(mostBytes: number): string {
  const most = mostBytes % (1024 * 1024) === 0 ? `${mostBytes / 1024 / 1024} MiB` : `${mostBytes} bytes`;
  return `It is larger than ${most}, and is not read.`;
}

/** What could be there and cannot be read is not absent: nobody took it away. */
export function faultOf(cause: unknown): Exclude<SmallFile<never>, { readonly kind: 'read' }> {
  const { code = 'unknown' } = cause as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR'
    ? { kind: 'absent' }
    : { kind: 'fault', words: `It cannot be read (${code}). Let yourself read it, as a member of its group.` };
}
