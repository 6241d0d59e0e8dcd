import { createHash, createHmac, hash as hashAtOnce } from 'node:crypto';
import { blake2b } from './blake2b.ts';
import { borrowFrame } from './frame.ts';
import type { Label } from './labels.ts';

/** BLAKE2b-256 of a frame. 32 bytes. */
export function hash(label: Label, ...parts: readonly Uint8Array[]): Uint8Array {
  return blake2b(borrowFrame(label, parts), null);
}

/** Keyed BLAKE2b-256 of a frame: a pseudorandom function and a way to derive keys. 32 bytes. */
export function keyedHash(key: Uint8Array, label: Label, ...parts: readonly Uint8Array[]): Uint8Array {
  return blake2b(borrowFrame(label, parts), key);
}

/** `sha256:` and 64 hexadecimal digits: SHA-256 as the contracts' hash fields have it. */
export function sha256Text(bytes: Uint8Array): string {
  return `sha256:${hashAtOnce('sha256', bytes, 'hex')}`;
}

/** SHA-256, which the contracts' hash fields and file hashes use. 32 bytes. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(hashAtOnce('sha256', bytes, 'buffer'));
}

/** SHA-256 of what comes piece by piece. */
export interface RunningSha256 {
  add(piece: Uint8Array): void;
  /** 32 bytes; nothing can be added after it. */
  end(): Uint8Array;
}

export function runningSha256(): RunningSha256 {
  const running = createHash('sha256');
  return { add: (piece) => void running.update(piece), end: () => new Uint8Array(running.digest()) };
}

/** HMAC-SHA-256: by a key of one question, two sides compare texts and tell none. */
export function mark(key: Uint8Array, text: string): Uint8Array {
  return createHmac('sha256', key).update(text, 'utf8').digest();
}
