import { beforeEach, describe, expect, it } from 'vitest';
import { createWaiting } from '../../../src/replica/waits/waiting.ts';
import { createMemoryStore } from '../../../src/store/memory.ts';
import type { Store } from '../../../src/store/ground/port.ts';
import { historyRow, notes, quarantineItem, recordOf, shells } from '../../contract/store-rows.ts';
import { shippedBindings } from '../../helpers/household.ts';

const all = shippedBindings()
  .all()
  .slice(0, 2)
  .map((binding, index) => ({
    ...binding,
    manifest: { ...binding.manifest, collection: [notes, shells][index] ?? notes },
  }));
const record = (name: string) => ({ collection: notes, objectId: recordOf(name) });

let store: Store;
let asked: string[];

/** What waits in a store whose questions about history are counted. */
function waitingIn(): ReturnType<typeof createWaiting> {
  asked = [];
  const history = Object.fromEntries(
    Object.entries(store.history).map(([name, call]: [string, unknown]) => [
      name,
      (...values: unknown[]) => {
        asked.push(name);
        return (call as (...values: unknown[]) => unknown)(...values);
      },
    ]),
  ) as unknown as Store['history'];
  return createWaiting({ ...store, history }, { all: () => all, ofCollection: () => undefined });
}

beforeEach(() => {
  store = createMemoryStore();
});

describe('what waits', () => {
  it('265 asks nothing about a record where nothing of its collection waits', () => {
    store.history.addIfAbsent(historyRow(1, { collection: shells, disposition: 'waiting' }));
    const waiting = waitingIn();
    expect(asked).toEqual(['listWaiting', 'listWaiting']);
    for (let number = 0; number < 100; number++) {
      expect(waiting.has(record(`r${number}`))).toBe(false);
    }
    expect(asked).toEqual(['listWaiting', 'listWaiting']);
    expect(waiting.any()).toBe(true);
  });

  it('265 reads one row of a collection at the start, and one of each record that is asked about', () => {
    for (let number = 1; number <= 10_000; number++) {
      store.history.addIfAbsent(historyRow(number, { recordId: recordOf(`r${number}`), disposition: 'waiting' }));
    }
    const waiting = waitingIn();
    asked = [];
    for (let number = 1; number <= 10_000; number++) {
      expect(waiting.has(record(`r${number}`))).toBe(true);
    }
    expect(waiting.has(record('r0'))).toBe(false);
    expect(asked).toHaveLength(10_001);
    asked = [];
    expect(waiting.has(record('r10000'))).toBe(true);
    expect(waiting.has(record('r0'))).toBe(false);
    expect(asked).toEqual([]);
    // Of so many it remembers the last ones alone.
    expect(waiting.has(record('r1'))).toBe(true);
    expect(asked).toEqual(['hasWaiting']);
  });

  it('265 what was taken waits again only when something adds it, or the transaction fails', () => {
    store.history.addIfAbsent(historyRow(1, { disposition: 'waiting' }));
    const waiting = waitingIn();
    waiting.take(record('a'));
    expect(waiting.has(record('a'))).toBe(false);
    waiting.add(record('a'));
    expect(waiting.has(record('a'))).toBe(true);
    waiting.take(record('a'));
    waiting.forget();
    expect(waiting.has(record('a'))).toBe(true);
  });

  it('265 what was added and never written does not wait', () => {
    const waiting = waitingIn();
    expect([waiting.any(), waiting.has(record('a'))]).toEqual([false, false]);
    waiting.add(record('a'));
    expect(waiting.has(record('a'))).toBe(true);
    waiting.forget();
    expect(waiting.has(record('a'))).toBe(false);
  });

  it('265 knows of a batch that is held whole, over restarts too', () => {
    store.quarantine.put(quarantineItem('qr_1'));
    const waiting = waitingIn();
    expect(waiting.anyBatch()).toBe(false);
    waiting.addBatch();
    expect(waiting.anyBatch()).toBe(true);
    store.quarantine.put(quarantineItem('qr_2', { collection: null, recordId: null, bytes: new Uint8Array(1) }));
    expect(waitingIn().anyBatch()).toBe(true);
  });
});
