import { inAscii } from '../ground/lay-out.ts';
import { printable } from '../ground/table.ts';

export type Tone = 'plain' | 'title' | 'quiet' | 'removed' | 'added' | 'removedWord' | 'addedWord';

export interface Piece {
  readonly tone: Tone;
  /** As it is kept: it becomes printable when it is painted. */
  readonly text: string;
}

export type Line = readonly Piece[];

/** What the terminal of a person shows. */
export interface Look {
  readonly colour: boolean;
  readonly isUnicode: boolean;
  readonly columns: number;
}

/** Select Graphic Rendition. Source: ECMA-48, 8.3.117. */
const codes: Readonly<Record<Tone, string>> = {
  plain: '',
  title: '1',
  quiet: '2',
  removed: '31',
  added: '32',
  removedWord: '31;7',
  addedWord: '32;7',
};

/** Lines as text for a terminal. No character of a piece reaches it as a command. */
export function paint(lines: readonly Line[], look: Pick<Look, 'colour' | 'isUnicode'>): string {
  return lines.map((line) => line.map((piece) => painted(piece, look)).join('')).join('\n');
}

function painted({ tone, text }: Piece, { colour, isUnicode }: Pick<Look, 'colour' | 'isUnicode'>): string {
  const shown = isUnicode ? printable(text) : inAscii(printable(text));
  const code = codes[tone];
  return colour && code !== '' && shown !== '' ? `\u001b[${code}m${shown}\u001b[0m` : shown;
}

export function plain(text: string): Line {
  return [{ tone: 'plain', text }];
}

export function toned(tone: Tone, text: string): Line {
  return [{ tone, text }];
}

/** Words on as many lines as they take, those after the first behind `indent`; a word that is longer than a line is not cut. */
export function wrapped(
  text: string,
  columns: number,
  { tone = 'plain', indent = '' }: { readonly tone?: Tone; readonly indent?: string } = {},
): readonly Line[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && `${last} ${word}`.length <= columns) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else {
      lines.push(last === undefined ? word : `${indent}${word}`);
    }
  }
  return lines.map((line) => toned(tone, line));
}
