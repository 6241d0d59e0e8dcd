import { type Effort, type Hunk, hunksOf, ordinarySteps } from './hunks.ts';

/** One replacement: the text between two offsets, in UTF-16 units of the old text, becomes `insert`. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly insert: string;
}

/** An update that a document takes in is bounded in parts; a text that changed in more places is edited coarser. */
const mostTextEdits = 10_000;
/** Words of larger stretches are not compared. */
const mostComparedLength = 128 * 1024;
/** A longer word is no word of a language: what its two versions begin and end with stays. */
const longestWord = 64;

/**
 * What turns `old` into `next`: in order, never touching, and never through a pair of surrogates. By lines, and within
 * the lines that changed by words, so that a text that nobody touched stays where it is, and a word that two people
 * replaced stays readable in either version. Takes time that is linear in the lengths.
 */
export function differenceOf(old: string, next: string): readonly TextEdit[] {
  const effort: Effort = { stepsLeft: ordinarySteps };
  const common = commonEnds(old, next);
  const start = common.start === 0 ? 0 : old.lastIndexOf('\n', common.start - 1) + 1;
  const end = old.length - lineStartBehind(old, old.length - common.end);
  const [before, after] = [old, next].map((text) => linesWithEnds(text.slice(start, text.length - end)));
  return coarser(
    old,
    editsOf(before as readonly string[], after as readonly string[], start, {
      hunksOf: (lines, others) => hunksOf(lines, others, effort),
      within: (lines, others, at) => withinLines(lines, others, at, effort),
    }),
  );
}

/** The first place behind an offset where a line begins, or the end. */
function lineStartBehind(text: string, offset: number): number {
  const lineEnd = text.indexOf('\n', offset);
  return lineEnd < 0 ? text.length : lineEnd + 1;
}

/** Lines with their ends, so that joining them gives the text back. */
function linesWithEnds(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

interface Level {
  readonly hunksOf: (old: readonly string[], next: readonly string[]) => readonly Hunk[];
  /** The edits of one hunk; `offset` is where its first piece stands in the old text. */
  readonly within: (old: readonly string[], next: readonly string[], offset: number) => readonly TextEdit[];
}

/** The edits of every hunk between two lists of pieces of which the first stands at `offset`. */
function editsOf(
  old: readonly string[],
  next: readonly string[],
  offset: number,
  { hunksOf: hunksBetween, within }: Level,
): readonly TextEdit[] {
  const edits: (readonly TextEdit[])[] = [];
  let at = offset;
  let piece = 0;
  for (const { oldStart, oldEnd, newStart, newEnd } of hunksBetween(old, next)) {
    at += lengthOf(old, piece, oldStart);
    edits.push(within(old.slice(oldStart, oldEnd), next.slice(newStart, newEnd), at));
    at += lengthOf(old, oldStart, oldEnd);
    piece = oldEnd;
  }
  return edits.flat();
}

/** As many lines on either side are most likely the same lines, each a little changed. */
function withinLines(
  old: readonly string[],
  next: readonly string[],
  offset: number,
  effort: Effort,
): readonly TextEdit[] {
  if (old.length !== next.length || old.length > mostTextEdits) {
    return withinText(old.join(''), next.join(''), offset, effort);
  }
  let at = offset;
  return old.flatMap((line, index) => {
    const edits = withinText(line, next[index] as string, at, effort);
    at += line.length;
    return edits;
  });
}

function withinText(old: string, next: string, offset: number, effort: Effort): readonly TextEdit[] {
  const length = old.length + next.length;
  if (old === '' || next === '' || length > mostComparedLength || length > effort.stepsLeft) {
    return narrowed(old, next, offset, true);
  }
  effort.stepsLeft -= length;
  return editsOf(wordsOf(old), wordsOf(next), offset, {
    hunksOf: (words, others) => phrasesOf(words, others, effort),
    within: (words, others, at) => narrowed(words.join(''), others.join(''), at, false),
  });
}

/** Words, line ends, runs of spaces, and every other character by itself, so also those of scripts without spaces. */
function wordsOf(text: string): readonly string[] {
  return text.match(wordPattern) ?? [];
}

const wordPattern =
  /(?:(?![\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}])[\p{L}\p{M}\p{N}_])+|\n|[^\S\n]+|[^]/gu;

