/** A heading of a Markdown text, and where what stands below it begins. */
export interface Heading {
  /** Of its first line. */
  readonly start: number;
  /** Behind its last line, before the line break. */
  readonly end: number;
  readonly level: number;
  readonly name: string;
}

/** A line without its line break. */
export interface Line {
  readonly start: number;
  readonly end: number;
}

/** From an offset to the end; a line may end with `\r\n`. */
export function* linesFrom(text: string, from: number): Generator<Line> {
  for (let start = from; start < text.length; ) {
    const next = text.indexOf('\n', start);
    const stop = next === -1 ? text.length : next;
    yield { start, end: stop > start && text[stop - 1] === '\r' ? stop - 1 : stop };
    start = next === -1 ? text.length : next + 1;
  }
}

/** What holds lines that are no Markdown, and how it ends. */
interface Raw {
  readonly ends: (line: string) => boolean;
}

interface Reading {
  raw: Raw | undefined;
  /** The first line of a paragraph that a line of `=` or `-` would make a heading. */
  paragraph: Line | undefined;
  /** A list or a quotation goes on up to an empty line. */
  isContained: boolean;
}

/** Headings, of both kinds; what looks like one in a fence or a comment is none. */
export function* headingsFrom(text: string, from: number): Generator<Heading> {
  const reading: Reading = { raw: undefined, paragraph: undefined, isContained: false };
  for (const line of linesFrom(text, from)) {
    const heading = headingAt(text, line, reading);
    if (heading !== undefined && heading.name !== '') {
      yield heading;
    }
  }
}

/** Longer lines are no headings: whoever writes one does not mean it so. */
const longestLine = 2000;

function headingAt(text: string, line: Line, reading: Reading): Heading | undefined {
  const words = text.slice(line.start, Math.min(line.end, line.start + longestLine));
  if (reading.raw !== undefined) {
    const whole = line.end - line.start > longestLine ? text.slice(line.start, line.end) : words;
    reading.raw = reading.raw.ends(whole) ? undefined : reading.raw;
    return undefined;
  }
  const raw = rawBegun(words, text, line);
  if (raw !== undefined) {
    Object.assign(reading, { raw, paragraph: undefined });
    return undefined;
  }
  const underlined = reading.paragraph !== undefined && /^ {0,3}(=+|-+)[ \t]*$/.exec(words);
  if (underlined) {
    const { start } = reading.paragraph as Line;
    reading.paragraph = undefined;
    const name = nameOf(text.slice(start, line.start));
    return { start, end: line.end, level: underlined[1]?.startsWith('=') === true ? 1 : 2, name };
  }
  const [, marks = ''] = /^ {0,3}(#{1,6})(?=[ \t]|$)/.exec(words) ?? [];
  if (marks !== '') {
    reading.paragraph = undefined;
    const name = nameOf(words.trimStart().slice(marks.length));
    return { start: line.start, end: line.end, level: marks.length, name: withoutClosing(name) };
  }
  noteParagraph(words, line, reading);
  return undefined;
}

function noteParagraph(words: string, line: Line, reading: Reading): void {
  if (words.trim() === '') {
    Object.assign(reading, { paragraph: undefined, isContained: false });
  } else if (/^ {0,3}(>|[-+*](?=\s|$)|\d{1,9}[.)](?=\s|$))/.test(words)) {
    Object.assign(reading, { paragraph: undefined, isContained: true });
  } else if (!reading.isContained && !/^(?: {4}|\t)/.test(words)) {
    reading.paragraph ??= line;
  }
}

/** A fence, a comment or a block of HTML that is taken as it is, where one begins on this line and goes on behind it. */
function rawBegun(words: string, text: string, line: Line): Raw | undefined {
  const [, marks = '', info = ''] = /^\s*(`{3,}|~{3,})(.*)$/.exec(words) ?? [];
  if (marks !== '' && !(marks.startsWith('`') && info.includes('`'))) {
    const ends = (one: string): boolean => closes(one, marks);
    // Indented as far it may be code that shows a fence: it is one where it is closed.
    return /^(?: {4}|\t)/.test(words) && !isClosedBelow(text, line, ends) ? undefined : { ends };
  }
  const tag = /^ {0,3}<(pre|script|style|textarea)(?=[\s>]|$)/i.exec(words)?.[1];
  const end = /^ {0,3}<!--/.test(words) ? '-->' : tag === undefined ? undefined : `</${tag.toLowerCase()}>`;
  if (end === undefined) {
    return undefined;
  }
  const ends = (one: string): boolean => one.toLowerCase().includes(end);
  return ends(text.slice(line.start, line.end)) ? undefined : { ends };
}

function closes(line: string, marks: string): boolean {
  const words = line.trim();
  return words.length >= marks.length && words === (marks[0] as string).repeat(words.length);
}

function isClosedBelow(text: string, { end }: Line, ends: (line: string) => boolean): boolean {
  let seen = 0;
  for (const line of linesFrom(text, end)) {
    if (seen > 0 && ends(text.slice(line.start, line.end))) {
      return true;
    }
    // Each fence looks only as far: a file full of them is read in time.
    if (++seen > 500) {
      break;
    }
  }
  return false;
}

function nameOf(words: string): string {
  return words.split(/\s+/).filter(Boolean).join(' ').normalize('NFC');
}

/** Without the marks that may stand behind it: `# Name #`. */
function withoutClosing(name: string): string {
  let end = name.length;
  while (name[end - 1] === '#') {
    end--;
  }
  return end === 0 ? '' : end < name.length && name[end - 1] === ' ' ? name.slice(0, end - 1) : name;
}
