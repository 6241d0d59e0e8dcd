import { maximumDepth } from './canonical-json.ts';
import { holdsExactly } from './exact-number.ts';
import type { JsonValue } from './json.ts';
import { pointerTo } from './json-pointer.ts';
import { type Result, err, ok } from './result.ts';

interface Place {
  readonly pointer: string;
  readonly offset: number;
}

export type JsonFault = Place &
  (
    | { readonly rule: 'json.syntax' | 'json.depth' | 'json.forbidden_key' | 'json.surrogate' }
    /** Where the key stood first. */
    | { readonly rule: 'json.duplicate_key'; readonly earlierOffset: number }
    /** A number that would not stay what it is, as it was written. */
    | { readonly rule: 'json.number'; readonly number: string }
  );

/** Beyond these a text is wrong enough: telling more helps nobody. */
const mostFaults = 50;

/**
 * Parses JSON that others wrote, stricter than `JSON.parse`: a key stands once, `__proto__` is no key, a number is one
 * that is held as it was written, strings are well-formed Unicode, nesting is bounded. Answers every fault up to the one
 * behind which nothing can be read, in order of the text; never throws on input. Where a map is given, it learns the
 * offset of each value by its JSON pointer, which takes several times as long.
 * Source: RFC 8259, and the advice on interoperability in RFC 7493.
 */
export function parseJsonText(
  text: string,
  offsetByPointer?: Map<string, number>,
): Result<JsonValue, readonly JsonFault[]> {
  const reader: Reader = { text, offset: 0, isStuck: false, faults: [], path: [], offsetByPointer };
  const value = readValue(reader, 0);
  skipSpace(reader);
  if (!reader.isStuck && reader.offset < text.length) {
    giveUp(reader, 'json.syntax', 0, reader.offset);
  }
  return value === undefined || reader.faults.length > 0 ? err(reader.faults) : ok(value);
}

/** Line and column of an offset, counted from 1. */
export function placeOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

interface Reader {
  readonly text: string;
  offset: number;
  /** Nothing behind here can be read any more. */
  isStuck: boolean;
  readonly faults: JsonFault[];
  /** Member names and indices that lead to the value being read; what lies beyond its depth is of an earlier one. */
  readonly path: (string | number)[];
  readonly offsetByPointer: Map<string, number> | undefined;
}

const quote = 0x22;
const backslash = 0x5c;
const lastControl = 0x1f;
const firstSurrogate = 0xd800;
const number = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const wordByLetter: Readonly<Record<string, { readonly text: string; readonly value: boolean | null } | undefined>> = {
  t: { text: 'true', value: true },
  f: { text: 'false', value: false },
  n: { text: 'null', value: null },
};

/** The value at the reader's offset, or undefined once a fault is known. */
function readValue(reader: Reader, depth: number): JsonValue | undefined {
  skipSpace(reader);
  reader.offsetByPointer?.set(pointerAt(reader, depth), reader.offset);
  if (depth > maximumDepth) {
    return giveUp(reader, 'json.depth', depth, reader.offset);
  }
  switch (reader.text[reader.offset]) {
    case '{':
      return readObject(reader, depth);
    case '[':
      return readArray(reader, depth);
    case '"':
      return readString(reader, depth);
    default:
      return readWord(reader, depth);
  }
}

function readObject(reader: Reader, depth: number): JsonValue | undefined {
  const object: Record<string, JsonValue> = {};
  const keys: string[] = [];
  const keyOffsets: number[] = [];
  reader.offset++;
  if (take(reader, '}')) {
    return object;
  }
  do {
    skipSpace(reader);
    const keyOffset = reader.offset;
    const key = readString(reader, depth);
    if (key === undefined) {
      return undefined;
    }
    reader.path[depth] = key;
    if (key === '__proto__') {
      note(reader, { rule: 'json.forbidden_key', pointer: pointerAt(reader, depth + 1), offset: keyOffset });
    } else if (Object.hasOwn(object, key)) {
      const earlierOffset = keyOffsets[keys.indexOf(key)] as number;
      const pointer = pointerAt(reader, depth + 1);
      note(reader, { rule: 'json.duplicate_key', pointer, offset: keyOffset, earlierOffset });
    }
    keys.push(key);
    keyOffsets.push(keyOffset);
    if (!take(reader, ':')) {
      return giveUp(reader, 'json.syntax', depth + 1, reader.offset);
    }
    const value = readValue(reader, depth + 1);
    if (value === undefined) {
      return undefined;
    }
    if (key !== '__proto__') {
      object[key] = value;
    }
  } while (take(reader, ','));
  return take(reader, '}') ? object : giveUp(reader, 'json.syntax', depth, reader.offset);
}

