import { maximumDepth } from '../base/canonical-json.ts';
import type { JsonValue } from '../base/json.ts';
import { pointerTo } from '../base/json-pointer.ts';
import { type Result, err, ok } from '../base/result.ts';

/** A parsed document that still knows where each of its values stood. */
export interface JsonText {
  readonly value: JsonValue;
  /** Offset into the text by JSON pointer. */
  readonly offsetByPointer: ReadonlyMap<string, number>;
}

export type JsonRule =
  | 'json.syntax'
  | 'json.depth'
  | 'json.duplicate_key'
  | 'json.forbidden_key'
  | 'json.number'
  | 'json.surrogate';

export interface JsonFault {
  readonly rule: JsonRule;
  readonly pointer: string;
  readonly offset: number;
  /** Of a key that stands twice: where it stood first. */
  readonly earlierOffset?: number;
}

/** Beyond these a text is wrong enough: telling more helps nobody. */
const mostFaults = 50;

/**
 * Parses JSON written by people, stricter than `JSON.parse`: a key stands once, `__proto__` is no key, numbers are
 * finite, strings are well-formed Unicode, nesting is bounded. Answers every fault up to the one behind which nothing can
 * be read, in order of the text; never throws on input.
 * Source: RFC 8259, and the advice on interoperability in RFC 7493.
 */
export function parseJsonText(text: string): Result<JsonText, readonly JsonFault[]> {
  const reader: Reader = { text, offset: 0, isStuck: false, faults: [], offsetByPointer: new Map() };
  const value = readValue(reader, '', 0);
  skipSpace(reader);
  if (!reader.isStuck && reader.offset < text.length) {
    giveUp(reader, 'json.syntax', '', reader.offset);
  }
  return value === undefined || reader.faults.length > 0
    ? err(reader.faults.slice(0, mostFaults))
    : ok({ value, offsetByPointer: reader.offsetByPointer });
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
  readonly offsetByPointer: Map<string, number>;
}

const space = /[\t\n\r ]*/y;
const number = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const literals = [
  ['true', true],
  ['false', false],
  ['null', null],
] as const;

/** The value at the reader's offset, or undefined once a fault is known. */
function readValue(reader: Reader, pointer: string, depth: number): JsonValue | undefined {
  skipSpace(reader);
  reader.offsetByPointer.set(pointer, reader.offset);
  if (depth > maximumDepth) {
    return giveUp(reader, 'json.depth', pointer, reader.offset);
  }
  switch (reader.text[reader.offset]) {
    case '{':
      return readObject(reader, pointer, depth);
    case '[':
      return readArray(reader, pointer, depth);
    case '"':
      return readString(reader, pointer);
    default:
      return readWord(reader, pointer);
  }
}

function readObject(reader: Reader, pointer: string, depth: number): JsonValue | undefined {
  const object: Record<string, JsonValue> = {};
  const keyOffsets = new Map<string, number>();
  reader.offset++;
  if (take(reader, '}')) {
    return object;
  }
  do {
    skipSpace(reader);
    const keyOffset = reader.offset;
    const key = readString(reader, pointer);
    if (key === undefined) {
      return undefined;
    }
    const at = pointerTo(pointer, key);
    const earlierOffset = keyOffsets.get(key);
    if (key === '__proto__') {
      note(reader, { rule: 'json.forbidden_key', pointer: at, offset: keyOffset });
    } else if (earlierOffset !== undefined) {
      note(reader, { rule: 'json.duplicate_key', pointer: at, offset: keyOffset, earlierOffset });
    }
    keyOffsets.set(key, earlierOffset ?? keyOffset);
    if (!take(reader, ':')) {
      return giveUp(reader, 'json.syntax', at, reader.offset);
    }
    const value = readValue(reader, at, depth + 1);
    if (value === undefined) {
      return undefined;
    }
    if (key !== '__proto__') {
      object[key] = value;
    }
  } while (take(reader, ','));
  return take(reader, '}') ? object : giveUp(reader, 'json.syntax', pointer, reader.offset);
}

function readArray(reader: Reader, pointer: string, depth: number): JsonValue | undefined {
  const array: JsonValue[] = [];
  reader.offset++;
  if (take(reader, ']')) {
    return array;
  }
  do {
    const value = readValue(reader, pointerTo(pointer, array.length), depth + 1);
    if (value === undefined) {
      return undefined;
    }
    array.push(value);
  } while (take(reader, ','));
  return take(reader, ']') ? array : giveUp(reader, 'json.syntax', pointer, reader.offset);
}

function readString(reader: Reader, pointer: string): string | undefined {
  const start = reader.offset;
  if (reader.text[start] !== '"') {
    return giveUp(reader, 'json.syntax', pointer, start);
  }
  let end = start + 1;
  while (end < reader.text.length && reader.text[end] !== '"') {
    end += reader.text[end] === '\\' ? 2 : 1;
  }
  reader.offset = Math.min(end + 1, reader.text.length);
  let value: string;
  try {
    value = JSON.parse(reader.text.slice(start, end + 1)) as string;
  } catch {
    return giveUp(reader, 'json.syntax', pointer, start);
  }
  if (!value.isWellFormed()) {
    note(reader, { rule: 'json.surrogate', pointer, offset: start });
  }
  return value;
}

function readWord(reader: Reader, pointer: string): boolean | null | number | undefined {
  for (const [word, value] of literals) {
    if (reader.text.startsWith(word, reader.offset)) {
      reader.offset += word.length;
      return value;
    }
  }
  return readNumber(reader, pointer);
}

function readNumber(reader: Reader, pointer: string): number | undefined {
  number.lastIndex = reader.offset;
  const digits = number.exec(reader.text)?.[0];
  if (digits === undefined) {
    return giveUp(reader, 'json.syntax', pointer, reader.offset);
  }
  const value = Number(digits);
  if (!Number.isFinite(value)) {
    note(reader, { rule: 'json.number', pointer, offset: reader.offset });
  }
  reader.offset += digits.length;
  return value;
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
  space.lastIndex = reader.offset;
  reader.offset += space.exec(reader.text)?.[0].length ?? 0;
}

function note(reader: Reader, fault: JsonFault): void {
  reader.faults.push(fault);
}

/** What follows a fault of syntax, or too deep a nesting, cannot be told apart any more. */
function giveUp(reader: Reader, rule: JsonRule, pointer: string, offset: number): undefined {
  if (!reader.isStuck) {
    note(reader, { rule, pointer, offset });
    reader.isStuck = true;
  }
  return undefined;
}
