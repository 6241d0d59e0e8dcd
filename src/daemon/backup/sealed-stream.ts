import { frame } from '../../crypto/frame.ts';
import { nonceSizeBytes, openAead, sealAead, tagSizeBytes } from '../../crypto/seal.ts';
import { readWhole } from '../ground/read-whole.ts';
import { writeWhole } from '../ground/write-whole.ts';

/** Bytes of each chunk but the last, which has 0 to as many. */
export const chunkSizeBytes = 65_536;

/** Takes bytes in any portions and writes them as sealed chunks. */
export interface SealedWriter {
  write(bytes: Uint8Array): void;
  /** Writes the last chunk, by which a reader knows that nothing was cut off. */
  end(): void;
}

/**
 * The STREAM construction, as the file encryption of age has it: chunk after chunk under one key that serves this file
 * alone, the nonce being the chunk's number and whether it is the last. Chunks that were cut off, swapped or repeated do
 * not open.
 */
export function createSealedWriter(file: number, key: Uint8Array, header: Uint8Array): SealedWriter {
  const about = frame('backup', header);
  const pending = new Uint8Array(chunkSizeBytes);
  let held = 0;
  let chunk = 0;

  function flush(isLast: boolean): void {
    writeWhole(file, sealAead(key, nonceOf(chunk, isLast), about, pending.subarray(0, held)));
    chunk += 1;
    held = 0;
  }

  return {
    write(bytes) {
      for (let at = 0; at < bytes.length; ) {
        // A full chunk is held until more comes: it may be the last.
        if (held === chunkSizeBytes) {
          flush(false);
        }
        const taken = Math.min(chunkSizeBytes - held, bytes.length - at);
        pending.set(bytes.subarray(at, at + taken), held);
        held += taken;
        at += taken;
      }
    },
    end() {
      flush(true);
      pending.fill(0);
    },
  };
}

/** What a file holds from a place on, chunk by chunk; ends with undefined where one does not open, or the last is missing. */
export function* openChunks(
  file: number,
  from: number,
  key: Uint8Array,
  header: Uint8Array,
): Generator<Uint8Array | undefined, void> {
  const about = frame('backup', header);
  const sealed = new Uint8Array(chunkSizeBytes + tagSizeBytes);
  let at = from;
  for (let chunk = 0; ; chunk++) {
    const found = readWhole(file, sealed, at);
    at += found;
    const bytes = sealed.subarray(0, found);
    const isLast = readWhole(file, new Uint8Array(1), at) === 0;
    const opened = openAead(key, nonceOf(chunk, isLast), about, bytes);
    yield opened;
    if (opened === undefined || isLast) {
      return;
    }
  }
}

function nonceOf(chunk: number, isLast: boolean): Uint8Array {
  const nonce = new Uint8Array(nonceSizeBytes);
  const view = new DataView(nonce.buffer);
  view.setUint32(nonceSizeBytes - 5, chunk);
  nonce[nonceSizeBytes - 1] = isLast ? 1 : 0;
  return nonce;
}
