import { createHash } from 'node:crypto';

const written = /sha256-[0-9a-f]{64}/;
const blank = `sha256-${'0'.repeat(64)}`;

/** Where the checksum is to stand in a text that is written to a file: in a comment of it. */
export const checksumPlace: string = blank;

/** The text with the checksum of all the rest of it in its place. */
export function withChecksum(text: string): string {
  return text.replace(blank, sumOf(text));
}

/** True for a text as `withChecksum` gave it out; false where a person changed it, or wrote it. */
export function isAsWritten(text: string): boolean {
  const [sum] = written.exec(text) ?? [];
  return sum !== undefined && sum === sumOf(text.replace(sum, blank));
}

function sumOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('hex')}`;
}
