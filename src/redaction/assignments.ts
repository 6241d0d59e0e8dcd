/** A value that a shell or an `.env` file gives to a name. */
export interface Assignment {
  readonly name: string;
  /** As it stands, without its quotes. */
  readonly raw: string;
  /** What the program that reads it is given; undefined where only that program can tell. */
  readonly value: string | undefined;
  /** Stands in single quotes: what looks like a reference is none. */
  readonly isLiteral: boolean;
  readonly from: number;
}

const longestValue = 8192;
const shellStart =
  /(?:^|[\s;&|('"`])(?:([A-Za-z_][A-Za-z0-9_]{0,127})\+?=|(?:set(?:[ \t]+--?[a-z][\w-]{0,20}){0,8}|setenv)[ \t]+([A-Za-z_][A-Za-z0-9_]{0,127})[ \t]+)/gm;
const envStart = /^[ \t]*(?:#[ \t]*)?(?:export[ \t]+)?([A-Za-z_][\w.-]{0,127})[ \t]*[=:][ \t]*/gm;

/** `NAME=value` of sh, `set -gx NAME value` of fish and `setenv NAME value` of csh, also within comments and aliases. */
export function shellAssignments(text: string): readonly Assignment[] {
  return [...text.matchAll(shellStart)].flatMap((match) => {
    const first = match[0][0] ?? '';
    const enclosing = /['"`]/.test(first) ? first : undefined;
    const word = wordAt(text, match.index + match[0].length, enclosing);
    return assigned(match[1] ?? match[2] ?? '', word);
  });
}

/** Lines of an `.env` file: a value without quotes goes on to the end of its line. */
export function envAssignments(text: string): readonly Assignment[] {
  return [...text.matchAll(envStart)].flatMap((match) => {
    const at = match.index + match[0].length;
    return assigned(
      match[1] ?? '',
      /['"`]/.test(text[at] ?? '') ? quotedAt(text, at, undefined) : restOfLine(text, at),
    );
  });
}

type Word = Omit<Assignment, 'name'>;

function assigned(name: string, word: Word): readonly Assignment[] {
  return word.raw === '' ? [] : [{ name, ...word }];
}

function restOfLine(text: string, from: number): Word {
  const found = text.slice(from, from + longestValue).search(/[\r\n]|[ \t]#/);
  const line = text.slice(from, found === -1 ? from + longestValue : from + found).trimEnd();
  return { raw: line, value: known(line, line.length < longestValue), isLiteral: false, from };
}

function wordAt(text: string, from: number, enclosing: string | undefined): Word {
  const quote = text[from] ?? '';
  if (/['"]/.test(quote) && quote !== enclosing) {
    return quotedAt(text, from, enclosing);
  }
  if (quote === '$' && text[from + 1] === "'" && enclosing === undefined) {
    const word = quotedAt(text, from + 1, enclosing);
    return { ...word, value: word.raw.includes('\\') ? undefined : word.value };
  }
  let value = '';
  let at = from;
  while (at < text.length && at - from < longestValue && !/[\s;&|()<>'"`]/.test(text[at] ?? '')) {
    at += text[at] === '\\' ? 1 : 0;
    value += text[at] ?? '';
    at += 1;
  }
  const raw = text.slice(from, at);
  return { raw, value: known(value, endsAt(text, at, enclosing) && !expands(raw)), isLiteral: false, from };
}

function quotedAt(text: string, start: number, enclosing: string | undefined): Word {
  const quote = text[start] ?? '';
  const from = start + 1;
  let value = '';
  let at = from;
  while (at < text.length && at - from < longestValue && text[at] !== quote) {
    const isEscape = quote === '"' && text[at] === '\\' && /["\\$`]/.test(text[at + 1] ?? '');
    at += isEscape ? 1 : 0;
    value += text[at] ?? '';
    at += 1;
  }
  const isWhole = text[at] === quote && endsAt(text, at + 1, enclosing);
  const raw = text.slice(from, at);
  const isLiteral = quote === "'";
  return { raw, value: known(value, isWhole && (isLiteral || !expands(raw))), isLiteral, from };
}

function expands(raw: string): boolean {
  return /(?:^|[^\\])(?:\$[A-Za-z_{(]|`)/.test(raw);
}

function endsAt(text: string, at: number, enclosing: string | undefined): boolean {
  const next = text[at];
  return next === undefined || /[\s;&|)]/.test(next) || next === enclosing;
}

/** Bytes that were no text stand as U+FFFD: what they were is not known. */
function known(value: string, isWhole: boolean): string | undefined {
  return isWhole && !value.includes('\ufffd') ? value : undefined;
}
