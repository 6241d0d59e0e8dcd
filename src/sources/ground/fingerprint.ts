import { concat, hexFromBytes, utf8 } from '../../base/bytes.ts';
import { fileHashIn } from '../../contract/chunk-list.ts';
import { sha256 } from '../../crypto/hash.ts';

/** What travels of a file beside its bytes. */
export interface FileMode {
  readonly executable: boolean;
  /** Nobody but its owner may read or write it. */
  readonly private: boolean;
  /** A symbolic link, whose bytes are what it leads to. */
  readonly symlink?: boolean | undefined;
  /** A large file, whose bytes are the list of its chunks. */
  readonly chunked?: boolean | undefined;
}

export const plainMode: FileMode = { executable: false, private: false };

/**
 * What file and record are compared by: SHA-256 (hex) of the bytes; of an executable or private file or a link, of that
 * hash and its marks, so that a change of mode alone is a change. A large file has the same as if its bytes were at hand.
 */
export function fingerprintOf(bytes: Uint8Array, mode: FileMode): string {
  return fingerprintOfHash(mode.chunked === true ? fileHashIn(bytes) : sha256(bytes), mode);
}

/** The same, where SHA-256 of the bytes is known. */
export function fingerprintOfHash(plain: Uint8Array, mode: FileMode): string {
  const marks = [
    ...(mode.executable ? ['executable'] : []),
    ...(mode.private ? ['private'] : []),
    ...(mode.symlink === true ? ['symlink'] : []),
  ];
  return hexFromBytes(marks.length === 0 ? plain : sha256(concat([plain, utf8(marks.join(' '))])));
}
