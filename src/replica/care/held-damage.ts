import type { CollectionName } from '../../base/ids.ts';
import { pagesOf } from '../../base/pages.ts';
import type { QuarantineItem } from '../../contract/review.ts';
import type { Store } from '../../store/ground/port.ts';
import { rowDamaged } from '../names/row-damaged.ts';

/** What is held because a row is damaged: the record itself (`changeId` null), or a change that stands on it. */
export function* heldDamage(store: Pick<Store, 'quarantine'>): Generator<QuarantineItem, undefined> {
  for (const { items } of pagesOf((cursor) => store.quarantine.listHeld({ cursor, limit: 500 }))) {
    yield* items.filter(({ detail }) => detail === rowDamaged.detail);
  }
}

/** Collections of which a change is held because what it stands on could not be read. */
export function collectionsHeldForDamage(store: Pick<Store, 'quarantine'>): ReadonlySet<CollectionName> {
  const held = [...heldDamage(store)].filter(({ changeId }) => changeId !== null);
  return new Set(held.flatMap(({ collection }) => collection ?? []));
}