/**
 * Words that were replaced side by side are one phrase: apart, two versions of it would alternate word by word. And what
 * has hardly a word in common is not the same text in other words.
 */
function phrasesOf(old: readonly string[], next: readonly string[], effort: Effort): readonly Hunk[] {
  const hunks = hunksOf(old, next, effort);
  const [first, last] = [hunks[0], hunks.at(-1)];
  if (first === undefined || last === undefined) {
    return hunks;
  }
  const whole = { ...first, oldEnd: last.oldEnd, newEnd: last.newEnd };
  const removed = weightOf(old, whole.oldStart, whole.oldEnd);
  const added = weightOf(next, whole.newStart, whole.newEnd);
  const kept = removed - hunks.reduce((sum, { oldStart, oldEnd }) => sum + weightOf(old, oldStart, oldEnd), 0);
  return 4 * kept < Math.min(removed, added) ? [whole] : joined(old, hunks);
}

function joined(old: readonly string[], hunks: readonly Hunk[]): readonly Hunk[] {
  const phrases: Hunk[] = [];
  for (const hunk of hunks) {
    const before = phrases.at(-1);
    if (before !== undefined && replaces(before) && replaces(hunk) && areSpaces(old, before.oldEnd, hunk.oldStart)) {
      phrases[phrases.length - 1] = { ...before, oldEnd: hunk.oldEnd, newEnd: hunk.newEnd };
    } else {
      phrases.push(hunk);
    }
  }
  return phrases;
}

function replaces({ oldStart, oldEnd, newStart, newEnd }: Hunk): boolean {
  return oldStart < oldEnd && newStart < newEnd;
}

function areSpaces(words: readonly string[], start: number, end: number): boolean {
  return words.slice(start, end).every((word) => /^[^\S\n]+$/.test(word));
}

/** How many characters of words there are. */
function weightOf(words: readonly string[], start: number, end: number): number {
  return words.slice(start, end).reduce((sum, word) => sum + (/[\p{L}\p{N}]/u.test(word) ? word.length : 0), 0);
}

/**
 * A replacement less what both sides begin and end with: where that leaves a mere insertion or deletion, or where it is
 * no word that is replaced.
 */
function narrowed(old: string, next: string, offset: number, isForced: boolean): readonly TextEdit[] {
  const { start, end } = commonEnds(old, next);
  const shorter = Math.min(old.length, next.length);
  if (old === next) {
    return [];
  }
  const isNarrowed = isForced || start + end === shorter || shorter > longestWord;
  return isNarrowed
    ? [{ start: offset + start, end: offset + old.length - end, insert: next.slice(start, next.length - end) }]
    : [{ start: offset, end: offset + old.length, insert: next }];
}

/** How much two texts have in common at either end, never both through one place, nor through a pair of surrogates. */
function commonEnds(old: string, next: string): { readonly start: number; readonly end: number } {
  const shorter = Math.min(old.length, next.length);
  let start = 0;
  while (start < shorter && old.charCodeAt(start) === next.charCodeAt(start)) {
    start++;
  }
  start -= start > 0 && isHighSurrogate(old.charCodeAt(start - 1)) ? 1 : 0;
  let end = 0;
  while (end < shorter - start && old.charCodeAt(old.length - 1 - end) === next.charCodeAt(next.length - 1 - end)) {
    end++;
  }
  end -= end > 0 && isLowSurrogate(old.charCodeAt(old.length - end)) ? 1 : 0;
  return { start, end };
}

/** Neighbouring edits taken together until there are few enough. */
function coarser(old: string, edits: readonly TextEdit[]): readonly TextEdit[] {
  const size = Math.ceil(edits.length / mostTextEdits);
  if (size <= 1) {
    return edits;
  }
  const groups: TextEdit[] = [];
  for (let at = 0; at < edits.length; at += size) {
    const [first, ...rest] = edits.slice(at, at + size) as [TextEdit, ...TextEdit[]];
    groups.push(
      rest.reduce(
        ({ start, end, insert }, edit) => ({
          start,
          end: edit.end,
          insert: insert + old.slice(end, edit.start) + edit.insert,
        }),
        first,
      ),
    );
  }
  return groups;
}

function lengthOf(items: readonly string[], start: number, end: number): number {
  let length = 0;
  for (let index = start; index < end; index++) {
    length += (items[index] as string).length;
  }
  return length;
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}
