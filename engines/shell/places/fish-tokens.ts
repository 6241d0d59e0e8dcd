/** A word as it is written, or what ends a command: a line break, `;`, `&`, `|`, `&&`, `||`, or `<>` for where a redirection begins. */
export interface FishToken {
  readonly type: 'word' | '\n' | ';' | '&' | '|' | '&&' | '||' | '<>' | 'open';
  readonly start: number;
  readonly end: number;
}

const operators = ['&&', '||', '|', '&', ';', '\n'] as const;

/** The tokens of a text of fish, without comments; the last is `open` where a quote or a bracket is not closed. */
export function* fishTokens(text: string): Generator<FishToken> {
  for (let at = 0; at < text.length; ) {
    const letter = text[at] as string;
    if (/[ \t\r]/.test(letter) || text.startsWith('\\\n', at)) {
      at += letter === '\\' ? 2 : 1;
    } else if (letter === '#') {
      const next = text.indexOf('\n', at);
      at = next === -1 ? text.length : next;
    } else {
      const token = tokenAt(text, at);
      yield token;
      if (token.type === 'open') {
        return;
      }
      at = token.end;
    }
  }
}

function tokenAt(text: string, start: number): FishToken {
  const type = operators.find((operator) => text.startsWith(operator, start));
  if (type !== undefined) {
    return { type, start, end: start + type.length };
  }
  if (/[<>]/.test(text[start] as string)) {
    return { type: '<>', start, end: start + 1 };
  }
  const end = endOfWord(text, start);
  return end === undefined ? { type: 'open', start, end: text.length } : { type: 'word', start, end };
}

/** No other white space does: a no-break space is a letter to fish. */
const endsWord = /[ \t\r\n;&|<>]/;
const closing: Readonly<Record<string, string>> = { '(': ')', '{': '}', '[': ']' };

/** Behind the word; undefined where something in it is not closed, or is closed and was never opened. */
function endOfWord(text: string, start: number): number | undefined {
  // What has to come, the innermost last. A list and no recursion: nothing is too deep.
  const open: string[] = [];
  let at = start;
  while (at < text.length) {
    const letter = text[at] as string;
    const inner = open.at(-1);
    if (inner === undefined && endsWord.test(letter)) {
      break;
    }
    if (letter === '\\') {
      at += 2;
    } else if (letter === inner) {
      open.pop();
      at++;
    } else if (inner === '"') {
      const isCommand = text.startsWith('$(', at);
      if (isCommand) {
        open.push(')');
      }
      at += isCommand ? 2 : 1;
    } else if (letter === "'") {
      const end = endOfSingle(text, at);
      if (end === undefined) {
        return undefined;
      }
      at = end;
    } else if (letter === '#' && /[\s;&|(]/.test(text[at - 1] ?? ' ') && inner !== undefined) {
      const next = text.indexOf('\n', at);
      at = next === -1 ? text.length : next;
    } else {
      if (letter === '"') {
        open.push('"');
      } else if (letter === '(' || letter === '{' || (letter === '[' && at > start)) {
        open.push(closing[letter] as string);
      } else if (letter === ')' || letter === '}') {
        return undefined;
      }
      at++;
    }
  }
  return open.length > 0 || at > text.length ? undefined : at;
}

function endOfSingle(text: string, start: number): number | undefined {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "'") {
      return at + 1;
    }
    if (text[at] === '\\') {
      at++;
    }
  }
  return undefined;
}
