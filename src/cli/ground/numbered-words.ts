/** Recovery words for whoever writes them down and is asked for one by its number: three to a line. */
export function numberedWords(phrase: string): string {
  const words = phrase.split(' ');
  const width = Math.max(...words.map(({ length }) => length));
  const cells = words.map((word, at) => `${String(at + 1).padStart(2)} ${word.padEnd(width)}`);
  const lines = Array.from({ length: Math.ceil(cells.length / perLine) }, (_, line) =>
    cells
      .slice(line * perLine, (line + 1) * perLine)
      .join('   ')
      .trimEnd(),
  );
  return lines.map((line) => `    ${line}`).join('\n');
}

const perLine = 3;
