import { type JsonObject, type JsonValue, isJsonObject } from '../../base/json.ts';
import { sameValue } from '../values/json-patch.ts';
import { blockText, scalarText } from './yaml-scalars.ts';
import type { YamlItem, YamlMember, YamlNode } from './yaml-tree.ts';

/** Names of members and places in lists that lead to a value. */
export type YamlPath = readonly (string | number)[];

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Where a value stands: behind a colon or a dash. */
interface Slot {
  readonly start: number;
  readonly behind: number;
  readonly node: YamlNode;
}

interface Page {
  readonly text: string;
  readonly eol: string;
}

export function yamlAt(root: YamlNode | undefined, path: YamlPath): YamlNode | undefined {
  return path.reduce<YamlNode | undefined>((node, part) => node && slotIn(node, part)?.node, root);
}

/**
 * The text with the value at a path set or (undefined) taken out; what says the same keeps its bytes. A list grows by the
 * place behind its last.
 */
export function withYaml(
  text: string,
  root: YamlNode | undefined,
  path: YamlPath,
  value: JsonValue | undefined,
): string {
  const page = { text, eol: text.includes('\r\n') ? '\r\n' : '\n' };
  if (root !== undefined) {
    return applied(text, editsAt(page, { start: root.start, behind: root.start, node: root }, path, value));
  }
  const wrapped = value === undefined ? undefined : wrappedIn(path, value);
  return wrapped === undefined ? text : `${withLineEnd(page)}${block(page, wrapped, 0)}${page.eol}`;
}

function withLineEnd({ text, eol }: Page): string {
  return text === '' || text.endsWith('\n') ? text : text + eol;
}

function applied(text: string, edits: readonly Edit[]): string {
  // Of two at one place that which takes something out comes first, and the later before the earlier: so it stands behind.
  const ordered = [...edits].reverse().sort((one, other) => other.start - one.start || other.end - one.end);
  return ordered.reduce((whole, { start, end, text: next }) => whole.slice(0, start) + next + whole.slice(end), text);
}

function editsAt(page: Page, slot: Slot, [part, ...rest]: YamlPath, value: JsonValue | undefined): readonly Edit[] {
  if (part === undefined) {
    return value === undefined ? [] : changed(page, slot, value);
  }
  const inner = slotIn(slot.node, part);
  if (inner === undefined) {
    return value === undefined || !mayHold(slot.node, part) ? [] : added(page, slot, part, wrappedIn(rest, value));
  }
  if (rest.length === 0 && value === undefined) {
    return removed(page, slot, inner);
  }
  return editsAt(page, inner, rest, value);
}

function slotIn({ kind, members, items }: YamlNode, part: string | number): YamlMember | YamlItem | undefined {
  return typeof part === 'number'
    ? items[part]
    : kind === 'map'
      ? members.find(({ name }) => name === part)
      : undefined;
}

/** What has another form, or is meant elsewhere too, is not made into what is wanted. */
function mayHold({ kind, value, isShared }: YamlNode, part: string | number): boolean {
  return !isShared && (value === null || kind === (typeof part === 'number' ? 'list' : 'map'));
}

/** The value as it stands in maps and lists that are still missing. */
function wrappedIn(path: YamlPath, value: JsonValue): JsonValue {
  return path.reduceRight<JsonValue>((inner, part) => (typeof part === 'number' ? [inner] : { [part]: inner }), value);
}

function changed(page: Page, slot: Slot, value: JsonValue): readonly Edit[] {
  const { node } = slot;
  if (node.value !== undefined && sameValue(node.value, value)) {
    return [];
  }
  const edits = changedParts(page, slot, value);
  return edits === undefined || overlap(edits) ? [replaced(page, slot, value)] : edits;
}

function changedParts(page: Page, slot: Slot, value: JsonValue): readonly Edit[] | undefined {
  const { kind, members, items } = slot.node;
  if (kind === 'map' && isJsonObject(value) && members.some(({ name }) => isIn(value, name))) {
    return changedMembers(page, slot, value);
  }
  return kind === 'list' && Array.isArray(value) && items.length > 0 && value.length > 0
    ? changedItems(page, slot, value as readonly JsonValue[])
    : undefined;
}

function overlap(edits: readonly Edit[]): boolean {
  const ordered = [...edits].sort((one, other) => one.start - other.start);
  return ordered.some(({ end }, index) => end > (ordered[index + 1]?.start ?? end));
}

function isIn(object: JsonObject, name: string | undefined): boolean {
  return name !== undefined && Object.hasOwn(object, name);
}

function changedMembers(page: Page, slot: Slot, value: JsonObject): readonly Edit[] {
  const { members } = slot.node;
  const known = new Set(members.map(({ name }) => name));
  const news = Object.keys(value).filter((name) => !known.has(name));
  const last = members.findLast(({ name }) => isIn(value, name));
  return [
    ...members.flatMap((member) =>
      isIn(value, member.name)
        ? changed(page, member, value[member.name as string] as JsonValue)
        : removed(page, slot, member),
    ),
    ...news.flatMap((name) => added(page, slot, name, value[name] as JsonValue, last)),
  ];
}

function changedItems(page: Page, slot: Slot, value: readonly JsonValue[]): readonly Edit[] {
  const { items } = slot.node;
  return [
    ...items.flatMap((item, index) =>
      index < value.length ? changed(page, item, value[index] as JsonValue) : removed(page, slot, item),
    ),
    ...value.slice(items.length).flatMap((one, index) => added(page, slot, items.length + index, one)),
  ];
}

