import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { type Result, err, ok } from '../base/result.ts';

export interface ReadFault {
  readonly message: string;
  readonly remedy: string;
}

/**
 * Reads a regular file, at most one byte more than the limit, so that the reader can tell that there is more. Never
 * follows a symbolic link in the last name, never waits for a pipe.
 */
export function readBounded(path: string, maximumBytes: number): Result<Uint8Array, ReadFault> {
  let handle: number;
  try {
    handle = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (cause) {
    return err(faultOf(cause));
  }
  try {
    if (!fstatSync(handle).isFile()) {
      return err(noFile);
    }
    return ok(readWhole(handle, maximumBytes + 1));
  } catch (cause) {
    return err(faultOf(cause));
  } finally {
    closeSync(handle);
  }
}

/** The file may shrink or grow while it is read: what counts is what was read. */
function readWhole(handle: number, mostBytes: number): Uint8Array {
  const bytes = new Uint8Array(Math.min(fstatSync(handle).size + 1, mostBytes));
  let length = 0;
  while (length < bytes.length) {
    const count = readSync(handle, bytes, length, bytes.length - length, null);
    if (count === 0) {
      break;
    }
    length += count;
  }
  return bytes.subarray(0, length);
}

export const noFile: ReadFault = {
  message: 'It is no regular file: a folder, a pipe, a socket or a device.',
  remedy: 'Put a file there, or remove it.',
};

export function faultOf(cause: unknown): ReadFault {
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return {
        message: `It may not be read (${code}).`,
        remedy: 'Give this user the right to read it, or leave it out.',
      };
    case 'ELOOP':
    case 'EMLINK':
      return {
        message: 'It is a symbolic link, or a loop of them, and was not followed.',
        remedy: 'Put the file itself there.',
      };
    case 'ENOTDIR':
      return { message: 'A name on the way to it is no folder.', remedy: 'Make it a folder, or remove it.' };
    default:
      return { message: `It cannot be read (${code}).`, remedy: 'Look at the disk, and scan again.' };
  }
}
