import * as Y from 'yjs';
import { bytesFromBase64url } from '../../base/bytes.ts';
import { type JsonValue, isJsonObject } from '../../base/json.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { jsonFrom } from './crdt-json.ts';
import { isExact } from '../../base/exact-number.ts';

export const maximumUpdateBytes: number = 1024 * 1024;
export const maximumDocumentBytes: number = 8 * 1024 * 1024;
/** Structs and deletions of one update: more is no edit of a person or a program in its right mind. */
const maximumParts = 262_144;
/** Clocks count characters; beyond this a record is not text any more, and numbers lose precision further up. */
const maximumClock = 2 ** 31;

/** What somebody lacks where there is nothing to bring. */
export const emptyUpdate: Uint8Array = Uint8Array.of(0, 0);

export type CrdtFault = 'crdt_malformed' | 'crdt_too_large';

/** The structs that an update brings, by client: where they begin and end on that client's clock. */
export interface UpdateRange {
  readonly client: number;
  readonly startClock: number;
  readonly endClock: number;
}

/** The bytes of a change's value `{yjs: base64url}`. */
export function updateBytes(value: JsonValue): Result<Uint8Array, CrdtFault> {
  const text = isJsonObject(value) && Object.keys(value).length === 1 ? value['yjs'] : undefined;
  if (typeof text !== 'string') {
    return err('crdt_malformed');
  }
  if (text.length > Math.ceil((maximumUpdateBytes * 4) / 3)) {
    return err('crdt_too_large');
  }
  const bytes = bytesFromBase64url(text);
  return bytes === undefined ? err('crdt_malformed') : ok(bytes);
}

/**
 * Reads an update without applying it. The reader takes each struct from the bytes before it makes room for it, so
 * that a claimed count costs nothing; the applying reader of Yjs allocates by the claim. Never throws.
 */
export function inspectUpdate(bytes: Uint8Array): Result<readonly UpdateRange[], CrdtFault> {
  if (bytes.length > maximumUpdateBytes) {
    return err('crdt_too_large');
  }
  try {
    return inspected(bytes);
  } catch {
    return err('crdt_malformed');
  }
}

function inspected(bytes: Uint8Array): Result<readonly UpdateRange[], CrdtFault> {
  let unreadBytes = (): number => 0;
  class CountingDecoder extends Y.UpdateDecoderV1 {
    constructor(decoder: ConstructorParameters<typeof Y.UpdateDecoderV1>[0]) {
      super(decoder);
      unreadBytes = () => bytes.length - decoder.pos;
    }
  }
  const { structs, ds } = Y.decodeUpdateV2(bytes, CountingDecoder);
  if (unreadBytes() !== 0) {
    return err('crdt_malformed');
  }
  const deletions = [...ds.clients.values()].flat();
  if (structs.length + deletions.length > maximumParts) {
    return err('crdt_too_large');
  }
  if (!structs.every(isOfRecord)) {
    return err('crdt_malformed');
  }
  const ranges = structs.map(({ id, length }) => rangeOf(id.client, id.clock, length));
  const deleted = [...ds.clients].flatMap(([client, items]) =>
    items.map(({ clock, len }) => rangeOf(client, clock, len)),
  );
  return [...ranges, ...deleted].every(isPlausible) ? ok(ranges) : err('crdt_malformed');
}

/**
 * True for what a record is made of: JSON, texts and maps below the one root. Judged by the update alone, so that the
 * answer is the same whatever stands beside it.
 */
function isOfRecord(struct: Y.Item | Y.GC | Y.Skip): boolean {
  if (!(struct instanceof Y.Item)) {
    return struct instanceof Y.GC;
  }
  const { content, parentSub } = struct;
  // Yjs has read the parent's root name into this place, whatever its type says.
  const parent: unknown = struct.parent;
  const isBelowRoot = typeof parent !== 'string' || (parent === 'fields' && parentSub !== null);
  return isBelowRoot && isOfJson(content);
}

function isOfJson(content: Y.Item['content']): boolean {
  if (content instanceof Y.ContentType) {
    return content.type.constructor === Y.Map || content.type.constructor === Y.Text;
  }
  if (content instanceof Y.ContentAny) {
    return content.arr.every((value) => jsonFrom(value, 1) !== undefined);
  }
  return [Y.ContentString, Y.ContentDeleted, Y.ContentFormat].some((kind) => content instanceof kind);
}

/** A number of an inspected update that a reader of its JSON could not tell from its neighbours. */
export function inexactNumberIn(bytes: Uint8Array): number | undefined {
  for (const struct of Y.decodeUpdate(bytes).structs) {
    const values = struct instanceof Y.Item && struct.content instanceof Y.ContentAny ? struct.content.arr : [];
    const found = inexactIn(values);
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}

function inexactIn(value: unknown): number | undefined {
  if (typeof value === 'number') {
    return value === 0 || isExact(value) ? undefined : value;
  }
  if (typeof value !== 'object' || value === null) {
    return undefined;
  }
  for (const item of Object.values(value)) {
    const found = inexactIn(item);
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}

function rangeOf(client: number, startClock: number, length: number): UpdateRange {
  return { client, startClock, endClock: startClock + length };
}

function isPlausible({ client, startClock, endClock }: UpdateRange): boolean {
  return Number.isSafeInteger(client) && startClock >= 0 && endClock >= startClock && endClock <= maximumClock;
}
