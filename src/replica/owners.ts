import { type Core, commit } from './kernel/core.ts';
import { hasLateSet } from './lists/late-set.ts';
import { listOwners, viewOwnerSet } from './edit/owner-list.ts';
import { pushOwnerSet } from './edit/owner-set.ts';
import { hasListedOwnerSets, listOwnerSets, readOwnerState } from './names/owner-state.ts';
import type { Replica } from './port.ts';

/** Complete sets of records by their owner. */
export function createOwners(
  core: Core,
): Pick<Replica, 'pushOwnerSet' | 'ownerState' | 'ownerSet' | 'owners' | 'hasLateSet'> {
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
