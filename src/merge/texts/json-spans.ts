import { type Node, createScanner, parseTree, stripComments } from 'jsonc-parser';
import type { JsonValue } from '../../base/json.ts';
import { type Result, err, ok } from '../../base/result.ts';

/** What is longer is taken apart by nobody: it would stop everything else meanwhile. */
export const longestSettings = 4_000_000;

/** The one value of a JSON file with comments; undefined where there is none yet. In words why it cannot be read. */
export function jsonTree(text: string): Result<Node | undefined, string> {
  if (text.length > longestSettings) {
    return err(`It is longer than ${longestSettings} characters: no settings are.`);
  }
  const errors: { offset: number }[] = [];
  let root: Node | undefined;
  try {
    root = parseTree(text, errors as never, { allowTrailingComma: true, disallowComments: false });
  } catch {
    return err('It is nested too deeply.');
  }
  if (root === undefined && stripComments(text).trim() === '') {
    return ok(undefined);
  }
  const [wrong] = errors;
  return root === undefined || wrong !== undefined
    ? err(`It is no JSON: something is wrong on line ${text.slice(0, wrong?.offset ?? 0).split('\n').length}.`)
    : ok(root);
}

/** The text with other words in the place of a value. */
export function withValue(text: string, node: Node, value: JsonValue): string {
  const content = rendered(text, value, indentAt(text, node.offset));
  return spliced(text, node.offset, node.offset + node.length, content);
}

/** The text with one more item at the end of a list, or member at the end of an object, which then has a name. */
export function withNewItem(text: string, list: Node, name: string | undefined, value: JsonValue): string {
  const last = list.children?.at(-1);
  const prefix = name === undefined ? '' : `${JSON.stringify(name)}: `;
  const contentAt = (indent: string): string => prefix + rendered(text, value, indent);
  if (last === undefined) {
    return intoEmpty(text, list, contentAt);
  }
  const end = endOf(last);
  const comma = commaBehind(text, end);
  if (!text.slice(list.offset, last.offset).includes('\n')) {
    const content = contentAt(indentAt(text, list.offset));
    return comma === undefined
      ? spliced(text, end, end, `, ${content}`)
      : spliced(text, comma + 1, comma + 1, ` ${content},`);
  }
  const indent = indentAt(text, last.offset);
  const behind = endOfComments(text, comma === undefined ? end : comma + 1);
  const line = `${lineBreakOf(text)}${indent}${contentAt(indent)}`;
  return comma === undefined
    ? `${text.slice(0, end)},${text.slice(end, behind)}${line}${text.slice(behind)}`
    : `${text.slice(0, behind)}${line},${text.slice(behind)}`;
}

/** The text without some items of a list, or members of an object; comments around them stay. */
export function withoutItems(text: string, list: Node, isMeant: (item: Node, index: number) => boolean): string {
  const items = list.children ?? [];
  const gone = new Set(items.filter(isMeant));
  const last = items.at(-1);
  if (gone.size === 0 || last === undefined) {
    return text;
  }
  const cuts = [...gone].flatMap((item) => cutsFor(text, item));
  const left = items.findLast((item) => !gone.has(item));
  if (left !== undefined && left !== last && commaBehind(text, endOf(last)) === undefined) {
    const comma = commaBehind(text, endOf(left)) as number;
    cuts.push([comma, comma + 1]);
  }
  const parts: string[] = [];
  let from = 0;
  for (const [start, end] of cuts.sort(([one], [other]) => one - other)) {
    parts.push(text.slice(from, start));
    from = end;
  }
  return parts.join('') + text.slice(from);
}

type Cut = readonly [from: number, to: number];

/** It and the comma behind it; a comment between the two stays. */
function cutsFor(text: string, item: Node): readonly Cut[] {
  const end = endOf(item);
  const comma = commaBehind(text, end);
  if (comma === undefined || text.slice(end, comma).trim() === '') {
    return [wholeLines(text, item.offset, comma === undefined ? end : comma + 1)];
  }
  return [
    [item.offset, end],
    [comma, comma + 1],
  ];
}

function endOf({ offset, length }: Node): number {
  return offset + length;
}

/** With the lines that it stands alone on; else with the blanks before it. */
function wholeLines(text: string, from: number, to: number): Cut {
  const start = text.lastIndexOf('\n', from - 1) + 1;
  const next = text.indexOf('\n', to);
  const isAlone = text.slice(start, from).trim() === '' && next !== -1 && text.slice(to, next).trim() === '';
  if (isAlone) {
    return [start, next + 1];
  }
  const blanks = /[ \t]*$/.exec(text.slice(start, from))?.[0].length ?? 0;
  return blanks === from - start ? [from, to] : [from - blanks, to];
}

function intoEmpty(text: string, list: Node, contentAt: (indent: string) => string): string {
  const close = list.offset + list.length - 1;
  const outer = indentAt(text, list.offset);
  const inner = outer + unitOfIndent(text);
  const lineBreak = lineBreakOf(text);
  const start = text.lastIndexOf('\n', close - 1) + 1;
  const content = inner + contentAt(inner);
  return start > list.offset && text.slice(start, close).trim() === ''
    ? spliced(text, start, start, content + lineBreak)
    : spliced(text, close, close, lineBreak + content + lineBreak + outer);
}

/** Where the next token is a comma. */
export function commaBehind(text: string, offset: number): number | undefined {
  const scanner = createScanner(text, true);
  scanner.setPosition(offset);
  scanner.scan();
  return text[scanner.getTokenOffset()] === ',' ? scanner.getTokenOffset() : undefined;
}

/** Behind the comments that end on the same line, where nothing else stands there. */
function endOfComments(text: string, offset: number): number {
  const comments = /(?:[ \t]*\/\*(?:[^*\n]|\*(?!\/))*\*\/)*[ \t]*(?:\/\/[^\r\n]*)?(?=\r?\n)/y;
  comments.lastIndex = offset;
  return offset + (comments.exec(text)?.[0].length ?? 0);
}

function rendered(text: string, value: JsonValue, indent: string): string {
  return JSON.stringify(value, null, unitOfIndent(text)).replaceAll('\n', lineBreakOf(text) + indent);
}

function indentAt(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset))?.[0] ?? '';
}

function unitOfIndent(text: string): string {
  return /\n([ \t]+)["{]/.exec(text)?.[1]?.replace(/^\t+/, '\t') ?? '  ';
}

function lineBreakOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

function spliced(text: string, from: number, to: number, content: string): string {
  return text.slice(0, from) + content + text.slice(to);
}
