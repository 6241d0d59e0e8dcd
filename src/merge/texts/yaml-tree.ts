import { type Pair, type ParsedNode, type Scalar, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import { maximumDepth } from '../../base/canonical-json.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { setMember } from '../values/json-patch.ts';
import { plainValue } from './yaml-scalars.ts';

/** A value in a YAML text, and where it stands. */
export interface YamlNode {
  readonly kind: 'scalar' | 'map' | 'list';
  readonly start: number;
  /** Without line breaks behind it. */
  readonly end: number;
  /** Written with braces or brackets, as JSON is. */
  readonly isFlow: boolean;
  /** It stands between braces or brackets. */
  readonly isInFlow: boolean;
  /** What the versions of YAML and its readers agree on; undefined where they do not, or where an anchor, alias or tag is in it. */
  readonly value: JsonValue | undefined;
  /** True where the node itself has an anchor or tag, or is an alias: what is in it may be meant elsewhere too. */
  readonly isShared: boolean;
  readonly members: readonly YamlMember[];
  readonly items: readonly YamlItem[];
}

export interface YamlMember {
  /** Undefined where it is no plain name. */
  readonly name: string | undefined;
  /** Of its name. */
  readonly start: number;
  /** Behind the colon. */
  readonly behind: number;
  readonly node: YamlNode;
}

export interface YamlItem {
  /** Of its dash, or of itself between brackets. */
  readonly start: number;
  /** Behind the dash. */
  readonly behind: number;
  readonly node: YamlNode;
}

const longestText = 256 * 1024;
const mostBrackets = 1000;
const deepestLine = 200;

/** The map that a text is; undefined for a text without a value. In words why it cannot be taken apart. Never throws. */
export function yamlMap(text: string): Result<YamlNode | undefined, string> {
  if (text.length > longestText) {
    return err(`It is larger than ${longestText / 1024} KiB.`);
  }
  if (isDeep(text)) {
    return err('It is nested too deep.');
  }
  if (/^%/m.test(text)) {
    return err('It has directives of YAML.');
  }
  const document = parseDocument<ParsedNode>(text, {
    keepSourceTokens: true,
    prettyErrors: false,
    uniqueKeys: false,
    logLevel: 'error',
  });
  const [wrong] = document.errors;
  if (wrong !== undefined) {
    return err(`It is no YAML: something is wrong on line ${lineOf(text, wrong.pos[0])}.`);
  }
  const { contents } = document;
  if (contents === null || (isScalar(contents) && contents.source === '')) {
    return ok(undefined);
  }
  const twice: number[] = [];
  const root = nodeOf(contents, { depth: 0, isInFlow: false, twice });
  if (twice[0] !== undefined) {
    return err(`A name is in it twice: on line ${lineOf(text, twice[0])}.`);
  }
  return root.kind === 'map' ? ok(root) : err('It is no map of names and values.');
}

/** The library calls itself for each level, and takes the process along where the stack ends. Never less than the depth is. */
function isDeep(text: string): boolean {
  let brackets = 0;
  for (const bracket of ['[', '{']) {
    for (let at = text.indexOf(bracket); at >= 0 && brackets <= mostBrackets; at = text.indexOf(bracket, at + 1)) {
      brackets++;
    }
  }
  return brackets > mostBrackets || new RegExp(`^[ \\t?:-]{${deepestLine}}`, 'm').test(text);
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

/** Where a node stands. */
interface Around {
  readonly depth: number;
  readonly isInFlow: boolean;
  /** Learns where the second of equal names is. */
  readonly twice: number[];
}

function nodeOf(node: ParsedNode, around: Around): YamlNode {
  const { isInFlow, twice } = around;
  const [start, end] = node.range;
  const isFlow = !isScalar(node) && 'flow' in node && node.flow === true;
  const isShared = isMarked(node);
  const isUntold = isShared || around.depth > maximumDepth;
  const inner: Around = { ...around, depth: around.depth + 1, isInFlow: isInFlow || isFlow };
  const base = { start, end, isFlow, isInFlow, isShared, members: [], items: [] };
  if (isScalar(node)) {
    return { ...base, kind: 'scalar', end: scalarEnd(node), value: isUntold ? undefined : scalarValue(node) };
  }
  if (isMap(node)) {
    const members = node.items.map((pair) => memberOf(pair, inner));
    noteTwice(members, twice);
    const value = isUntold ? undefined : objectOf(members);
    return { ...base, kind: 'map', members, value, end: isFlow ? end : (members.at(-1)?.node.end ?? end) };
  }
  if (isSeq(node)) {
    const tokens = node.srcToken as { items?: readonly { start: readonly Part[] }[] } | undefined;
    const items = node.items.map((item, index) =>
      itemOf(item as ParsedNode | MapPair, tokens?.items?.[index]?.start, inner),
    );
    const value = isUntold ? undefined : listOf(items);
    return { ...base, kind: 'list', items, value, end: isFlow ? end : (items.at(-1)?.node.end ?? end) };
  }
  return { ...base, kind: 'scalar', isShared: true, value: undefined };
}

function isMarked(node: ParsedNode): boolean {
  return ('anchor' in node && node.anchor !== undefined) || ('tag' in node && node.tag !== undefined);
}

/** A block of lines ends with its line break, which is nobody's. */
function scalarEnd({ range: [start, end], srcToken }: Scalar.Parsed): number {
  if (srcToken?.type !== 'block-scalar') {
    return end;
  }
  return Math.max(start + 1, end - (/[\r\n]+$/.exec(srcToken.source)?.[0].length ?? 0));
}

function scalarValue(node: Scalar.Parsed): JsonValue | undefined {
  const value = node.type === 'PLAIN' ? plainValue(node.value, node.source ?? '') : node.value;
  const isText = typeof value === 'string';
  return isText && !value.isWellFormed() ? undefined : (value as JsonValue | undefined);
}

type MapPair = Pair<ParsedNode, ParsedNode | null>;

function memberOf({ key, value, srcToken }: MapPair, around: Around): YamlMember {
  const parts = srcToken as { start?: readonly Part[]; sep?: readonly Part[] } | undefined;
  const colon = parts?.sep?.find(({ type }) => type === 'map-value-ind')?.offset;
  const isExplicit = parts?.start?.some(({ type }) => type === 'explicit-key-ind') === true;
  const [start, keyEnd] = key.range;
  const named = isScalar(key) && !isMarked(key) && colon !== undefined && !isExplicit ? scalarValue(key) : undefined;
  const behind = colon === undefined ? keyEnd : colon + 1;
  return {
    name: typeof named === 'string' && named !== '__proto__' && named !== '<<' ? named : undefined,
    start,
    behind,
    node: value === null ? nothingAt(behind, around) : nodeOf(value, around),
  };
}

interface Part {
  readonly type: string;
  readonly offset: number;
}

function nothingAt(offset: number, { isInFlow }: Around): YamlNode {
  const none = { isFlow: false, isInFlow, isShared: true, members: [], items: [] };
  return { ...none, kind: 'scalar', start: offset, end: offset, value: undefined };
}

function itemOf(item: ParsedNode | MapPair, tokens: readonly Part[] | undefined, around: Around): YamlItem {
  // A pair between brackets without braces of its own.
  if (!('range' in item)) {
    const { start, node } = memberOf(item, around);
    return { start, behind: start, node: { ...nothingAt(start, around), end: node.end } };
  }
  const dash = tokens?.find(({ type }) => type === 'seq-item-ind')?.offset;
  const node = nodeOf(item, around);
  return dash === undefined ? { start: node.start, behind: node.start, node } : { start: dash, behind: dash + 1, node };
}

function noteTwice(members: readonly YamlMember[], twice: number[]): void {
  const seen = new Set<string>();
  for (const { name, start } of members) {
    if (name !== undefined && seen.has(name)) {
      twice.push(start);
    }
    seen.add(name ?? '');
  }
}

function objectOf(members: readonly YamlMember[]): JsonObject | undefined {
  const object: JsonObject = {};
  for (const { name, node } of members) {
    if (name === undefined || node.value === undefined) {
      return undefined;
    }
    setMember(object, name, node.value);
  }
  return object;
}

function listOf(items: readonly YamlItem[]): JsonValue | undefined {
  const values = items.map(({ node }) => node.value);
  return values.every((value) => value !== undefined) ? values : undefined;
}
