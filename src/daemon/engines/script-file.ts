import { type Stats, closeSync, constants, fstatSync, openSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { textFromUtf8 } from '../../base/bytes.ts';
import { type Result, err, ok } from '../../base/result.ts';

const mostBytes = 1024 * 1024;

/**
 * The text of a script, or why it is not run. Whoever may write the file may also change the configuration, so one that
 * is not this user's, or that others may write or replace, is refused.
 */
export function readScriptFile(path: string): Result<string, string> {
  try {
    const real = realpathSync(path);
    const fault = [...new Set([dirname(path), dirname(real)])].map(folderFault).find((found) => found !== undefined);
    return fault === undefined ? readFile(real) : err(fault);
  } catch (cause) {
    return err(`It cannot be read: ${(cause as Error).message}. Let this user read it, or remove it.`);
  }
}

/** What is looked at and what is read is one file, also where another takes its place meanwhile; a pipe holds up nobody. */
function readFile(path: string): Result<string, string> {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const fault = faultOf(fstatSync(descriptor));
    if (fault !== undefined) {
      return err(fault);
    }
    const text = textFromUtf8(readFileSync(descriptor));
    if (text === undefined) {
      return err('It is no UTF-8 text. Save it as UTF-8.');
    }
    return /\bimport\b/.test(text)
      ? err('It says "import", and a script has no modules. Take the word out, also where it is a comment or a text.')
      : ok(text);
  } finally {
    closeSync(descriptor);
  }
}

function faultOf(stats: Stats): string | undefined {
  if (!stats.isFile()) {
    return 'It is no regular file. Put the script itself there.';
  }
  if (isOfAnother(stats)) {
    return `It belongs to another user (${stats.uid}), and it would run here. Make it your own: copy it, and remove this one.`;
  }
  if (othersMayWrite(stats)) {
    return 'Others than its owner may write it, and it would run here. Make it private: chmod go-w.';
  }
  return stats.size > mostBytes
    ? `It has ${stats.size} bytes; at most ${mostBytes} are read. Make it smaller.`
    : undefined;
}

/** Whoever may write the folder may put another script in the place of this one. */
function folderFault(folder: string): string | undefined {
  const stats = statSync(folder);
  if (isOfAnother(stats)) {
    return `Its folder ${folder} belongs to another user (${stats.uid}), who may put any script there. Move it into a folder of your own.`;
  }
  return othersMayWrite(stats)
    ? `Others than its owner may write its folder ${folder}, and put any script there. Make it private: chmod go-w ${folder}.`
    : undefined;
}

/** Not of this user, nor of the system's administrator, who may do everything anyway. */
function isOfAnother({ uid }: Stats): boolean {
  return process.getuid !== undefined && uid !== 0 && uid !== process.getuid();
}

function othersMayWrite({ mode }: Stats): boolean {
  return process.platform !== 'win32' && (mode & 0o022) !== 0;
}
