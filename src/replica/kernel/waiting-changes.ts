import type { CollectionName } from '../../base/ids.ts';
import { pagesOf } from '../../base/pages.ts';
import type { HistoryRow } from '../../store/ground/port.ts';
import type { Core } from './core.ts';

/** Every change of a collection that waits, oldest stamp first. */
export function waitingChanges(core: Pick<Core, 'store'>, collection: CollectionName): readonly HistoryRow[] {
  const pages = pagesOf((cursor) => core.store.history.listWaiting(collection, { cursor, limit: 500 }));
  return [...pages].flatMap(({ items }) => items);
}
