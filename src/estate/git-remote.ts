import { join } from 'node:path';
import { readBounded } from './read-file.ts';

const maximumConfigBytes = 256 * 1024;
const section = /^\s*\[remote "origin"\]\s*$/;
const address = /^\s*url\s*=\s*(\S+)\s*$/;
const ownerAndName = /([A-Za-z0-9_.-]+)\/([A-Za-z0-9_.-]+?)(?:\.git)?\/?$/;

/** `owner/name` out of a checkout's own configuration; undefined where it names no origin of that form. */
export function remoteName(folder: string): string | undefined {
  const read = readBounded(join(folder, '.git', 'config'), maximumConfigBytes);
  if (!read.ok) {
    return undefined;
  }
  const lines = new TextDecoder().decode(read.value).split('\n');
  const start = lines.findIndex((line) => section.test(line));
  const following = start < 0 ? [] : lines.slice(start + 1);
  const end = following.findIndex((line) => line.trimStart().startsWith('['));
  const url = (end < 0 ? following : following.slice(0, end)).map((line) => address.exec(line)?.[1]).find(Boolean);
  const named = url === undefined ? null : ownerAndName.exec(url.replace(':', '/'));
  return named === null ? undefined : `${named[1]}/${named[2]}`;
}
