import { expect } from 'vitest';
import type { CollectionCounts, Page, PageRequest, Store } from '../../src/store/ground/port.ts';
import {
  auditEvent,
  historyRow,
  linkedFile,
  logRow,
  quarantineItem,
  recordOf,
  recordRow,
  reviewItem,
  scopeOf,
  transition,
} from './store-rows.ts';

export const first: PageRequest = { cursor: null, limit: 100 };
export const noCounts: CollectionCounts = {
  ...{ live: 0, tombstoned: 0, collected: 0 },
  ...{ review: 0, conflicts: 0, quarantined: 0 },
};

/** All items, read in pages of `limit`; fails when a page is larger than that. */
export function readAll<T>(limit: number, read: (page: PageRequest) => Page<T>): readonly T[] {
  const items: T[] = [];
  for (let cursor: string | null = null, pages = 0; pages === 0 || cursor !== null; pages++) {
    const page: Page<T> = read({ cursor, limit });
    expect(page.items.length).toBeLessThanOrEqual(limit);
    expect(pages).toBeLessThan(1000);
    items.push(...page.items);
    cursor = page.nextCursor;
  }
  return items;
}

/** One row in every table. */
export function fillAll(store: Store): void {
  store.settings.set('label', 'desk');
  store.records.put(recordRow('a'));
  store.history.addIfAbsent(historyRow(1));
  store.log.append(logRow(1));
  store.log.acknowledge(scopeOf(1), 'wss://relay', 1);
  store.scopes.append({ scopeId: scopeOf(1), sequence: 0, bytes: new Uint8Array([1]) });
  store.scopes.setEpochKey(scopeOf(1), 0, new Uint8Array(32).fill(7));
  store.reviews.put(reviewItem('rv_a'));
  store.quarantine.put(quarantineItem('qr_a'));
  store.audit.append(auditEvent(0));
  store.transitions.add(transition(0));
  store.links.put({ engineId: 'sourceos.sync.notes' as never, root: '/home/notes' });
  store.links.putFile('/home/notes', linkedFile('a.md'));
  store.vault.put(recordOf('secret'), { password: 'x' });
}
