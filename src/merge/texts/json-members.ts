import { type Node, applyEdits, findNodeAtLocation, modify, parseTree } from 'jsonc-parser';
import { canonicalText } from '../../base/canonical-json.ts';
import type { JsonValue } from '../../base/json.ts';
import { parseExact } from '../../base/parse-exact.ts';
import { utf8 } from '../../base/bytes.ts';
import { type Result, err, ok } from '../../base/result.ts';

/** The members of one object in a JSON file that may hold comments and commas at the end, as canonical JSON. */
export type JsonMembers = ReadonlyMap<string, string>;

const lenient = { allowTrailingComma: true, disallowComments: false };

/** The members of the object at these names; none where it is not there. In words why the file cannot be read. */
export function membersAt(text: string, names: readonly string[]): Result<JsonMembers, string> {
  if (text.trim() === '') {
    return ok(new Map());
  }
  const errors: { offset: number }[] = [];
  const root = parseTree(text, errors as never, lenient);
  const [wrong] = errors;
  if (root === undefined || wrong !== undefined) {
    const line = text.slice(0, wrong?.offset ?? 0).split('\n').length;
    return err(`It is no JSON: something is wrong on line ${line}.`);
  }
  const object = findNodeAtLocation(root, [...names]);
  if (object === undefined && root.type === 'object') {
    return ok(new Map());
  }
  return object?.type === 'object' ? membersOf(text, object) : err(`${names.join('.')} is no object in it.`);
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
      return err(`"${name}" holds a number that cannot be kept exactly, or a member twice.`);
    }
    members.set(name, canonicalText(exact));
  }
  return ok(members);
}

/** The value without its comments; undefined where reading it as JSON would change it. */
export function exactOf(text: string, node: Node | undefined): JsonValue | undefined {
  const parsed = node && parseExact(utf8(withoutComments(text, node)));
  return parsed?.ok === true ? parsed.value : undefined;
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

/** The text with a member set; every byte outside of it, and its own where it says the same, stays. */
export function withMember(text: string, path: readonly string[], value: JsonValue | undefined): string {
  const base = text.trim() === '' ? '{}\n' : text;
  const formattingOptions = {
    ...indentationOf(base),
    eol: base.includes('\r\n') ? '\r\n' : '\n',
    insertFinalNewline: false,
  };
  return applyEdits(base, modify(base, [...path], value, { formattingOptions }));
}

function indentationOf(text: string): { readonly insertSpaces: boolean; readonly tabSize: number } {
  const [, indent = '  '] = /\n([ \t]+)"/.exec(text) ?? [];
  return indent.startsWith('\t') ? { insertSpaces: false, tabSize: 1 } : { insertSpaces: true, tabSize: indent.length };
}
