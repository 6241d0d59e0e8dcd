import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sodium } from '../../../src/crypto/sodium.ts';
import type { Store } from '../../../src/store/ground/port.ts';
import { notes, recordOf, recordRow, stampOf } from '../../contract/store-rows.ts';
import { type StoreHome, createStoreHome } from './store-home.ts';

const firstTwo = { cursor: null, limit: 2 };

let home: StoreHome;

beforeEach(() => {
  home = createStoreHome();
});

afterEach(() => home.remove());

/** How many rows the work opens. */
function opened(work: () => void): number {
  const opening = vi.spyOn(sodium, 'crypto_aead_xchacha20poly1305_ietf_decrypt');
  try {
    work();
    return opening.mock.calls.length;
  } finally {
    opening.mockRestore();
  }
}

function filled(count: number, more: (index: number) => Parameters<typeof recordRow>[1]): Store {
  const store = home.open();
  store.transaction(() => {
    for (let index = 0; index < count; index++) {
      store.records.put(recordRow(recordOf(`r${index}`), more(index)));
    }
  });
  return store;
}

/** One store after the other. */
function anew<T>(store: Store, work: (store: Store) => T): T {
  const answer = work(store);
  store.close();
  home.remove();
  home = createStoreHome();
  return answer;
}

describe('11 the cost of a page', () => {
  it.each([40, 400])('is its own size, wherever it stands among %i rows', (count) => {
    const store = filled(count, () => ({}));
    const { nextCursor } = store.records.list(notes, { cursor: null, limit: count - 10 });
    for (const cursor of [null, nextCursor]) {
      expect(opened(() => store.records.list(notes, { cursor, limit: 10 }))).toBe(10);
    }
  });

  it('of live records opens none of the tombstones that it passes over', () => {
    const store = filled(100, (index) => (index > 0 && index < 99 ? { state: 'tombstoned', fields: null } : {}));
    expect(opened(() => expect(store.records.list(notes, firstTwo, 'live').items).toHaveLength(2))).toBe(2);
  });

  it('by stamp is the whole group of equal stamps that it ends in', () => {
    const costs = [(index: number) => index, (index: number) => Math.floor(index / 25), () => 7].map((stampAt) => {
      const more = (index: number) => ({ strategyState: { appendOnly: true }, stamp: stampOf(stampAt(index)) });
      return anew(filled(50, more), (store) => opened(() => store.records.listByStamp(notes, firstTwo)));
    });
    expect(costs.map((cost) => Math.floor(cost / 25) * 25)).toEqual([0, 25, 50]);
    expect(costs[0]).toBeLessThan(6);
  });
});
