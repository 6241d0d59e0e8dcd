import { type AST, parseTOML } from 'toml-eslint-parser';
import { type JsonValue, isJsonObject } from '../../base/json.ts';

type Span = readonly [from: number, to: number];
type Path = readonly (string | number)[];

/** Where in a TOML file things stand. */
export interface TomlLayout {
  readonly entries: readonly { readonly path: Path; readonly value: Span; readonly lines: Span }[];
  readonly tables: readonly {
    readonly path: Path;
    /** Its header's line. */
    readonly header: Span;
    /** Behind the line of its last entry. */
    readonly end: number;
  }[];
  /** Behind the last entry that stands in no table; at the start where there is none. */
  readonly endOfTop: number;
}

/** Throws where the text is no TOML. */
export function layoutOf(text: string): TomlLayout {
  const entries: TomlLayout['entries'][number][] = [];
  const tables: TomlLayout['tables'][number][] = [];
  let endOfTop = 0;
  const take = (above: Path, { key, value, range }: AST.TOMLKeyValue): number => {
    const lines = linesOf(text, range);
    entries.push({ path: [...above, ...namesOf(key)], value: value.range, lines });
    return lines[1];
  };
  for (const node of parseTOML(text).body[0].body) {
    if (node.type === 'TOMLKeyValue') {
      endOfTop = take([], node);
      continue;
    }
    const header = linesOf(text, [node.range[0], node.key.range[1]]);
    const ends = node.body.map((entry) => take(node.resolvedKey, entry));
    tables.push({ path: node.resolvedKey, header, end: ends.at(-1) ?? header[1] });
  }
  return { entries, tables, endOfTop };
}

function namesOf({ keys }: AST.TOMLKey): readonly string[] {
  return keys.map((key) => (key.type === 'TOMLBare' ? key.name : key.value));
}

/** With the line break behind them. */
function linesOf(text: string, [from, to]: Span): Span {
  const next = text.indexOf('\n', to);
  return [text.lastIndexOf('\n', from - 1) + 1, next === -1 ? text.length : next + 1];
}

/** A value on one line. Throws for null, which TOML does not know. */
export function printed(value: JsonValue): string {
  if (value === null) {
    throw new TypeError('TOML knows no null');
  }
  if (typeof value === 'string') {
    return JSON.stringify(value).replaceAll('\u007f', '\\u007f');
  }
  if (Array.isArray(value)) {
    return `[${(value as readonly JsonValue[]).map(printed).join(', ')}]`;
  }
  if (isJsonObject(value)) {
    const members = Object.entries(value).map(([name, member]) => `${printedKey(name)} = ${printed(member)}`);
    return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
  }
  return String(value);
}

export function printedKey(name: string): string {
  return /^[A-Za-z0-9_-]+$/.test(name) ? name : printed(name);
}