function readArray(reader: Reader, depth: number): JsonValue | undefined {
  const array: JsonValue[] = [];
  reader.offset++;
  if (take(reader, ']')) {
    return array;
  }
  do {
    reader.path[depth] = array.length;
    const value = readValue(reader, depth + 1);
    if (value === undefined) {
      return undefined;
    }
    array.push(value);
  } while (take(reader, ','));
  return take(reader, ']') ? array : giveUp(reader, 'json.syntax', depth, reader.offset);
}

function readString(reader: Reader, depth: number): string | undefined {
  const { text, offset: start } = reader;
  if (text.charCodeAt(start) !== quote) {
    return giveUp(reader, 'json.syntax', depth, start);
  }
  let isPlain = true;
  let end = start + 1;
  for (let code = text.charCodeAt(end); code !== quote && end < text.length; code = text.charCodeAt(++end)) {
    if (code === backslash || code <= lastControl || code >= firstSurrogate) {
      isPlain = false;
      end += code === backslash ? 1 : 0;
    }
  }
  reader.offset = Math.min(end + 1, text.length);
  const value = isPlain && end < text.length ? text.slice(start + 1, end) : parsedString(text.slice(start, end + 1));
  if (value === undefined) {
    return giveUp(reader, 'json.syntax', depth, start);
  }
  if (!isPlain && !value.isWellFormed()) {
    note(reader, { rule: 'json.surrogate', pointer: pointerAt(reader, depth), offset: start });
  }
  return value;
}

function parsedString(text: string): string | undefined {
  try {
    return JSON.parse(text) as string;
  } catch {
    return undefined;
  }
}

function readWord(reader: Reader, depth: number): boolean | null | number | undefined {
  const word = wordByLetter[reader.text[reader.offset] ?? ''];
  if (word === undefined) {
    return readNumber(reader, depth);
  }
  if (!reader.text.startsWith(word.text, reader.offset)) {
    return giveUp(reader, 'json.syntax', depth, reader.offset);
  }
  reader.offset += word.text.length;
  return word.value;
}

function readNumber(reader: Reader, depth: number): number | undefined {
  number.lastIndex = reader.offset;
  const digits = number.exec(reader.text)?.[0];
  if (digits === undefined) {
    return giveUp(reader, 'json.syntax', depth, reader.offset);
  }
  if (!holdsExactly(digits)) {
    const pointer = pointerAt(reader, depth);
    note(reader, { rule: 'json.number', pointer, offset: reader.offset, number: digits });
  }
  reader.offset += digits.length;
  return Number(digits);
}

function take(reader: Reader, character: string): boolean {
  skipSpace(reader);
  if (reader.isStuck || reader.text[reader.offset] !== character) {
    return false;
  }
  reader.offset++;
  return true;
}

function skipSpace(reader: Reader): void {
  for (;;) {
    switch (reader.text.charCodeAt(reader.offset)) {
      case 0x20:
      case 0x0a:
      case 0x0d:
      case 0x09:
        reader.offset++;
        break;
      default:
        return;
    }
  }
}

function pointerAt({ path }: Reader, depth: number): string {
  return path.slice(0, depth).reduce<string>(pointerTo, '');
}

function note(reader: Reader, fault: JsonFault): void {
  if (reader.faults.length < mostFaults) {
    reader.faults.push(fault);
  }
}

/** What follows a fault of syntax, or too deep a nesting, cannot be told apart any more. */
function giveUp(reader: Reader, rule: 'json.syntax' | 'json.depth', depth: number, offset: number): undefined {
  if (!reader.isStuck) {
    note(reader, { rule, pointer: pointerAt(reader, depth), offset });
    reader.isStuck = true;
  }
  return undefined;
}
