import { parse } from 'smol-toml';
import { type JsonObject, type JsonValue, isJsonObject } from '../../base/json.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { sameValue } from '../values/json-patch.ts';
import { longestSettings } from './json-spans.ts';
import { type TomlLayout, layoutOf, printed, printedKey } from './toml-layout.ts';

/** A TOML file, where undefined stands for a value that JSON cannot hold: a date, a number that is none. */
export type TomlMembers = ReadonlyMap<string, JsonValue | undefined>;

/** The members at the top of a TOML file; in words why it cannot be read. */
export function tomlMembers(text: string): Result<TomlMembers, string> {
  if (text.length > longestSettings) {
    return err(`It is longer than ${longestSettings} characters: no settings are.`);
  }
  try {
    const read = parse(text);
    return ok(new Map(Object.keys(read).map((name) => [name, jsonOf(read[name])])));
  } catch (cause) {
    const [first = ''] = (cause as Error).message.split('\n');
    return err(`It is no TOML: ${first.replace(/^Invalid TOML document: /, '')}.`);
  }
}

/**
 * The text with one value set or (undefined) removed; every byte that does not say it stays. Undefined where that cannot
 * be done: another value, or this one, would not be read again as it is meant.
 */
export function withTomlValue(text: string, path: readonly string[], next: JsonValue | undefined): string | undefined {
  try {
    const wanted = withValueAt(parse(text) as never, path, next);
    const made = edited(text, path, next);
    if (made === undefined) {
      return undefined;
    }
    const read = parse(made);
    // A table that only its members spoke of is gone with the last of them.
    const isGone = next === undefined && path.length > 1 && isAlike(read, withoutEmpty(wanted, path.slice(0, -1)));
    return isGone || isAlike(read, wanted) ? made : undefined;
  } catch {
    return undefined;
  }
}

function edited(text: string, path: readonly string[], next: JsonValue | undefined): string | undefined {
  const before = valueAt(parse(text) as never, path);
  if (before !== undefined && next !== undefined && sameValue(before, next)) {
    return text;
  }
  const layout = layoutOf(text);
  const within = layout.entries.find((entry) => isBelow(path, entry.path));
  if (within !== undefined && (next !== undefined || within.path.length < path.length)) {
    const outer = valueAt(parse(text) as never, path.slice(0, within.path.length));
    const whole = withValueAt(outer, path.slice(within.path.length), next);
    return text.slice(0, within.value[0]) + printed(whole) + text.slice(within.value[1]);
  }
  if (next === undefined) {
    return withoutLines(layout, text, path);
  }
  if (isJsonObject(before) && isJsonObject(next)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(next)])];
    return names.reduce<string | undefined>(
      (made, name) =>
        made === undefined
          ? undefined
          : edited(made, [...path, name], Object.hasOwn(next, name) ? next[name] : undefined),
      text,
    );
  }
  const cleared = before === undefined ? text : withoutLines(layout, text, path);
  return withNew(layoutOf(cleared), cleared, path, next);
}

/** Each of its lines, and the headers of its tables. */
function withoutLines({ entries, tables }: TomlLayout, text: string, path: readonly string[]): string {
  const spans = [
    ...entries.filter((entry) => isBelow(entry.path, path)).map(({ lines }) => lines),
    ...tables.filter((table) => isBelow(table.path, path)).map(({ header }) => header),
  ].sort(([left], [right]) => right - left);
  return spans.reduce((made, [from, to]) => made.slice(0, from) + made.slice(to), text);
}

function withNew(layout: TomlLayout, text: string, path: readonly string[], next: JsonValue): string {
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const line = `${printedKey(path.at(-1) ?? '')} = ${printed(next)}`;
  if (path.length === 1 && !isJsonObject(next)) {
    return withLineAt(text, layout.endOfTop, line, eol);
  }
  const above = path.slice(0, -1);
  const table = layout.tables.find((one) => one.path.length === above.length && isBelow(one.path, above));
  if (table !== undefined && !(path.length <= 2 && isJsonObject(next))) {
    return withLineAt(text, table.end, line, eol);
  }
  const [header, members] = isJsonObject(next) ? [path, next] : [above, { [path.at(-1) ?? '']: next }];
  const lines = Object.entries(members).map(([name, value]) => `${printedKey(name)} = ${printed(value)}${eol}`);
  const gap = text.trim() === '' ? '' : text.endsWith('\n') ? eol : eol + eol;
  return `${text}${gap}[${header.map(printedKey).join('.')}]${eol}${lines.join('')}`;
}

function withLineAt(text: string, at: number, line: string, eol: string): string {
  const before = text.slice(0, at);
  return `${before}${before === '' || before.endsWith('\n') ? '' : eol}${line}${eol}${text.slice(at)}`;
}

function isBelow(path: readonly (string | number)[], above: readonly (string | number)[]): boolean {
  return above.length <= path.length && above.every((name, index) => path[index] === name);
}

function valueAt(value: JsonValue, path: readonly string[]): JsonValue | undefined {
  const [name, ...rest] = path;
  if (name === undefined) {
    return jsonOf(value);
  }
  return isJsonObject(value) && Object.hasOwn(value, name) ? valueAt(value[name] as JsonValue, rest) : undefined;
}

function withValueAt(value: JsonValue | undefined, path: readonly string[], next: JsonValue | undefined): JsonValue {
  const [name, ...rest] = path;
  if (name === undefined) {
    return next as JsonValue;
  }
  const members = new Map(Object.entries(isJsonObject(value) ? value : {}));
  const made = rest.length === 0 ? next : withValueAt(members.get(name), rest, next);
  if (made === undefined) {
    members.delete(name);
  } else {
    members.set(name, made);
  }
  return Object.fromEntries(members);
}

function withoutEmpty(whole: JsonValue, path: readonly string[]): JsonValue {
  const there = valueAt(whole, path);
  return isJsonObject(there) && Object.keys(there).length === 0 ? withValueAt(whole, path, undefined) : whole;
}

/** Undefined for what JSON cannot hold, also deep inside. */
function jsonOf(value: unknown): JsonValue | undefined {
  if (typeof value === 'string' || typeof value === 'boolean') {
    return value;
  }
  if (typeof value === 'number') {
    return Number.isFinite(value) ? value : undefined;
  }
  if (Array.isArray(value)) {
    const items = (value as readonly unknown[]).map(jsonOf);
    return items.includes(undefined) ? undefined : (items as readonly JsonValue[]);
  }
  if (!isJsonObject(value) || value instanceof Date) {
    return undefined;
  }
  const members = Object.entries(value as JsonObject).map(([name, member]) => [name, jsonOf(member)] as const);
  return members.some(([, member]) => member === undefined) ? undefined : (Object.fromEntries(members) as JsonObject);
}

/** Also where they hold what JSON cannot. */
function isAlike(left: unknown, right: unknown): boolean {
  if (!isJsonObject(left) || !isJsonObject(right) || left instanceof Date || right instanceof Date) {
    return Array.isArray(left) && Array.isArray(right)
      ? left.length === right.length && left.every((item, index) => isAlike(item, (right as unknown[])[index]))
      : Object.is(left, right) || (left instanceof Date && String(left) === String(right));
  }
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && isAlike(left[name], right[name]))
  );
}
