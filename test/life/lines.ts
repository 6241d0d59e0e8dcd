import { textFromUtf8 } from '../../src/base/bytes.ts';

/** Lines of a text without their ends; undefined for bytes that are no text. */
export function linesOf(bytes: Uint8Array): readonly string[] | undefined {
  return bytes.includes(0) ? undefined : textFromUtf8(bytes)?.split('\n');
}

/** The lines of a text that were not in the one it was made from. */
export function linesBrought(before: Uint8Array | undefined, after: Uint8Array): readonly string[] {
  const lines = linesOf(after);
  if (lines === undefined) {
    return [];
  }
  const old = new Set(before === undefined ? [] : linesOf(before));
  return [...new Set(lines.filter((line) => line.trim() !== '' && !old.has(line)))];
}

/** True when somebody else's edits stand beside all of these lines in a text. */
export function holdsLines(content: Uint8Array, lines: readonly string[]): boolean {
  if (lines.length === 0) {
    return false;
  }
  const held = new Set(linesOf(content));
  return lines.every((line) => held.has(line));
}

/**
 * True when under a tenth of the old content is left: what the mass-change brake counts, so that people here know how
 * much of it they may do in a day without being stopped for cause.
 */
export function isReplaced(before: Uint8Array, after: Uint8Array): boolean {
  const [old, now] = [linesOf(before), linesOf(after)];
  if (after.length === 0 || old === undefined || now === undefined) {
    return true;
  }
  const held = new Set(now);
  return old.filter((line) => held.has(line)).length < old.length / 10;
}
