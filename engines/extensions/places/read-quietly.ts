import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { textFromUtf8 } from '../../../src/base/bytes.ts';

/** A file that somebody else's program keeps, as it is now; in words what stands in the way. */
export type QuietReading =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'fault'; readonly words: string };

/** Never waits: what is no file (a pipe, a device) is not read, and what is too large neither. */
export async function readQuietly(path: string, mostBytes: number): Promise<QuietReading> {
  let handle: Awaited<ReturnType<typeof open>>;
  try {
    handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR'
      ? { kind: 'absent' }
      : { kind: 'fault', words: `It cannot be read (${code ?? 'unknown'}).` };
  }
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) {
      return { kind: 'fault', words: 'It is no file.' };
    }
    if (stats.size > mostBytes) {
      return { kind: 'fault', words: `It is larger than ${mostBytes} bytes.` };
    }
    const text = textFromUtf8(await handle.readFile());
    return text === undefined
      ? { kind: 'fault', words: 'It is not UTF-8.' }
      : { kind: 'text', text: text.replace(/^\ufeff/, '') };
  } catch (cause) {
    return { kind: 'fault', words: `It cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown'}).` };
  } finally {
    await handle.close().catch(() => undefined);
  }
}
