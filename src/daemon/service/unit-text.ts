/** One setting of a unit: a setting that is named twice has both values. */
export type UnitLine = readonly [name: string, value: string];

/** The text of a systemd unit; values come as they are to stand there. */
export function unitText(
  head: readonly string[],
  sections: readonly (readonly [string, readonly UnitLine[]])[],
): string {
  const comments = head.map((line) => `# ${line}\n`).join('');
  const bodies = sections.map(
    ([name, lines]) => `[${name}]\n${lines.map(([key, value]) => `${key}=${value}\n`).join('')}`,
  );
  return [comments, ...bodies].join('\n');
}

/** A command line: no word of it is split, expanded or taken for a specifier (systemd.service, "Command lines"). */
export function unitCommand(words: readonly string[]): string {
  return words.map((word) => quoted(word).replaceAll('$', '$$$$')).join(' ');
}

/** A command line in which words that begin with `${` are variables of the unit itself, and stay so. */
export function quoted(word: string): string {
  return `"${plain(word).replaceAll('\\', String.raw`\\`).replaceAll('"', String.raw`\"`)}"`;
}

/** A value that is neither split nor unquoted: a path behind `append:`, a description. */
export function plain(text: string): string {
  return text.replaceAll('%', '%%');
}

/** True for a text that no unit can hold: it is made of lines. */
export function isUnwritten(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  return /[\u0000-\u001f\u007f]/.test(text);
}
