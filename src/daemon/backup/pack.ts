import { createHash } from 'node:crypto';
import { utf8 } from '../../base/bytes.ts';
import { canonicalText } from '../../base/canonical-json.ts';
import { piecesOf } from '../ground/read-whole.ts';
import { type BackedUpFile, type BackupContents, contentsBody } from './contents.ts';
import type { SealedWriter } from './sealed-stream.ts';

/** A file of a home that is to be packed: where it lies, or what is in it. */
export interface FileToPack {
  readonly path: string;
  readonly from: { readonly file: string } | { readonly bytes: Uint8Array };
}

/** Bytes that are packed so far. */
export type Progress = (bytes: number) => void;

/**
 * Writes files one after the other, each behind a line that names it, and behind all of them what the backup says of
 * itself. A file that grows while it is read is packed as long as it was found to be.
 */
export function pack(
  writer: SealedWriter,
  files: readonly FileToPack[],
  about: Omit<BackupContents, 'files'>,
  progress: Progress,
): BackupContents {
  let done = 0;
  const packed = files.map((file) => {
    const one = packOne(writer, file, (bytes) => progress(done + bytes));
    done += one.sizeBytes;
    return one;
  });
  const contents = { ...about, files: packed };
  writer.write(utf8(`${canonicalText({ contents: contentsBody(contents) })}\n`));
  writer.end();
  return contents;
}

/** Each piece has a line of its own before it: how long a file is need not be known before its end. */
function packOne(writer: SealedWriter, { path, from }: FileToPack, progress: Progress): BackedUpFile {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  writer.write(utf8(`${canonicalText({ path })}\n`));
  for (const bytes of 'bytes' in from ? [from.bytes] : piecesOf(from.file)) {
    writer.write(utf8(`${canonicalText({ bytes: bytes.length })}\n`));
    writer.write(bytes);
    hash.update(bytes);
    sizeBytes += bytes.length;
    progress(sizeBytes);
  }
  return { path, sizeBytes, sha256: hash.digest('hex') };
}
