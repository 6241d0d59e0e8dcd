import { readlinkSync } from 'node:fs';
import { textFromUtf8 } from '../../base/bytes.ts';
import { parentOf } from '../ground/safe-path.ts';

/**
 * True for what a link at this path may say: a relative path that, names taken one by one, never leaves the root, so
 * that it means the same on every device.
 */
export function staysInside(path: string, target: string): boolean {
  if (target === '' || target.startsWith('/') || target.includes('\\') || target.includes('\0')) {
    return false;
  }
  let depth = parentOf(path) === '' ? 0 : parentOf(path).split('/').length;
  for (const name of target.split('/')) {
    depth += name === '..' ? -1 : name === '' || name === '.' ? 0 : 1;
    if (depth < 0) {
      return false;
    }
  }
  return true;
}

/** What a link says, as bytes. */
export function bytesOfLink(place: string): Uint8Array {
  return readlinkSync(place, { encoding: 'buffer' });
}

/** What a link says where it may; undefined where it leads out of the root or is no text. */
export function innerTarget(path: string, bytes: Uint8Array): string | undefined {
  const target = textFromUtf8(bytes);
  return target !== undefined && staysInside(path, target) ? target : undefined;
}
