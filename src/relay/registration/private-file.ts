import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { type Result, err, ok } from '../../base/result.ts';

/** Writes a file that its owner alone may read, durably, replacing the one before. */
export function writePrivateFile(path: string, text: string): void {
  const temporary = writeTemporary(path, text);
  try {
    renameSync(temporary, path);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw cause;
  }
  syncFolder(path);
}

/** The same, unless there is one already: false, and that one is left alone. */
export function createPrivateFile(path: string, text: string): boolean {
  const temporary = writeTemporary(path, text);
  try {
    linkSync(temporary, path);
    syncFolder(path);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') {
      return false;
    }
    throw cause;
  } finally {
    rmSync(temporary);
  }
}

/** The content, undefined when there is no such file, or in words why it cannot be used. */
export function readPrivateFile(path: string): Result<string | undefined, string> {
  try {
    const { mode, uid } = statSync(path);
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      return err(`${path} may be read by others. Make it private with: chmod go= ${path}`);
    }
    if (process.platform !== 'win32' && uid !== process.getuid?.()) {
      return err(`${path} belongs to another user, who must run this command.`);
    }
    return ok(readFileSync(path, 'utf8'));
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    return code === 'ENOENT' ? ok(undefined) : err(`${path} cannot be read: ${message}`);
  }
}

function writeTemporary(path: string, text: string): string {
  const temporary = `${path}.${process.pid}.tmp`;
  const file = openSync(temporary, 'w', 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return temporary;
}

function syncFolder(path: string): void {
  if (process.platform !== 'win32') {
    const folder = openSync(dirname(path), 'r');
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  }
}
