import type { Node } from 'jsonc-parser';
import type { JsonValue } from '../../base/json.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { exactOf } from './json-members.ts';
import { jsonTree, withNewItem, withValue, withoutItems } from './json-spans.ts';

/**
 * A JSON file that may hold comments, commas at the end and a member twice, of which programs heed the last. Changed by
 * span: what is not said stays byte for byte.
 */
export interface JsonFile {
  /** Without a byte order mark. */
  readonly text: string;
  readonly mark: string;
  /** An object or a list, as was asked; undefined for a file that says nothing yet. */
  readonly root: Node | undefined;
}

export interface JsonMember {
  readonly name: string;
  /** Undefined where it cannot be kept exactly. */
  readonly value: JsonValue | undefined;
  readonly isObject: boolean;
  /** False where another one of the same name stands behind it. */
  readonly isLast: boolean;
}

/** In words why it cannot be read as that. */
export function jsonFile(text: string, type: 'object' | 'array'): Result<JsonFile, string> {
  const mark = text.startsWith('\ufeff') ? '\ufeff' : '';
  const bare = text.slice(mark.length);
  const tree = jsonTree(bare);
  if (!tree.ok) {
    return tree;
  }
  const root = tree.value;
  return root === undefined || root.type === type
    ? ok({ text: bare, mark, root })
    : err(`It holds no ${type === 'object' ? 'object' : 'list'}.`);
}

/** The members of the object at these names; none where it is no object. */
export function membersIn({ text, root }: JsonFile, path: readonly string[]): readonly JsonMember[] {
  const object = objectAt(root, path);
  const names = new Map((object?.children ?? []).map((property, index) => [nameOf(property), index]));
  return (object?.children ?? []).map((property, index) => {
    const value = property.children?.[1];
    const name = nameOf(property);
    const isObject = value?.type === 'object';
    return { name, value: exactOf(text, value), isObject, isLast: names.get(name) === index };
  });
}

/** The items of a list; undefined for one that cannot be kept exactly. */
export function itemsIn({ text, root }: JsonFile): readonly (JsonValue | undefined)[] {
  return (root?.children ?? []).map((item) => exactOf(text, item));
}

/** The text with a member at these names, and with the objects around it where they are missing. */
export function withMemberAt(file: JsonFile, path: readonly string[], value: JsonValue): string {
  const { text, mark, root } = file;
  if (root === undefined) {
    return mark + withLine(text, JSON.stringify(nested(path, value), null, 2));
  }
  let object = root;
  for (const [depth, name] of path.entries()) {
    const found = object.children?.findLast((property) => nameOf(property) === name)?.children?.[1];
    if (found === undefined) {
      return mark + withNewItem(text, object, name, nested(path.slice(depth + 1), value));
    }
    if (depth === path.length - 1) {
      return mark + withValue(text, found, value);
    }
    if (found.type !== 'object') {
      break;
    }
    object = found;
  }
  return mark + text;
}

/** The text without the member at these names, however often it stands there. */
export function withoutMemberAt({ text, mark, root }: JsonFile, path: readonly string[]): string {
  const object = objectAt(root, path.slice(0, -1));
  return mark + (object === undefined ? text : withoutItems(text, object, (item) => nameOf(item) === path.at(-1)));
}

/** The text with another item in the place of the one at an index, or at its end. */
export function withItemAt({ text, mark, root }: JsonFile, index: number | undefined, value: JsonValue): string {
  if (root === undefined) {
    return mark + withLine(text, JSON.stringify([value], null, 2));
  }
  const item = index === undefined ? undefined : root.children?.[index];
  return mark + (item === undefined ? withNewItem(text, root, undefined, value) : withValue(text, item, value));
}

export function withoutItemsAt({ text, mark, root }: JsonFile, indexes: ReadonlySet<number>): string {
  return mark + (root === undefined ? text : withoutItems(text, root, (_item, index) => indexes.has(index)));
}

function objectAt(root: Node | undefined, path: readonly string[]): Node | undefined {
  const found = path.reduce<Node | undefined>(
    (node, name) =>
      node?.type === 'object'
        ? node.children?.findLast((property) => nameOf(property) === name)?.children?.[1]
        : undefined,
    root,
  );
  return found?.type === 'object' ? found : undefined;
}

function nameOf(property: Node): string {
  return String(property.children?.[0]?.value);
}

function nested(path: readonly string[], value: JsonValue): JsonValue {
  return path.reduceRight<JsonValue>((inner, name) => ({ [name]: inner }), value);
}

function withLine(text: string, line: string): string {
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${line}\n`;
}
