import { writeSync } from 'node:fs';

/** All of the bytes, however few the system takes at once. */
export function writeWhole(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) {
    at += writeSync(file, bytes, at, bytes.length - at);
  }
}
