import { closeSync, openSync, readSync } from 'node:fs';

/** As many bytes as there are, at most those that fit. */
export function readWhole(file: number, into: Uint8Array, position: number): number {
  let found = 0;
  while (found < into.length) {
    const read = readSync(file, into, found, into.length - found, position + found);
    if (read === 0) {
      break;
    }
    found += read;
  }
  return found;
}

const pieceSizeBytes = 256 * 1024;

/** What is in a file, piece by piece; each is good until the next. */
export function* piecesOf(path: string): Generator<Uint8Array> {
  const file = openSync(path, 'r');
  const piece = new Uint8Array(pieceSizeBytes);
  try {
    for (let at = 0; ; ) {
      const found = readWhole(file, piece, at);
      if (found === 0) {
        return;
      }
      yield piece.subarray(0, found);
      at += found;
    }
  } finally {
    closeSync(file);
  }
}
