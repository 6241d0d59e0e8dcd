/** What is not drawn, or turns the direction of writing: a person does not see what a program reads. */
const hidden = /[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}]/u;

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
