import { commonPieces } from '../base/common-pieces.ts';

/**
 * True when at least a tenth of `before` is in `after` too, each piece as often as it stands in both. Pieces are lines,
 * pairs of words, or chunks of bytes. Nothing shares nothing.
 */
export function sharesTenth<T>(before: readonly T[], after: readonly T[]): boolean {
  const enough = Math.max(1, Math.ceil(before.length / 10));
  if (before.length === 0 || after.length < enough) {
    return false;
  }
  // Most edits leave the beginning as it was, which spares the counting.
  let common = 0;
  while (common < enough && before[common] === after[common]) {
    common += 1;
  }
  return common >= enough || commonPieces(before, after, enough) >= enough;
}

/** Lines that hold something, without the white space around them: indentation and line endings are no content. */
export function linesOf(text: string): readonly string[] {
  const lines = text.includes('\r') ? text.split(/\r\n?|\n/) : text.split('\n');
  return lines.map((line) => line.trim()).filter((line) => line !== '');
}

/** Beyond it words say nothing more of a text: the lines were compared before them. */
const mostCharacters = 100_000;
/** Scripts that are written without spaces: each character is a word. */
const words =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Khmer}\p{Script=Lao}]|[\p{L}\p{N}]+/gu;

/** Each two words that follow each other, wherever lines end between them: what formatting leaves as it is. */
export function wordPairsOf(text: string): readonly string[] {
  const found = text.slice(0, mostCharacters).match(words) ?? [];
  return found.slice(1).map((word, index) => `${found[index]} ${word}`);
}

const leastChunkBytes = 16;
const mostChunkBytes = 1024;
/** One number for each byte, spread over 32 bits by a linear congruential generator. */
const gear: readonly number[] = spreadNumbers(256);

/**
 * Chunks of about 64 bytes, each as one number, cut where the content says so: bytes that are inserted shift the chunks
 * behind them and change only those around.
 * Source: Xia et al. 2014, Ddelta (gear hashing).
 */
export function chunksOf(bytes: Uint8Array): readonly number[] {
  const chunks: number[] = [];
  let rolling = 0;
  let digest = 0x811c_9dc5;
  let size = 0;
  for (const byte of bytes) {
    rolling = ((rolling << 1) + (gear[byte] as number)) >>> 0;
    digest = Math.imul(digest ^ byte, 0x0100_0193) >>> 0;
    size += 1;
    if ((size >= leastChunkBytes && rolling >>> 26 === 0) || size === mostChunkBytes) {
      chunks.push(digest * 2048 + size);
      digest = 0x811c_9dc5;
      size = 0;
    }
  }
  return size === 0 ? chunks : [...chunks, digest * 2048 + size];
}

function spreadNumbers(count: number): readonly number[] {
  const numbers: number[] = [];
  for (let last = 1; numbers.length < count; ) {
    last = (Math.imul(last, 1_664_525) + 1_013_904_223) >>> 0;
    numbers.push(last);
  }
  return numbers;
}
