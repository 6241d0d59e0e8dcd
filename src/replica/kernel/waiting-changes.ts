import type { CollectionName } from '../../base/ids.ts';
import { pagesOf } from '../../base/pages.ts';
import type { HistoryRow, Store } from '../../store/ground/port.ts';

/** Every change of a collection that waits, oldest stamp first. */
export function waitingChanges(store: Pick<Store, 'history'>, collection: CollectionName): readonly HistoryRow[] {
  const pages = pagesOf((cursor) => store.history.listWaiting(collection, { cursor, limit: 500 }));
  return [...pages].flatMap(({ items }) => items);
}
