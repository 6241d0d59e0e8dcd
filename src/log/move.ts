import { type ChangeId, type RecordId, parseChangeId, parseRecordId } from '../base/ids.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../base/json.ts';
import type { Change } from '../contract/change.ts';
import type { ArrivalClaim, DepartureClaim, Move } from '../contract/move.ts';
import { parsePatch } from '../merge/values/json-patch.ts';
import { isRemoval } from '../merge/values/plan.ts';
import { maximumParents } from './change.ts';

/** The one member of the value of an arrival, and of a departure. */
const arrivalName = '$moved';
const departureName = '$movedTo';

/** `none` for a change that is no part of a rename, `malformed` for one that says it is in a form nobody knows. */
export type MoveForm = Move | { readonly kind: 'none' | 'malformed' };

const none: MoveForm = { kind: 'none' };
const malformed: MoveForm = { kind: 'malformed' };

/**
 * What a change says of a rename: a put `{"$moved": {from, heads}}`, a patch `{"$moved": {from, heads, patch?}}`, a
 * removal `{"$movedTo": {change, id}}`. Never throws.
 */
export function moveFormOf(change: Pick<Change, 'operation' | 'objectId' | 'value'>): MoveForm {
  const { operation, objectId, value } = change;
  if (isRemoval(change)) {
    return value === null ? none : (departureFrom(onlyMember(value, departureName), objectId) ?? malformed);
  }
  const said = operation === 'command' ? undefined : onlyMember(value, arrivalName);
  return said === undefined ? none : (arrivalFrom(said, operation === 'patch', objectId) ?? malformed);
}

export function arrivalOf(change: Pick<Change, 'operation' | 'objectId' | 'value'>): ArrivalClaim | undefined {
  const form = moveFormOf(change);
  return form.kind === 'arrival' ? form : undefined;
}

export function departureOf(change: Pick<Change, 'operation' | 'objectId' | 'value'>): DepartureClaim | undefined {
  const form = moveFormOf(change);
  return form.kind === 'departure' ? form : undefined;
}

export function arrivalValue({ from, heads, patch }: Omit<ArrivalClaim, 'kind'>): JsonObject {
  const said = { from, heads: [...heads].sort() };
  return { [arrivalName]: patch === undefined ? said : { ...said, patch: patch as unknown as JsonValue } };
}

export function departureValue({ to, arrival }: Omit<DepartureClaim, 'kind'>): JsonObject {
  return { [departureName]: { change: arrival, id: to } };
}

/** True for fields that the log would read as a rename: nobody writes them as a record. */
export function readsAsMove(fields: JsonObject): boolean {
  return onlyMember(fields, arrivalName) !== undefined;
}

function onlyMember(value: JsonValue, name: string): JsonValue | undefined {
  return isJsonObject(value) && Object.keys(value).length === 1 && Object.hasOwn(value, name) ? value[name] : undefined;
}

function arrivalFrom(said: JsonValue, mayPatch: boolean, objectId: RecordId): ArrivalClaim | undefined {
  const { from, heads, patch } = isJsonObject(said) ? said : {};
  const id = typeof from === 'string' ? parseRecordId(from) : undefined;
  const at = headsFrom(heads);
  const operations = patch === undefined || !mayPatch ? undefined : parsePatch(patch);
  const members = operations === undefined ? 2 : 3;
  const isWhole = isJsonObject(said) && Object.keys(said).length === members;
  return isWhole && id !== undefined && id !== objectId && at !== undefined
    ? { kind: 'arrival', from: id, heads: at, patch: operations }
    : undefined;
}

function departureFrom(said: JsonValue | undefined, objectId: RecordId): DepartureClaim | undefined {
  const { change, id } = said !== undefined && isJsonObject(said) && Object.keys(said).length === 2 ? said : {};
  const arrival = typeof change === 'string' ? parseChangeId(change) : undefined;
  const to = typeof id === 'string' ? parseRecordId(id) : undefined;
  return arrival !== undefined && to !== undefined && to !== objectId ? { kind: 'departure', to, arrival } : undefined;
}

/** Ascending and without repetition, as the parents of a change are. */
function headsFrom(value: JsonValue | undefined): readonly ChangeId[] | undefined {
  if (!Array.isArray(value) || value.length === 0 || value.length > maximumParents) {
    return undefined;
  }
  const heads: ChangeId[] = [];
  for (const item of value as readonly JsonValue[]) {
    const head = typeof item === 'string' ? parseChangeId(item) : undefined;
    const last = heads.at(-1);
    if (head === undefined || (last !== undefined && last >= head)) {
      return undefined;
    }
    heads.push(head);
  }
  return heads;
}
