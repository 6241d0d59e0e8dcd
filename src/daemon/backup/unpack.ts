import { createHash } from 'node:crypto';
import { concat, textFromUtf8 } from '../../base/bytes.ts';
import { type JsonObject, isJsonObject } from '../../base/json.ts';
import { integerOf } from '../../membership/parse/json-fields.ts';
import { type BackedUpFile, type BackupContents, contentsOf, isKnownPath } from './contents.ts';

/** Where the bytes of one file go. */
export interface Unpacked {
  write(bytes: Uint8Array): void;
  end(): void;
}

export type UnpackInto = (path: string) => Unpacked;

const mostLineBytes = 2 * 1024 * 1024;
const mostPieceBytes = 1024 * 1024;

/**
 * Reads what {@link pack} wrote, and hands the files on as they come. Undefined where a chunk does not open, the order is
 * another one, or a file is not what the backup says of it behind all of them.
 */
export function unpack(
  chunks: Iterable<Uint8Array | undefined>,
  into: UnpackInto,
  progress: (bytes: number) => void,
): BackupContents | undefined {
  const source = createSource(chunks);
  const found: BackedUpFile[] = [];
  let done = 0;
  let line = source.line();
  while (line !== undefined && typeof line['path'] === 'string') {
    const { path } = line as { path: string };
    if (!isKnownPath(path) || found.some((file) => file.path === path)) {
      return undefined;
    }
    const target = into(path);
    const hash = createHash('sha256');
    let sizeBytes = 0;
    try {
      for (line = source.line(); line !== undefined && 'bytes' in line; line = source.line()) {
        const bytes = source.take(integerOf(line['bytes'], 0, mostPieceBytes) ?? -1);
        if (bytes === undefined) {
          return undefined;
        }
        target.write(bytes);
        hash.update(bytes);
        sizeBytes += bytes.length;
        progress(done + sizeBytes);
      }
    } finally {
      target.end();
    }
    found.push({ path, sizeBytes, sha256: hash.digest('hex') });
    done += sizeBytes;
  }
  const contents = contentsOf(line?.['contents']);
  return contents !== undefined && source.isAtEnd() && areAlike(contents.files, found) ? contents : undefined;
}

export function areAlike(left: readonly BackedUpFile[], right: readonly BackedUpFile[]): boolean {
  return (
    left.length === right.length &&
    left.every(({ path, sizeBytes, sha256 }, at) => {
      const other = right[at];
      return other?.path === path && other.sizeBytes === sizeBytes && other.sha256 === sha256;
    })
  );
}

interface Source {
  line(): JsonObject | undefined;
  take(sizeBytes: number): Uint8Array | undefined;
  isAtEnd(): boolean;
}

function createSource(chunks: Iterable<Uint8Array | undefined>): Source {
  const iterator = chunks[Symbol.iterator]();
  let held = new Uint8Array(0);

  /** False at the end, and where a chunk does not open. */
  function more(): boolean {
    const next = iterator.next();
    if (next.done === true || next.value === undefined) {
      return false;
    }
    held = concat([held, next.value]) as Uint8Array<ArrayBuffer>;
    return true;
  }

  function take(sizeBytes: number): Uint8Array | undefined {
    while (sizeBytes >= 0 && held.length < sizeBytes) {
      if (!more()) {
        return undefined;
      }
    }
    if (sizeBytes < 0) {
      return undefined;
    }
    const taken = held.subarray(0, sizeBytes);
    held = held.subarray(sizeBytes);
    return taken;
  }

  return {
    take,
    line() {
      let end = held.indexOf(newline);
      while (end < 0) {
        if (held.length > mostLineBytes || !more()) {
          return undefined;
        }
        end = held.indexOf(newline);
      }
      const bytes = take(end + 1);
      return bytes && objectOf(bytes);
    },
    isAtEnd: () => held.length === 0 && iterator.next().done === true,
  };
}

const newline = 0x0a;

function objectOf(bytes: Uint8Array): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(textFromUtf8(bytes) ?? '');
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
