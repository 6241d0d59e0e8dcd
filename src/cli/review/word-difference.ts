import { diffWordsWithSpace } from 'diff';
import type { Line, Piece, Tone } from './paint.ts';

/** Beyond either, words are not compared: the search costs the product of both. */
const mostCharacters = 20_000;
const mostChangedWords = 400;
/** Where less than this part of the longer text is common, marks on single words only disturb. */
const leastCommon = 0.3;

/** What of each of two texts the other does not have, by words. */
export interface ChangedWords {
  readonly before: readonly Piece[];
  readonly after: readonly Piece[];
  /** Both at once, as they follow each other. */
  readonly both: readonly Piece[];
}

/** Undefined where too little is common, or the texts are too long to look. */
export function changedWords(before: string, after: string): ChangedWords | undefined {
  if (before.length + after.length > mostCharacters) {
    return undefined;
  }
  const parts = diffWordsWithSpace(before, after, { maxEditLength: mostChangedWords });
  if (parts === undefined) {
    return undefined;
  }
  const common = parts.reduce(
    (sum, { added, removed, value }) => sum + (added || removed ? 0 : value.trim().length),
    0,
  );
  if (common < leastCommon * Math.max(before.length, after.length)) {
    return undefined;
  }
  const both = parts.map(
    ({ added, removed, value }): Piece => ({
      tone: added ? 'addedWord' : removed ? 'removedWord' : 'plain',
      text: value,
    }),
  );
  return { before: sideOf(both, 'removed'), after: sideOf(both, 'added'), both };
}

function sideOf(both: readonly Piece[], side: 'removed' | 'added'): readonly Piece[] {
  const word: Tone = `${side}Word`;
  return both.flatMap((piece): readonly Piece[] =>
    piece.tone === 'plain' ? [{ tone: side, text: piece.text }] : piece.tone === word ? [piece] : [],
  );
}

/** Pieces of a text of several lines, each line by itself. */
export function linesOfPieces(pieces: readonly Piece[]): readonly Line[] {
  const lines: Piece[][] = [[]];
  for (const { tone, text } of pieces) {
    for (const [index, part] of text.split('\n').entries()) {
      if (index > 0) {
        lines.push([]);
      }
      if (part !== '') {
        lines.at(-1)?.push({ tone, text: part });
      }
    }
  }
  return lines;
}
