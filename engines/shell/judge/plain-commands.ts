/** A line as the commands that it runs, one behind the other or by pipes; undefined where a shell would make more of it. */
export function plainCommands(line: string): readonly (readonly string[])[] | undefined {
  if (line.trim() !== line || line === '') {
    return undefined;
  }
  const commands: string[][] = [[]];
  for (let at = 0; at < line.length; ) {
    piece.lastIndex = at;
    const { blank, operator, word, at: length } = found(line);
    if (length === undefined) {
      return undefined;
    }
    if (operator !== undefined) {
      commands.push([]);
    } else if (blank === undefined) {
      commands.at(-1)?.push(word);
    }
    at += length;
  }
  return commands.every((words) => words.length > 0) ? commands : undefined;
}

const piece =
  /(?<blank>[ \t]+)|(?<operator>\|(?![|&])|&&|;(?!;))|(?<word>(?:'[^'\\$`!\n]*'|"[^"\\$`!\n]*"|[\w@%+=:,./~*?^-])+)(?=[ \t|&;]|$)/y;

function found(line: string) {
  const match = piece.exec(line);
  const { blank, operator, word } = match?.groups ?? {};
  return { blank, operator, word: word?.replaceAll(/'([^']*)'|"([^"]*)"/g, '$1$2') ?? '', at: match?.[0].length };
}
