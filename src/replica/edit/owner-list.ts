import type { CollectionName, RecordId } from '../../base/ids.ts';
import type { JsonObject } from '../../base/json.ts';
import type { OwnerName, OwnerStatus } from '../../contract/owner.ts';
import type { Page } from '../../store/ground/port.ts';
import type { Core } from '../kernel/core.ts';
import type { MissingReference } from '../names/owner-report.ts';
import { type OwnerPlace, type OwnerState, keyOf, ownerPlaces, readOwnerState } from '../names/owner-state.ts';
import type { CollectionBinding } from '../names/binding.ts';
import { resolveReferences } from '../past/references.ts';

/** What this device knows of an owner's set in a collection, as it is now. */
export interface OwnerSetView extends OwnerPlace {
  readonly state: OwnerState;
  /** A partial set is synced once everything is there that it lacked. */
  readonly status: OwnerStatus;
  /** Required references of the active set that lead to no record by which they are met. */
  readonly unsatisfied: readonly MissingReference[];
}

export interface OwnerListRequest {
  /** The last key of the page before; null for the first page. */
  readonly cursor: string | null;
  readonly limit: number;
  readonly collection?: CollectionName;
  readonly owner?: OwnerName;
}

/** The sets that were pushed on this device, by collection, then by owner: one page. */
export function listOwners(
  core: Pick<Core, 'store' | 'logs' | 'rules'>,
  { cursor, limit, collection, owner }: OwnerListRequest,
): Page<OwnerSetView> {
  const asked = ownerPlaces(core.store).filter(
    (place) =>
      (collection === undefined || place.collection === collection) &&
      (owner === undefined || (place.owner.type === owner.type && place.owner.id === owner.id)) &&
      (cursor === null || keyOf(place) > cursor),
  );
  const page = asked.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map((place) => viewOwnerSet(core, place)),
    nextCursor: last !== undefined && asked.length > page.length ? keyOf(last) : null,
  };
}

export function viewOwnerSet(
  core: Pick<Core, 'store' | 'logs' | 'rules'>,
  { collection, owner }: OwnerPlace,
): OwnerSetView {
  const state = readOwnerState(core.store, collection, owner);
  const unsatisfied = state.unsatisfied.flatMap((id) => unsatisfiedOf(core, collection, id as RecordId));
  const isWhole = state.status === 'partial' && state.foreign === 0 && unsatisfied.length === 0;
  return { collection, owner, state, status: isWhole ? 'synced' : state.status, unsatisfied };
}

/** Of one record as it is live here. */
export function unsatisfiedOf(
  core: Pick<Core, 'store' | 'logs' | 'rules'>,
  collection: CollectionName,
  id: RecordId,
): readonly MissingReference[] {
  const binding = core.rules.bindings.ofCollection(collection);
  const row = core.store.records.get(collection, id);
  const fields = row === undefined || row === 'damaged' || row.state !== 'live' ? null : row.fields;
  return binding === undefined || fields === null ? [] : unsatisfiedIn(core, binding, id, fields);
}

export function unsatisfiedIn(
  core: Pick<Core, 'store' | 'logs' | 'rules'>,
  binding: CollectionBinding,
  id: string,
  fields: JsonObject,
): readonly MissingReference[] {
  return resolveReferences(core, binding, fields).flatMap(({ to, fatal, detail }) =>
    fatal ? [{ id, to, ...(detail === undefined ? {} : { detail }) }] : [],
  );
}
