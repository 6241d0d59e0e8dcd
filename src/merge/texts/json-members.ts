import { type Node, applyEdits, findNodeAtLocation, modify, parseTree } from 'jsonc-parser';
import { commaBehind, jsonTree } from './json-spans.ts';
import { canonicalText } from '../../base/canonical-json.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../../base/json.ts';
import { parseExact } from '../../base/parse-exact.ts';
import { utf8 } from '../../base/bytes.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { sameValue } from '../values/json-patch.ts';

/** The members of one object in a JSON file that may hold comments and commas at the end, as canonical JSON. */
export type JsonMembers = ReadonlyMap<string, string>;

const lenient = { allowTrailingComma: true, disallowComments: false };

/** The members of the object at these names; none where it is not there. In words why the file cannot be read. */
export function membersAt(text: string, names: readonly string[]): Result<JsonMembers, string> {
  if (text.trim() === '') {
    return ok(new Map());
  }
  const read = jsonTree(text);
  if (!read.ok) {
    return read;
  }
  const root = read.value;
  if (root === undefined) {
    return err('It is no JSON: it holds comments alone.');
  }
  const twice = twiceOnTheWay(root, names);
  if (twice !== undefined) {
    return err(`"${twice}" is in it twice.`);
  }
  const object = findNodeAtLocation(root, [...names]);
  if (object === undefined && root.type === 'object') {
    return ok(new Map());
  }
  return object?.type === 'object'
    ? membersOf(text, object)
    : err(`${names.join('.') || 'The whole'} is no object in it.`);
}

/** Of two members of one name a program takes another one than the next program does. */
function twiceOnTheWay(root: Node, names: readonly string[]): string | undefined {
  let node: Node | undefined = root;
  for (const name of names) {
    const found: readonly Node[] = (node?.type === 'object' ? (node.children ?? []) : []).filter(
      ({ children: [key] = [] }) => key?.value === name,
    );
    if (found.length > 1) {
      return name;
    }
    node = found[0]?.children?.[1];
  }
  return undefined;
}

function membersOf(text: string, object: Node): Result<JsonMembers, string> {
  const members = new Map<string, string>();
  for (const { children: [key, value] = [] } of object.children ?? []) {
    const name = String(key?.value);
    if (members.has(name)) {
      return err(`"${name}" is in it twice.`);
    }
    const exact = exactOf(text, value);
    if (exact === undefined) {
      return err(`"${name}" holds a number that cannot be kept exactly, a member twice, or is nested too deeply.`);
    }
    members.set(name, canonicalText(exact));
  }
  return ok(members);
}

/** The value without its comments; undefined where reading it as JSON would change it. */
export function exactOf(text: string, node: Node | undefined): JsonValue | undefined {
  try {
    const parsed = node && parseExact(utf8(withoutComments(text, node)));
    return parsed?.ok === true ? parsed.value : undefined;
  } catch {
    // Deeper than the stack: no object of ours comes near it.
    return undefined;
  }
}

/** Only what is JSON of a value: its tokens, one behind the other. */
function withoutComments(text: string, node: Node): string {
  const { type, children = [] } = node;
  if (type === 'object') {
    return `{${children.map((property) => withoutComments(text, property)).join(',')}}`;
  }
  if (type === 'array') {
    return `[${children.map((item) => withoutComments(text, item)).join(',')}]`;
  }
  if (type === 'property') {
    return children.map((part) => withoutComments(text, part)).join(':');
  }
  return text.slice(node.offset, node.offset + node.length);
}

/** Names of members, and numbers of items, from the outside to the inside. */
export type JsonPlace = readonly (string | number)[];

/**
 * The text with a member set; every byte outside of it, and its own where it says the same, stays. A number in the path is
 * an item of a list, -1 a new one at its end.
 */
export function withMember(text: string, path: JsonPlace, value: JsonValue | undefined): string {
  if (value === undefined && typeof path.at(-1) === 'number') {
    return withoutItem(text, path);
  }
  const base = text.trim() === '' ? '{}\n' : text;
  const formattingOptions = {
    ...indentationOf(base),
    eol: base.includes('\r\n') ? '\r\n' : '\n',
    insertFinalNewline: false,
  };
  return applyEdits(base, modify(base, [...path], value, { formattingOptions }));
}

/** The same, where only what differs from `before` is written: comments and layout within it stay too. */
export function withChanges(
  text: string,
  path: JsonPlace,
  before: JsonValue | undefined,
  next: JsonValue | undefined,
): string {
  if (!isJsonObject(before) || !isJsonObject(next)) {
    return before !== undefined && next !== undefined && sameValue(before, next) ? text : withMember(text, path, next);
  }
  const names = [...new Set([...Object.keys(before), ...Object.keys(next)])];
  const own = (object: JsonObject, name: string): JsonValue | undefined =>
    Object.hasOwn(object, name) ? object[name] : undefined;
  return names.reduce((made, name) => withChanges(made, [...path, name], own(before, name), own(next, name)), text);
}

/** The library takes too little of a list on one line. */
function withoutItem(text: string, path: JsonPlace): string {
  const root = parseTree(text, [], lenient);
  const item = root && findNodeAtLocation(root, [...path]);
  const siblings = item?.parent?.children ?? [];
  const previous = item && siblings[siblings.indexOf(item) - 1];
  if (item === undefined) {
    return text;
  }
  const end = item.offset + item.length;
  const behind = commaBehind(text, end);
  const before = behind === undefined && previous ? commaBehind(text, previous.offset + previous.length) : undefined;
  const made = cut(text, item.offset, behind === undefined ? end : behind + 1);
  return before === undefined ? made : made.slice(0, before) + made.slice(before + 1);
}

/** Without what lies between, and without its line where nothing else stands on it. */
function cut(text: string, from: number, to: number): string {
  const start = text.lastIndexOf('\n', from - 1) + 1;
  const next = text.indexOf('\n', to);
  const isAlone = text.slice(start, from).trim() === '' && next !== -1 && text.slice(to, next).trim() === '';
  return isAlone ? text.slice(0, start) + text.slice(next + 1) : text.slice(0, from) + text.slice(to).replace(/^ /, '');
}

function indentationOf(text: string): { readonly insertSpaces: boolean; readonly tabSize: number } {
  const [, indent = '  '] = /\n([ \t]+)"/.exec(text) ?? [];
  return indent.startsWith('\t') ? { insertSpaces: false, tabSize: 1 } : { insertSpaces: true, tabSize: indent.length };
}
