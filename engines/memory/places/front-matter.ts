/** The front matter of a text by its keys, with where each stands. */
export interface HeadEntry {
  readonly key: string;
  /** As it is written behind the colon, with the lines that are further in. */
  readonly value: string;
  readonly start: number;
  /** Behind its last line, with the line break. */
  readonly end: number;
}

/**
 * Entries of the lines between the marks; undefined where not each of them is one: a key that stands twice, a list, an
 * anchor or what a reader of YAML would take otherwise.
 */
export function headEntries(lines: string): readonly HeadEntry[] | undefined {
  const entries: HeadEntry[] = [];
  const seen = new Set<string>();
  for (let start = 0; start < lines.length; ) {
    const next = lines.indexOf('\n', start);
    const end = next === -1 ? lines.length : next + 1;
    const line = lines.slice(start, end).replace(/\r?\n$/, '');
    const last = entries.at(-1);
    const [, key, value = ''] = /^([A-Za-z][\w.-]{0,80})[ \t]*:(?:[ \t]+(.*)|[ \t]*)$/.exec(line) ?? [];
    if (key !== undefined) {
      if (seen.has(key)) {
        return undefined;
      }
      seen.add(key);
      entries.push({ key, value: value.trimEnd(), start, end });
    } else if (last !== undefined && (/^[ \t]/.test(line) || line === '' || /^-[ \t]/.test(line))) {
      entries[entries.length - 1] = { ...last, value: `${last.value}\n${line.trimEnd()}`, end };
    } else if (!(last === undefined && line.trim() === '')) {
      return undefined;
    }
    start = end;
  }
  return entries.map((entry) => ({ ...entry, value: entry.value.replace(/\n+$/, '') }));
}

/** An entry as lines, with a line break at the end. */
export function entryLines(key: string, value: string): string {
  return `${key}:${value === '' || value.startsWith('\n') ? '' : ' '}${value}\n`;
}
