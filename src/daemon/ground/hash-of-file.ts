import { createHash } from 'node:crypto';
import { piecesOf } from './read-whole.ts';

/** SHA-256 in hexadecimal digits. */
export function hashOfFile(path: string): string {
  const hash = createHash('sha256');
  for (const piece of piecesOf(path)) {
    hash.update(piece);
  }
  return hash.digest('hex');
}
