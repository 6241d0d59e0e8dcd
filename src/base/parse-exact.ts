import { textFromUtf8 } from './bytes.ts';
import { maximumDepth } from './canonical-json.ts';
import type { JsonValue } from './json.ts';
import { type JsonFault, parseJsonText, placeOf } from './json-text.ts';
import { type Result, err, ok } from './result.ts';

/**
 * The one parse of JSON that is to become fields, whichever door it comes through: what would not stay as it was written
 * is refused, in words that begin with its place. Never throws on input.
 */
export function parseExact(input: Uint8Array | string): Result<JsonValue, string> {
  const text = typeof input === 'string' ? input : textFromUtf8(input);
  if (text === undefined) {
    return err('It is not UTF-8. Save it as UTF-8.');
  }
  if (text.startsWith('\ufeff')) {
    return err('It begins with a byte order mark. Save it as UTF-8 without one.');
  }
  const parsed = parseJsonText(text);
  return parsed.ok ? ok(parsed.value) : err(faultWords(text, parsed.error[0] as JsonFault));
}

/** `At /props/id (line 1, column 44): …`, with what to do. */
function faultWords(text: string, fault: JsonFault): string {
  const { line, column } = placeOf(text, fault.offset);
  const place = `line ${line}, column ${column}`;
  const [message, remedy] = wordsOfFault(text, fault);
  return `${fault.pointer === '' ? `At ${place}` : `At ${shown(fault.pointer)} (${place})`}: ${message} ${remedy}`;
}

/** Names are the text's own: they may be endless, and may hold what a terminal obeys. */
function shown(pointer: string): string {
  const start = pointer.length > mostShown ? `${pointer.slice(0, mostShown)}…` : pointer;
  return start.replaceAll(/\p{Cc}/gu, '\ufffd').toWellFormed();
}

/** What is wrong, and what to do about it. */
export function wordsOfFault(text: string, fault: JsonFault): readonly [message: string, remedy: string] {
  switch (fault.rule) {
    case 'json.syntax':
      return ['It is not JSON from here on.', 'Look for a missing comma, quote or bracket just before this place.'];
    case 'json.depth':
      return [`It is nested deeper than ${maximumDepth} levels.`, 'Check that it is the right file.'];
    case 'json.forbidden_key':
      return ['"__proto__" is not allowed as a key.', 'Remove the key.'];
    case 'json.surrogate':
      return ['The string holds half a character (a lone surrogate).', 'Write the character whole, or remove it.'];
    case 'json.number':
      return [numberWords(fault.number), 'Write it as text, in quotes, or write a number that can be kept.'];
    case 'json.duplicate_key': {
      const { line, column } = placeOf(text, fault.earlierOffset);
      return [
        `The same key stands here for the second time. It stood first at line ${line}, column ${column}.`,
        'Keep one of the two.',
      ];
    }
  }
}

const mostShown = 200;
/** Digits of a number that are quoted; the rest says nothing more. */
const mostQuoted = 40;

function numberWords(written: string): string {
  const value = Number(written);
  const name = `The number ${written.length > mostQuoted ? `${written.slice(0, mostQuoted)}…` : written}`;
  if (!Number.isFinite(value)) {
    return `${name} is larger than any that can be kept.`;
  }
  if (value === 0) {
    return `${name} would become 0.`;
  }
  return Number.isInteger(value) && !Number.isSafeInteger(value)
    ? `${name} is beyond 2^53 - 1, where whole numbers are not told apart any more: it would become ${value}.`
    : `${name} would be rounded to ${value}.`;
}
