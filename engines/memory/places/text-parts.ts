import { type Heading, type Line, headingsFrom, linesFrom } from './markdown-headings.ts';
import { partOf } from './part-names.ts';

/** A piece of a text of instructions: what stands below a heading up to the next one, whatever its level. */
export interface TextPart {
  /** Behind the name of the place: `section/Build/Tests`, `part/preamble`. */
  readonly key: string;
  readonly start: number;
  /** Behind its last line that is not empty, before the line break. */
  readonly end: number;
  /** 0 for what stands before the first heading. */
  readonly level: number;
  /** A heading alone: it gives what is below it a place, and is no unit. */
  readonly isBare: boolean;
}

export const frontMatter = 'part/front-matter';
export const preamble = 'part/preamble';

/** In the order of the text; nothing but empty lines lies between them. */
export function partsOf(text: string): readonly TextPart[] {
  const head = frontMatterIn(text);
  const from = head?.end ?? startOf(text);
  const headings = [...headingsFrom(text, from)];
  const before = trimmed(text, from, headings[0]?.start ?? text.length);
  return [
    ...(head === undefined ? [] : [{ key: frontMatter, ...head, level: 0, isBare: false }]),
    ...(before === undefined ? [] : [{ key: preamble, ...before, level: 0, isBare: false }]),
    ...sectionsOf(text, headings),
  ];
}

/** Behind a byte order mark. */
export function startOf(text: string): number {
  return text.startsWith('\uFEFF') ? 1 : 0;
}

interface Open {
  readonly level: number;
  readonly key: string;
  /** How often each name stands below it. */
  readonly names: Map<string, number>;
}

/** Of headings with one path the second and later have a number. */
function sectionsOf(text: string, headings: readonly Heading[]): readonly TextPart[] {
  const open: Open[] = [{ level: 0, key: 'section', names: new Map() }];
  return headings.map(({ start, end, level, name }, index) => {
    while ((open.at(-1) as Open).level >= level) {
      open.pop();
    }
    const { key: parent, names } = open.at(-1) as Open;
    const count = (names.get(name) ?? 0) + 1;
    names.set(name, count);
    const key = `${parent}/${partOf(name)}${count === 1 ? '' : `[${count}]`}`;
    open.push({ level, key, names: new Map() });
    const body = trimmed(text, end, headings[index + 1]?.start ?? text.length);
    return { key, start, end: body?.end ?? end, level, isBare: body === undefined };
  });
}

/** The names of the headings above a part and of its own. */
export function headingsOfKey(key: string): readonly string[] {
  return key.split('/').slice(1);
}

/** With its marks, from the first line on. */
export function frontMatterIn(text: string): Line | undefined {
  const start = startOf(text);
  let isFirst = true;
  for (const line of linesFrom(text, start)) {
    const words = text.slice(line.start, Math.min(line.end, line.start + 80)).trimEnd();
    if (isFirst ? words !== '---' : words === '---' || words === '...') {
      return isFirst ? undefined : { start, end: line.end };
    }
    isFirst = false;
  }
  return undefined;
}

/** Without empty lines at both ends; undefined where nothing is left. */
export function trimmed(text: string, start: number, end: number): Line | undefined {
  let from = start;
  while (from < end && isSpace(text.charCodeAt(from))) {
    from++;
  }
  if (from === end) {
    return undefined;
  }
  const line = Math.max(start, text.lastIndexOf('\n', from) + 1);
  let to = end;
  while (isSpace(text.charCodeAt(to - 1))) {
    to--;
  }
  // Spaces behind the last words belong to their line.
  while (to < end && (text[to] === ' ' || text[to] === '\t')) {
    to++;
  }
  return { start: line, end: to };
}

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}
