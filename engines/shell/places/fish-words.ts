const piece = /'(?:[^'\\]|\\[^])*'|"(?:[^"\\$]|\\[^])*"|[\w@%+=:,./^-]+|[#~](?<=[^\s][#~])/y;

/** What fish makes of a word in which it expands nothing; undefined for any other. */
export function fishLiteral(word: string): string | undefined {
  let text = '';
  for (let at = 0; at < word.length; at = piece.lastIndex) {
    piece.lastIndex = at;
    const [found] = piece.exec(word) ?? [];
    if (found === undefined) {
      return undefined;
    }
    text += /^['"]/.test(found) ? unquoted(found) : found;
  }
  return text;
}

/** A backslash means itself but before the quote, another backslash and, in double quotes, a dollar sign or a line break. */
function unquoted(quoted: string): string {
  const inner = quoted.slice(1, -1);
  return quoted.startsWith("'")
    ? inner.replaceAll(/\\(['\\])/g, '$1')
    : inner.replaceAll(/\\(["\\$\n])/g, (_whole, letter: string) => (letter === '\n' ? '' : letter));
}
