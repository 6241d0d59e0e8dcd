import { type RecordId, parseRecordId } from '../../base/ids.ts';

const maximumNameBytes = 255;
const windowsReserved = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/i;
const windowsForbidden = /[<>:"|?*]|[. ]$/;

/**
 * The record id of a path below the root (`/` between names), or undefined when the path cannot be one. The id is
 * the NFC form of the path.
 */
export function idFromPath(path: string): RecordId | undefined {
  const id = parseRecordId(path.normalize('NFC'));
  return id !== undefined && isSafePath(id) ? id : undefined;
}

/**
 * True when joining the path to a root stays below that root on every platform: relative, no empty, `.` or `..`
 * names, no backslash, NFC, names of at most 255 bytes; on Windows no device or stream names either.
 */
export function isSafePath(path: string, platform: NodeJS.Platform = process.platform): boolean {
  if (path.includes('\\') || path.includes('\0') || path !== path.normalize('NFC')) {
    return false;
  }
  return path.split('/').every((name) => isSafeName(name, platform));
}

/** The folder that a path lies in; empty for the root. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

function isSafeName(name: string, platform: NodeJS.Platform): boolean {
  if (name === '' || name === '.' || name === '..' || Buffer.byteLength(name) > maximumNameBytes) {
    return false;
  }
  return platform !== 'win32' || !(windowsReserved.test(name) || windowsForbidden.test(name));
}

/** Control characters of a name shown as escapes. */
export function visiblePath(path: string): string {
  return JSON.stringify(path).slice(1, -1);
}
