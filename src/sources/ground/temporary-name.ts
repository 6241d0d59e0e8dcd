import { randomBytes } from 'node:crypto';

const prefix = '.sourcesync-';
const suffix = '.tmp';

/** Matches the temporary files of every writer, in gitignore syntax. */
export const temporaryPattern: string = `${prefix}*${suffix}`;

/** `.sourcesync-<writer>-<random>.tmp`: after a crash it tells whose it was. */
export function temporaryName(writer: string): string {
  return `${prefix}${writer}-${randomBytes(8).toString('hex')}${suffix}`;
}

export function isTemporary(name: string): boolean {
  return name.startsWith(prefix) && name.endsWith(suffix);
}

export function isTemporaryOf(name: string, writer: string): boolean {
  return isTemporary(name) && name.startsWith(`${prefix}${writer}-`);
}
