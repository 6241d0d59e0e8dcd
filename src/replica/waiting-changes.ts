import type { CollectionName } from '../base/ids.ts';
import type { HistoryRow, Page } from '../store/port.ts';
import type { Core } from './core.ts';

/** Every change of a collection that waits, oldest stamp first. */
export function waitingChanges(core: Pick<Core, 'store'>, collection: CollectionName): readonly HistoryRow[] {
  const waiting: HistoryRow[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<HistoryRow> = core.store.history.listWaiting(collection, { cursor, limit: 500 });
    waiting.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return waiting;
}
