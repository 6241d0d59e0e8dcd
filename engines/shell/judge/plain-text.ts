/** What is not drawn, or turns the direction of writing: a person does not see what a program reads. */
// biome-ignore lint/suspicious/noMisleadingCharacterClass: single code points are meant
const hidden =
  /[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]/u;

export function hidesCharacters(text: string): boolean {
  return hidden.test(text);
}

/** The text of a unit without the comment lines above it, a comment behind its only line, and white space around. */
export function withoutComments(unit: string): string {
  const lines = unit.split('\n');
  while (/^\s*([#;].*)?$/.test(lines[0] ?? 'end')) {
    lines.shift();
  }
  const [only, ...others] = lines;
  return others.length === 0 ? (only ?? '').replace(/[ \t]+#[^'"`]*$/, '').trim() : lines.join('\n').trim();
}

/** The value of a quoted or plain word that nothing is expanded in; undefined for any other. */
export function literalOf(word: string): string | undefined {
  const [, single, double, plain] = /^(?:'([^'\\]*)'|"([^"\\$`]*)"|([\w@%+=:,./~-]*))$/.exec(word) ?? [];
  return single ?? double ?? plain;
}
