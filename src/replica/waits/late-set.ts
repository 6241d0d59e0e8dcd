import type { CollectionName } from '../../base/ids.ts';
import { ownerText, ownerUrn } from '../../contract/owner.ts';
import type { RecordRow } from '../../contract/record.ts';
import type { LateSet } from '../../merge/values/references.ts';
import type { Store } from '../../store/ground/port.ts';
import { type OwnerPlace, type OwnerState, ownerPlaces, readOwnerState } from '../names/owner-state.ts';

/** What is looked at beside the sets themselves. */
export interface LateTarget {
  readonly collection: CollectionName;
  readonly id: string;
  /** Undefined where nothing of it is stored here. */
  readonly row: RecordRow | undefined;
  /** What it requires and has not, as one of several; undefined where it lacks nothing. Asked of records of partial sets. */
  lacks(): string | undefined;
}

/** The set that brings a record, or would, and that does not stand as its owner pushed it last; undefined for none. */
export function lateSetOf(store: Pick<Store, 'settings'>, target: LateTarget): LateSet | undefined {
  for (const place of ownerPlaces(store)) {
    if (place.collection === target.collection) {
      const late = lateIn(place, readOwnerState(store, place.collection, place.owner), target);
      if (late !== undefined) {
        return late;
      }
    }
  }
  return undefined;
}

/** True while some owner's set of a collection is not what its owner pushed last. */
export function hasLateSet(store: Pick<Store, 'settings'>, collection: CollectionName): boolean {
  return ownerPlaces(store).some(
    (place) => place.collection === collection && isLate(readOwnerState(store, collection, place.owner)),
  );
}

function isLate({ status, unsatisfied }: OwnerState): boolean {
  return status === 'sync_failed' || status === 'pending_retry' || (status === 'partial' && unsatisfied.length > 0);
}

function lateIn({ collection, owner }: OwnerPlace, state: OwnerState, target: LateTarget): LateSet | undefined {
  const { id, row } = target;
  const name = ownerText(owner);
  const what = `The set of ${name} in ${collection}`;
  const show = `sourcesync owners show ${name} ${collection}`;
  const said = { collection, owner: name, status: state.status };
  const isOwned = row?.managedBy === owner.type && row.authorId === ownerUrn(owner);
  switch (state.status) {
    case 'sync_failed': {
      const stands = state.syncToken === null ? 'Nothing of it is here' : 'What it had before stands';
      return isOwned || isNamed(state, id)
        ? {
            ...said,
            message: `${what} was not taken when it was pushed last. ${stands}. Why: ${state.message ?? ''}`,
            remedy: `Mend that and push it again: sourcesync push ${collection} --owner ${name}. See: ${show}`,
          }
        : undefined;
    }
    case 'pending_retry': {
      const review = state.late?.reviewId ?? null;
      return isOwned || isNamed(state, id)
        ? {
            ...said,
            message: `${what} waits for a person since it was pushed last. What it had before stands.`,
            remedy: review === null ? `See: ${show}` : `Decide it: sourcesync reviews show ${review}`,
          }
        : undefined;
    }
    case 'partial': {
      const lacks = state.unsatisfied.includes(id) ? target.lacks() : undefined;
      return lacks === undefined
        ? undefined
        : { ...said, lacks, message: `${what} is partial: ${id} needs ${lacks}.`, remedy: `See: ${show}` };
    }
    case 'not_synced':
    case 'syncing':
    case 'synced':
      return undefined;
  }
}

/** Whether the push that was not taken names the record. Its names stand in order. */
function isNamed({ late }: OwnerState, id: string): boolean {
  const ids = late?.ids ?? [];
  let [from, to] = [0, ids.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((ids[middle] as string) < id) {
      from = middle + 1;
    } else {
      to = middle;
    }
  }
  return ids[from] === id;
}
