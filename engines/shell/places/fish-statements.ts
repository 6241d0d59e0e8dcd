import { type Result, err, ok } from '../../../src/base/result.ts';
import { fishTokens } from './fish-tokens.ts';

/** What stands at the outermost level of a file: one command, several that belong together, or a block with all in it. */
export interface FishStatement {
  readonly start: number;
  readonly end: number;
  /** The words of its first command, as they are written. */
  readonly words: readonly string[];
  /** One command, or one block, and nothing beside it: no pipe, no redirection, no `and`. */
  readonly isPlain: boolean;
}

const opening = new Set(['begin', 'function', 'if', 'for', 'while', 'switch']);
/** Behind these another command begins. */
const leading = new Set(['and', 'or', 'not', '!', 'time', 'else', 'if', 'while', 'begin']);

/** Where each statement begins and ends, by the words that open and close a block. */
export function fishStatements(text: string): Result<readonly FishStatement[], string> {
  const statements: FishStatement[] = [];
  const reading = createReading(text);
  for (const token of fishTokens(text)) {
    if (token.type === 'open') {
      return err('It could not be taken apart: a quote or a bracket is not closed.');
    }
    if (token.type === 'word') {
      reading.word(token.start, token.end);
    } else {
      reading.operator(token.type, token.end);
    }
    if (reading.depth() < 0) {
      return err('It could not be taken apart: an end has no block.');
    }
    const done = reading.done(token.type === '\n' || token.type === ';');
    if (done !== undefined) {
      statements.push(done);
    }
  }
  const last = reading.done(true);
  return reading.depth() > 0 || reading.goesOn()
    ? err('It could not be taken apart: a block has no end.')
    : ok(last === undefined ? statements : [...statements, last]);
}

function createReading(text: string) {
  let depth = 0;
  let start: number | undefined;
  let end = 0;
  let words: string[] = [];
  let isFirst = true;
  let isPlain = true;
  let isCommand = true;
  let previous = '';
  let awaitsMore = false;
  return {
    depth: () => depth,
    goesOn: () => start !== undefined,
    word(from: number, to: number): void {
      const word = text.slice(from, to);
      // Behind a block nothing more may come.
      isPlain &&= depth > 0 || isFirst;
      start ??= from;
      end = to;
      awaitsMore = false;
      if (isFirst) {
        words.push(word);
        isPlain &&= !isCommand || !(['and', 'or', 'not', '!', 'time'].includes(word) || /^\w+=/.test(word));
      }
      if (isCommand) {
        const isElseIf = previous === 'else' && word === 'if';
        depth += opening.has(word) && !isElseIf ? 1 : word === 'end' ? -1 : 0;
        isCommand = leading.has(word) || /^\w+=/.test(word);
        isFirst &&= word !== 'end';
      }
      previous = word;
    },
    operator(type: string, to: number): void {
      if (start === undefined) {
        return;
      }
      const isBreak = type === '\n' || type === ';';
      if (depth === 0 && !isBreak) {
        isPlain = false;
        end = to;
      }
      awaitsMore = ['|', '&&', '||'].includes(type) || (awaitsMore && type === '\n');
      isCommand = type !== '<>';
      isFirst &&= !isCommand;
      previous = '';
    },
    /** The statement that a line break or `;` ends. */
    done(isBreak: boolean): FishStatement | undefined {
      if (!isBreak || depth !== 0 || start === undefined || awaitsMore) {
        return undefined;
      }
      const statement = { start, end, words, isPlain };
      start = undefined;
      words = [];
      isFirst = true;
      isPlain = true;
      isCommand = true;
      previous = '';
      return statement;
    },
  };
}
