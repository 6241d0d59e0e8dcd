import { hexFromBytes, textFromUtf8, utf8 } from '../base/bytes.ts';
import { valueAt } from '../base/json-pointer.ts';
import { type JsonObject, type JsonValue } from '../base/json.ts';
import { type ChunkList, decodeChunkList } from '../contract/chunk-list.ts';
import type { FileMapping } from '../contract/engine.ts';
import { chunksOf, linesOf, sharesTenth, wordPairsOf } from './overlap.ts';

/** How what a person has in a record can be gone: with the record, out of it, or under something else. */
export type LossKind = 'removed' | 'emptied' | 'replaced';

/** What says where the content of a record is; a binding is one. */
export interface ContentView {
  readonly files: FileMapping | undefined;
  /** JSON pointers of fields that merge as text. */
  readonly textPaths: readonly string[];
}

/**
 * A record with less is only lost when it is emptied: rewriting a few lines is an everyday edit, and of fewer than ten
 * there is no tenth that could be left.
 */
const leastPieces = 10;
/** A text of a few long lines is told by its words instead, where it has a paragraph of them. */
const leastWordPairs = 50;
/** Above it what is untouched at both ends settles the question without reading lines. */
const manyCharacters = 8192;

/**
 * What a change of the live fields takes away; undefined where it is an edit like any other. `after` is null where
 * nothing is live any more. A replacement has under a tenth of the lines in common (bytes: of the chunks; a record that
 * is neither file nor text: of the values of its members), and under a tenth of the word sequences, so that formatting
 * is none.
 */
export function lossOf(
  view: ContentView,
  id: string,
  before: JsonObject,
  after: JsonObject | null,
): LossKind | undefined {
  if (after === null) {
    return 'removed';
  }
  if (isMostlyUntouched(before, after)) {
    return undefined;
  }
  const was = contentOf(view, id, before);
  const is = sameKindOf(view, id, was.from, after);
  if (isEmpty(was.content)) {
    return undefined;
  }
  return isEmpty(is) ? 'emptied' : isReplaced(was.content, is) ? 'replaced' : undefined;
}

/** True where a change of the live fields takes away what a person has in them. */
export function isLoss(view: ContentView, id: string, before: JsonObject, after: JsonObject | null): boolean {
  return lossOf(view, id, before, after) !== undefined;
}

/** What a record holds; of a large file the list of its chunks. */
type Content = string | Uint8Array | ChunkList;
type Source = 'file' | 'text' | 'members';

function contentOf(view: ContentView, id: string, fields: JsonObject): { readonly from: Source; content: Content } {
  const file = fileContent(view, id, fields);
  if (file !== undefined) {
    return { from: 'file', content: file };
  }
  const text = textIn(view, fields);
  return text.trim() === ''
    ? { from: 'members', content: valuesIn(fields).join('\n') }
    : { from: 'text', content: text };
}

/** What is now where the content was before; nothing, where the record is no file or holds no text any more. */
function sameKindOf(view: ContentView, id: string, from: Source, fields: JsonObject): Content {
  switch (from) {
    case 'file':
      return fileContent(view, id, fields) ?? textIn(view, fields);
    case 'text':
      return textIn(view, fields);
    case 'members':
      return valuesIn(fields).join('\n');
  }
}

/** The text of a file, or its bytes where they are none. */
function fileContent({ files }: ContentView, id: string, fields: JsonObject): Content | undefined {
  const file = files?.toFile(id, fields);
  const list = file?.chunked === true ? decodeChunkList(file.bytes) : undefined;
  if (list !== undefined) {
    return list.ok ? list.value : undefined;
  }
  return file && (textFromUtf8(file.bytes) ?? file.bytes);
}

function textIn({ textPaths }: ContentView, fields: JsonObject): string {
  return textPaths
    .map((path) => valueAt(fields, path))
    .filter((value) => typeof value === 'string')
    .join('\n');
}

/** The values of all members, whatever they are called: a member that is renamed has lost nothing. */
function valuesIn(value: JsonValue): readonly string[] {
  if (typeof value === 'string') {
    return value.trim() === '' ? [] : [value];
  }
  if (value === null) {
    return [];
  }
  return typeof value === 'object' ? Object.values(value).flatMap(valuesIn) : [String(value)];
}

function isEmpty(content: Content): boolean {
  return typeof content === 'string' ? content.trim() === '' : sizeOf(content) === 0;
}

function sizeOf(content: Content): number {
  return isList(content) ? content.sizeBytes : content.length;
}

function isReplaced(before: Content, after: Content): boolean {
  if (isList(before)) {
    // What a file that became small holds of the large one is not known here: a tenth of it, at most, if it is that small.
    return isList(after) ? !sharesTenth(idsIn(before), idsIn(after)) : sizeOf(after) * 10 < before.sizeBytes;
  }
  // A file that grew to a large one is edited like any other, as far as anybody can tell without its bytes.
  return !isList(after) && isOtherContent(before, after);
}

function isOtherContent(before: string | Uint8Array, after: string | Uint8Array): boolean {
  if (typeof before !== 'string') {
    const chunks = chunksOf(before);
    return chunks.length >= leastPieces && !sharesTenth(chunks, chunksOf(bytesOf(after)));
  }
  return typeof after === 'string'
    ? isOtherText(before, after, false)
    : // Text became bytes that are none: no edit does that, of however short a note. Another encoding is no loss.
      isOtherText(before, Buffer.from(after).toString('latin1'), true);
}

function isList(content: Content): content is ChunkList {
  return typeof content === 'object' && 'chunks' in content;
}

function idsIn({ chunks }: ChunkList): readonly string[] {
  return chunks.map(({ id }) => hexFromBytes(id));
}

function isOtherText(before: string, after: string, alsoSmall: boolean): boolean {
  const lines = linesOf(before);
  if (sharesTenth(lines, linesOf(after))) {
    return false;
  }
  const pairs = wordPairsOf(before);
  const isSmall = lines.length < leastPieces && pairs.length < leastWordPairs;
  return (alsoSmall || !isSmall) && !sharesTenth(pairs, wordPairsOf(after));
}

function bytesOf(content: string | Uint8Array): Uint8Array {
  return typeof content === 'string' ? utf8(content) : content;
}

/** True for a large record of which half of all text stands where it stood: typing in a long document costs little. */
function isMostlyUntouched(before: JsonObject, after: JsonObject): boolean {
  let total = 0;
  let same = 0;
  const compare = (was: JsonValue, is: JsonValue | undefined): void => {
    if (typeof was === 'string') {
      total += was.length;
      same += typeof is === 'string' ? untouchedIn(was, is) : 0;
    } else if (typeof was === 'object' && was !== null) {
      for (const [name, value] of Object.entries(was)) {
        compare(value, typeof is === 'object' && is !== null ? (is as JsonObject)[name] : undefined);
      }
    }
  };
  compare(before, after);
  return total >= manyCharacters && same * 2 >= total;
}

/** Characters that both texts begin with, and end with. */
function untouchedIn(before: string, after: string): number {
  const most = Math.min(before.length, after.length);
  const start = longest(most, (length) => before.slice(0, length) === after.slice(0, length));
  const end = longest(
    most - start,
    (length) => before.slice(before.length - length) === after.slice(after.length - length),
  );
  return start + end;
}

/** The greatest length up to `most` for which it is true, where every lesser one is too. */
function longest(most: number, isSame: (length: number) => boolean): number {
  let [low, high] = [0, most];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (isSame(middle)) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}
