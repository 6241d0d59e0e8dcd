import type { Doc, Heads } from '@automerge/automerge';
import { canonicalText } from '../../base/canonical-json.ts';
import { hexFromBytes, utf8 } from '../../base/bytes.ts';
import type { ChangeId } from '../../base/ids.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../../base/json.ts';
import { tokensOf } from '../../base/json-pointer.ts';
import type { LoggedChange } from '../../contract/change.ts';
import type { PatchOperation } from '../../contract/patch-operation.ts';
import { sha256 } from '../../crypto/hash.ts';
import { type Automerge, automerge } from './automerge.ts';
import { type Fields, branchedDocument } from './branched-document.ts';
import { type Branches, recordStep } from './graph-steps.ts';
import { parsePatch, setMember } from '../values/json-patch.ts';

/** Replays each change at its own parents under an actor of its author, and reads what Automerge makes of all. */
export function mergeBranches({ graph, base, branched, heads, notes }: Branches): JsonObject {
  const library = automerge();
  const { contested, apart } = split(base, branched);
  const document = branchedDocument(library, (fields) => {
    writeMembers(library, fields, contested);
  });
  const headsAfter = new Map<ChangeId, Heads>();
  for (const change of branched) {
    const parents = graph.parentsOf(change);
    // A parent on the common line adds nothing: all branches begin behind it.
    const standsOn = new Set(parents.flatMap((parent) => headsAfter.get(parent.changeId) ?? []));
    const branch = document.branch([...standsOn], actorOf(change));
    const before = notes.texts.shown({ ...apart, ...readMembers(library, branch) }, parents);
    const { operations } = recordStep(change, before, notes);
    const after = document.write(branch, (fields) => perform(library, fields, operations));
    headsAfter.set(change.changeId, after);
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

/** One actor for each change: 16 bytes of the device, 16 of the change. A forked device cannot repeat one. */
function actorOf(change: LoggedChange): string {
  const device = hexFromBytes(sha256(utf8(change.deviceId)).subarray(0, 16));
  return device + hexFromBytes(sha256(utf8(change.changeId)).subarray(0, 16));
}

function perform(library: Automerge, fields: Fields, operations: readonly PatchOperation[]): void {
  for (const operation of operations) {
    const tokens = tokensOf(operation.path) ?? [];
    const last = tokens.at(-1);
    if (last === undefined) {
      replaceMembers(library, fields, operation.op === 'add' && isJsonObject(operation.value) ? operation.value : {});
      continue;
    }
    const parent = parentOf(fields, tokens.slice(0, -1), operation.op === 'add');
    if (operation.op === 'add' && parent !== undefined) {
      parent[keyOf(last)] = encoded(library, operation.value);
    } else if (parent !== undefined && keyOf(last) in parent) {
      delete parent[keyOf(last)];
    }
  }
}

function parentOf(fields: Fields, tokens: readonly string[], isMade: boolean): Fields | undefined {
  let parent: Fields | undefined = fields;
  for (const token of tokens) {
    if (isMade && parent[keyOf(token)] === undefined) {
      parent[keyOf(token)] = {};
    }
    parent = parent[keyOf(token)] as Fields | undefined;
    if (parent === undefined) {
      return undefined;
    }
  }
  return parent;
}

function replaceMembers(library: Automerge, fields: Fields, next: JsonObject): void {
  for (const key of Object.keys(fields)) {
    if (!Object.hasOwn(next, key.slice(1))) {
      delete fields[key];
    }
  }
  writeMembers(library, fields, next);
}

function writeMembers(library: Automerge, fields: Fields, members: JsonObject): void {
  // Automerge numbers what is written as it comes, and who wins among equals goes by the number.
  for (const name of Object.keys(members).sort()) {
    fields[keyOf(name)] = encoded(library, members[name] as JsonValue);
  }
}

/** Objects become maps; everything else travels as its JSON text, which no number or string type can bend. */
function encoded(library: Automerge, value: JsonValue): unknown {
  if (!isJsonObject(value)) {
    return new library.ImmutableString(canonicalText(value));
  }
  const map: Fields = {};
  writeMembers(library, map, value);
  return map;
}

function readMembers(library: Automerge, document: Doc<Fields>): JsonObject {
  return decoded(library, library.toJS(document)) as JsonObject;
}

function decoded(library: Automerge, value: unknown): JsonValue {
  if (library.isImmutableString(value)) {
    return JSON.parse(value.toString()) as JsonValue;
  }
  const object: JsonObject = {};
  for (const [key, member] of Object.entries(value as Fields)) {
    setMember(object, key.slice(1), decoded(library, member));
  }
  return object;
}

/** A prefix makes `__proto__` and the empty name ordinary keys. */
function keyOf(name: string): string {
  return `.${name}`;
}
