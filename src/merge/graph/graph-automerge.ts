import type { Heads } from '@automerge/automerge';
import { canonicalText } from '../../base/canonical-json.ts';
import { hexFromBytes, utf8 } from '../../base/bytes.ts';
import type { ChangeId } from '../../base/ids.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../../base/json.ts';
import { tokensOf } from '../../base/json-pointer.ts';
import type { LoggedChange } from '../../contract/change.ts';
import type { PatchOperation } from '../../contract/patch-operation.ts';
import { sha256 } from '../../crypto/hash.ts';
import { type Automerge, type Document, automerge } from './automerge.ts';
import { branchedDocument } from './branched-document.ts';
import { type Branches, recordStep } from './graph-steps.ts';
import { parsePatch, setMember } from '../values/json-patch.ts';

/** What a document begins with. */
const rootMap = '_root';

/** Replays each change at its own parents under an actor of its author, and reads what Automerge makes of all. */
export function mergeBranches({ graph, base, branched, heads, notes }: Branches): JsonObject {
  const library = automerge();
  const { contested, apart } = split(base, branched);
  const document = branchedDocument(library, (beginning) => {
    writeMembers(library, beginning, contested);
  });
  const headsAfter = new Map<ChangeId, Heads>();
  for (const change of branched) {
    const parents = graph.parentsOf(change);
    // A parent on the common line adds nothing: all branches begin behind it.
    const standsOn = new Set(parents.flatMap((parent) => headsAfter.get(parent.changeId) ?? []));
    const branch = document.branch([...standsOn], actorOf(change));
    const before = notes.texts.shown({ ...apart, ...readMembers(library, branch) }, parents);
    const { operations } = recordStep(change, before, notes);
    perform(library, branch, operations);
    headsAfter.set(change.changeId, document.take(branch));
  }
  const answer = notes.texts.shown({ ...apart, ...readMembers(library, document.whole()) }, heads);
  document.free();
  return answer;
}

/** Members that no patch of the branches reaches need no place in the document. */
function split(
  base: JsonObject,
  branched: readonly LoggedChange[],
): { readonly contested: JsonObject; readonly apart: JsonObject } {
  const reached = new Set<string>();
  let reachesAll = false;
  for (const change of branched) {
    reachesAll ||= change.operation === 'put';
    for (const { path } of parsePatch(change.value) ?? []) {
      const name = tokensOf(path)?.[0];
      reachesAll ||= name === undefined;
      reached.add(name ?? '');
    }
  }
  const contested: JsonObject = {};
  const apart: JsonObject = {};
  for (const name of Object.keys(base)) {
    setMember(reachesAll || reached.has(name) ? contested : apart, name, base[name] as JsonValue);
  }
  return { contested, apart };
}

/**
 * One actor for each change: 16 bytes of the device, its stamp, 8 of the change. A forked device cannot repeat one. Of
 * two first writes of one device, the second without knowledge of the first (its database was lost), the later is live.
 */
function actorOf({ deviceId, stamp, changeId }: LoggedChange): string {
  const device = hexFromBytes(sha256(utf8(deviceId)).subarray(0, 16));
  return device + stamp.replace('-', '') + hexFromBytes(sha256(utf8(changeId)).subarray(0, 8));
}

function perform(library: Automerge, document: Document, operations: readonly PatchOperation[]): void {
  for (const operation of operations) {
    const tokens = tokensOf(operation.path) ?? [];
    const last = tokens.at(-1);
    if (last === undefined) {
      replaceMembers(library, document, operation.op === 'add' && isJsonObject(operation.value) ? operation.value : {});
      continue;
    }
    const map = mapAt(document, tokens.slice(0, -1), operation.op === 'add');
    if (map !== undefined && operation.op === 'add') {
      writeMember(library, document, map, last, operation.value);
    } else if (map !== undefined && document.getWithType(map, keyOf(last)) !== null) {
      document.delete(map, keyOf(last));
    }
  }
}

/** The map at these names. None where something else stands on the way; what is missing is made where that is asked. */
function mapAt(document: Document, tokens: readonly string[], isMade: boolean): string | undefined {
  let map: string = rootMap;
  for (const token of tokens) {
    const [type, member] = document.getWithType(map, keyOf(token)) ?? [];
    if (type === 'map') {
      map = member as string;
    } else if (type === undefined && isMade) {
      map = document.putObject(map, keyOf(token), {});
    } else {
      return undefined;
    }
  }
  return map;
}

function replaceMembers(library: Automerge, document: Document, next: JsonObject): void {
  for (const key of document.keys(rootMap)) {
    if (!Object.hasOwn(next, key.slice(1))) {
      document.delete(rootMap, key);
    }
  }
  writeMembers(library, document, next);
}

function writeMembers(library: Automerge, document: Document, members: JsonObject): void {
  // Automerge numbers what is written as it comes, and who wins among equals goes by the number.
  for (const name of Object.keys(members).sort()) {
    writeMember(library, document, rootMap, name, members[name] as JsonValue);
  }
}

function writeMember(library: Automerge, document: Document, map: string, name: string, value: JsonValue): void {
  if (isJsonObject(value)) {
    document.putObjectFromHydrate(map, keyOf(name), encoded(library, value));
  } else {
    document.put(map, keyOf(name), canonicalText(value), 'str');
  }
}

/** Objects become maps; everything else travels as its JSON text, which no number or string type can bend. */
function encoded(library: Automerge, value: JsonValue): unknown {
  if (!isJsonObject(value)) {
    return new library.ImmutableString(canonicalText(value));
  }
  const map: Record<string, unknown> = {};
  for (const name of Object.keys(value).sort()) {
    map[keyOf(name)] = encoded(library, value[name] as JsonValue);
  }
  return map;
}

function readMembers(library: Automerge, document: Document): JsonObject {
  return decoded(library, document.materialize(rootMap)) as JsonObject;
}

function decoded(library: Automerge, value: unknown): JsonValue {
  if (library.isImmutableString(value)) {
    return JSON.parse(value.toString()) as JsonValue;
  }
  const object: JsonObject = {};
  for (const [key, member] of Object.entries(value as Record<string, unknown>)) {
    setMember(object, key.slice(1), decoded(library, member));
  }
  return object;
}

/** A prefix makes `__proto__` and the empty name ordinary keys. */
function keyOf(name: string): string {
  return `.${name}`;
}
