import { holdsHidden } from '../../../src/base/hidden-characters.ts';

/** A tab and the ends of lines are shown as what they are; a carriage return is only before a line break. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it finds
const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]|\r(?!\n|$)/;

export function hidesCharacters(text: string): boolean {
  return holdsHidden(text) || control.test(text);
}

/** Words in a comment that an editor follows when it opens the file. */
export function speaksToEditor(text: string): boolean {
  return /(?:^|\s)(?:vim?|ex)(?:[<=>]?\d+)?:|-\*-.*eval/i.test(text);
}

/** The text of a unit without the comment lines above it, a comment behind its only line, and white space around. */
export function withoutComments(unit: string, comment: RegExp = /^\s*(#.*)?$/): string {
  const lines = unit.split('\n');
  let first = 0;
  while (first < lines.length && comment.test(lines[first] ?? '')) {
    first++;
  }
  const [only, ...others] = lines.slice(first);
  return others.length === 0 ? withoutTail(only ?? '').trim() : [only, ...others].join('\n').trim();
}

/** Without a comment that has no quote in it; a blank behind a backslash begins none. */
function withoutTail(line: string): string {
  const last = Math.max(...["'", '"', '`', '\\'].map((letter) => line.lastIndexOf(letter)));
  const from = last + (line[last] === '\\' ? 2 : 1);
  const at = line.slice(from).search(/[ \t]#/);
  return at === -1 ? line : line.slice(0, from + at);
}

/** The value of a quoted or plain word that nothing is expanded in; undefined for any other. */
export function literalOf(word: string): string | undefined {
  const [, single, double, plain] = /^(?:'([^'\\]*)'|"([^"\\$`]*)"|([\w@%+=:,./~-]*))$/.exec(word) ?? [];
  return single ?? double ?? plain;
}
