import type { CollectionName } from '../base/ids.ts';
import type { Result } from '../base/result.ts';
import type { OwnerName, OwnerSet } from '../contract/owner.ts';
import type { Page } from '../store/ground/port.ts';
import { type OwnerListRequest, type OwnerSetView, listOwners, viewOwnerSet } from './edit/owner-list.ts';
import { pushOwnerSet } from './edit/owner-set.ts';
import { type Core, commit } from './kernel/core.ts';
import { hasLateSet } from './waits/late-set.ts';
import type { OwnerFault, OwnerReport } from './names/owner-report.ts';
import { type OwnerState, hasListedOwnerSets, listOwnerSets, readOwnerState } from './names/owner-state.ts';

/** Complete sets of records by their owner. */
export interface OwnerSets {
  /** Makes an owner's records in a collection those of the set: one transaction, or nothing of it. */
  pushOwnerSet(collection: CollectionName, set: OwnerSet, isConfirmed: boolean): Result<OwnerReport, OwnerFault>;
  ownerState(collection: CollectionName, owner: OwnerName): OwnerState;
  /** The same with what is true of it now. */
  ownerSet(collection: CollectionName, owner: OwnerName): OwnerSetView;
  /** A page of the sets that were pushed on this device, by collection and owner. */
  owners(request: OwnerListRequest): Page<OwnerSetView>;
  /** True while a set of a collection is not what its owner pushed last. */
  hasLateSet(collection: CollectionName): boolean;
}

export function ownerSetsOf(core: Core): OwnerSets {
  return {
    pushOwnerSet: (collection, set, isConfirmed) => pushOwnerSet(core, collection, set, isConfirmed),
    ownerState: (collection, owner) => readOwnerState(core.store, collection, owner),
    ownerSet: (collection, owner) => viewOwnerSet(core, { collection, owner }),
    owners: (request) => listOwners(core, request),
    hasLateSet: (collection) => hasLateSet(core.store, collection),
  };
}

/** Once after an upgrade: a version without a list may have kept sets. */
export function listOldOwnerSets(core: Core): void {
  if (!hasListedOwnerSets(core.store)) {
    commit(core, () => {
      listOwnerSets(core.store);
    });
  }
}