/** One value in the place of another. */
function replaced(page: Page, { start, behind, node }: Slot, value: JsonValue): Edit {
  if (node.isInFlow) {
    return {
      start: node.start,
      end: node.end,
      text: (node.start === behind && behind > start ? ' ' : '') + flow(value),
    };
  }
  const isOneLine = isBare(value);
  if (isOneLine && node.start > behind && (node.kind === 'scalar' || node.isFlow)) {
    return { start: node.start, end: node.end, text: bare(page, start, value, page.text.slice(node.start, node.end)) };
  }
  const column = columnOf(page, start) + 2;
  const lead = isOneLine || isDash(page, start) ? ' ' : page.eol + ' '.repeat(column);
  const words = isOneLine ? bare(page, start, value, '') : block(page, value, column);
  return { start: behind, end: Math.max(behind, node.end), text: lead + words };
}

/** True for what stands on the line of its name. */
function isBare(value: JsonValue): boolean {
  return typeof value !== 'object' || value === null || Object.keys(value).length === 0;
}

function bare(page: Page, start: number, value: JsonValue, before: string): string {
  if (typeof value === 'object' && value !== null) {
    return flow(value);
  }
  const lines = typeof value === 'string' ? blockText(value, columnOf(page, start) + 2, page.eol) : undefined;
  return lines ?? scalarText(value, false, before);
}

/** A value over lines of its own, the first of which begins at the column already. */
function block(page: Page, value: JsonValue, column: number): string {
  const pad = page.eol + ' '.repeat(column);
  if (Array.isArray(value)) {
    return value.map((item) => `- ${inBlock(page, item, column, '')}`).join(pad);
  }
  const members = Object.entries(value as JsonObject);
  return members.map(([name, member]) => `${scalarText(name, false)}:${inBlock(page, member, column, pad)}`).join(pad);
}

/** What stands behind a colon or, where there is no line to begin, a dash. */
function inBlock(page: Page, value: JsonValue, column: number, pad: string): string {
  const space = pad === '' ? '' : ' ';
  if (!isBare(value)) {
    return (pad === '' ? '' : `${pad}  `) + block(page, value, column + 2);
  }
  const lines = typeof value === 'string' ? blockText(value, column + 2, page.eol) : undefined;
  return space + (lines ?? (typeof value === 'object' && value !== null ? flow(value) : scalarText(value, false)));
}

function flow(value: JsonValue): string {
  if (Array.isArray(value)) {
    return `[${value.map(flow).join(', ')}]`;
  }
  if (!isJsonObject(value)) {
    return scalarText(value as string | number | boolean | null, true);
  }
  const members = Object.entries(value).map(([name, member]) => `${scalarText(name, true)}: ${flow(member)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

/** A new member or item, behind the last one. */
function added(page: Page, slot: Slot, part: string | number, value: JsonValue, last = lastIn(slot)): readonly Edit[] {
  const { node } = slot;
  if (last === undefined) {
    return [replaced(page, slot, typeof part === 'number' ? [value] : { [part]: value })];
  }
  const one = typeof part === 'number' ? [value] : { [part]: value };
  if (node.isFlow) {
    const words = typeof part === 'number' ? flow(value) : `${scalarText(part, true)}: ${flow(value)}`;
    return [{ start: last.node.end, end: last.node.end, text: `, ${words}` }];
  }
  const column = columnOf(page, last.start);
  const end = lineEnd(page, last.node.end);
  return [{ start: end, end, text: page.eol + ' '.repeat(column) + block(page, one, column) }];
}

function lastIn({ node }: Slot): Slot | undefined {
  return node.kind === 'list' ? node.items.at(-1) : node.members.at(-1);
}

/** Its lines; where it shares its first one with what it stands in, or stands between brackets, up to its neighbour. */
function removed(page: Page, outer: Slot, part: Slot): readonly Edit[] {
  const { node } = outer;
  const parts: readonly Slot[] = node.kind === 'list' ? node.items : node.members;
  const index = parts.indexOf(part);
  const [before, next] = [parts[index - 1], parts[index + 1]];
  if (node.isFlow) {
    const start = next === undefined && before !== undefined ? before.node.end : part.start;
    return [{ start, end: next?.start ?? part.node.end, text: '' }];
  }
  const begin = lineStart(page.text, part.start);
  const isAlone = /^ *$/.test(page.text.slice(begin, part.start));
  if (!isAlone && next !== undefined) {
    return [{ start: part.start, end: next.start, text: '' }];
  }
  const end = lineEnd(page, part.node.end);
  const lines: Edit = isAlone
    ? { start: begin, end: afterLine(page, end), text: '' }
    : { start: part.start, end: Math.max(part.node.end, part.behind), text: node.kind === 'list' ? '[]' : '{}' };
  const isEmptied = isAlone && parts.length === 1 && outer.behind > outer.start;
  const empty = { start: outer.behind, end: outer.behind, text: node.kind === 'list' ? ' []' : ' {}' };
  return isEmptied ? [empty, lines] : [lines];
}

function isDash({ text }: Page, start: number): boolean {
  return text[start] === '-' && /[ \t\r\n]/.test(text[start + 1] ?? ' ');
}

function columnOf({ text }: Page, offset: number): number {
  return offset - lineStart(text, offset);
}

/** Behind a byte order mark. */
function lineStart(text: string, offset: number): number {
  const start = offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
  return start === 0 && text.startsWith('\uFEFF') ? 1 : start;
}

/** Before the line break. */
function lineEnd({ text }: Page, offset: number): number {
  const next = text.indexOf('\n', offset);
  return next === -1 ? text.length : next - (text[next - 1] === '\r' && next > offset ? 1 : 0);
}

function afterLine({ text }: Page, end: number): number {
  return text.startsWith('\r\n', end) ? end + 2 : Math.min(end + 1, text.length);
}
