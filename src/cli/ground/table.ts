// Control and escape codes in names would let a file name rewrite the terminal, and what nobody sees makes two names one.
const unprintable =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced
  /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]|(?<!\p{Extended_Pictographic}\ufe0f?)\p{Default_Ignorable_Code_Point}/gu;
const widestCell = 80;
/** Nothing stands behind it: it often says what to do. */
const widestLast = 400;

export function printable(text: string): string {
  return text.replace(
    unprintable,
    (character) => `\\x${(character.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}`,
  );
}

/** The same for words of several lines, which stay lines. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

/** One line of JSON that says what it said, and in which the same characters stand as escapes. */
export function visibleJson(value: unknown): string {
  return JSON.stringify(value).replace(unprintable, (character) =>
    [...Array(character.length).keys()]
      .map((unit) => `\\u${character.charCodeAt(unit).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

/** Between what a cell says and the next one, as ASCII has it: no text that was made printable holds one of the two. */
export const cellEnd = '\u001f';
export const headingsFollow = '\u001e';

/** A table for `laidOut`, which knows how wide it may be. Cells are made printable and cut at 80 characters, the last at 400. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [headings, ...rows].map((row) =>
    row.map((cell, column) => `${fit(cell, column === row.length - 1 ? widestLast : widestCell)}${cellEnd}`).join(''),
  );
  return `${headingsFollow}${lines.join('\n')}`;
}

function fit(cell: string, widest: number): string {
  const text = printable(cell);
  return text.length > widest ? `${text.slice(0, widest - 1)}…` : text;
}
