import { describe, expect, it } from 'vitest';
import type { Store } from '../../src/store/ground/port.ts';
import {
  changeOf,
  collectionOf,
  deviceOf,
  historyRow,
  notes,
  recordOf,
  recordRow,
  scopeOf,
  shells,
} from './store-rows.ts';

const place = ({ sequence, disposition }: { sequence: number; disposition: string }) => ({
  ...{ scopeId: scopeOf(1), deviceId: deviceOf(1), sequence, index: 1, disposition },
});

/** A record that was written, proposed against and deleted, beside one that lives. */
function fill(store: Store): void {
  store.records.put(recordRow('a', { state: 'tombstoned', fields: null, version: changeOf(3) }));
  store.records.put(recordRow('b'));
  store.history.addIfAbsent(historyRow(2, { disposition: 'superseded' }));
  store.history.addIfAbsent(historyRow(1));
  store.history.addIfAbsent(historyRow(3, { disposition: 'refused' }));
  store.history.addIfAbsent(historyRow(9, { recordId: recordOf('b') }));
}

/** Deleted records that are collected. */
export function collectedContract(open: () => Store): void {
  unlearnContract(open);
  describe('collected tombstones', () => {
    it('15 says where each change of a collected record stands, oldest first, and knows it by nothing else', () => {
      const store = open();
      fill(store);
      expect(store.records.collected(notes, recordOf('a'))).toBeUndefined();
      expect(store.records.collect(notes, recordOf('a'))).toBe(true);
      expect(store.records.collected(notes, recordOf('a'))).toEqual([
        place({ sequence: 1, disposition: 'applied' }),
        place({ sequence: 2, disposition: 'superseded' }),
        place({ sequence: 3, disposition: 'refused' }),
      ]);
      expect(store.records.get(notes, recordOf('a'))).toBeUndefined();
      expect(store.history.list(notes, recordOf('a'))).toEqual([]);
      expect([1, 2, 3].map((number) => store.history.get(changeOf(number)))).toEqual([undefined, undefined, undefined]);
      expect(store.records.list(notes, { cursor: null, limit: 9 }).items.map(({ id }) => id)).toEqual(['b']);
      expect(store.records.list(notes, { cursor: null, limit: 9 }, 'tombstoned').items).toEqual([]);
      expect(store.history.list(notes, recordOf('b'))).toHaveLength(1);
      expect(store.records.counts(notes)).toMatchObject({ live: 1, tombstoned: 0, collected: 1 });
    });

    it('has none for other records, and none for a record of another collection', () => {
      const store = open();
      fill(store);
      store.records.collect(notes, recordOf('a'));
      expect(store.records.collected(notes, recordOf('b'))).toBeUndefined();
      expect(store.records.collected(notes, recordOf('never'))).toBeUndefined();
      expect(store.records.collected(shells, recordOf('a'))).toBeUndefined();
    });

    it('ends when the record is put again, in the place that it had', () => {
      const store = open();
      fill(store);
      store.records.collect(notes, recordOf('a'));
      const row = recordRow('a', { state: 'tombstoned', fields: null, version: changeOf(3) });
      store.history.addIfAbsent(historyRow(1));
      store.records.put(row);
      expect(store.records.collected(notes, recordOf('a'))).toBeUndefined();
      expect(store.records.get(notes, recordOf('a'))).toEqual(row);
      expect(store.history.list(notes, recordOf('a'))).toEqual([historyRow(1)]);
      expect(store.records.list(notes, { cursor: null, limit: 9 }).items.map(({ id }) => id)).toEqual(['a', 'b']);
      expect(store.records.counts(notes)).toMatchObject({ live: 1, tombstoned: 1, collected: 0 });
    });

    it('keeps a collected tombstone beside changes that wait for its record', () => {
      const store = open();
      fill(store);
      store.records.collect(notes, recordOf('a'));
      store.history.addIfAbsent(historyRow(4, { disposition: 'waiting' }));
      expect(store.records.collected(notes, recordOf('a'))).toHaveLength(3);
      expect(store.records.get(notes, recordOf('a'))).toBeUndefined();
      expect(store.history.listWaiting(notes, { cursor: null, limit: 9 }).items).toHaveLength(1);
    });

    it('is taken back with its transaction', () => {
      const store = open();
      fill(store);
      expect(() =>
        store.transaction(() => {
          store.records.collect(notes, recordOf('a'));
          throw new Error('stop');
        }),
      ).toThrow('stop');
      expect(store.records.collected(notes, recordOf('a'))).toBeUndefined();
      expect(store.history.list(notes, recordOf('a'))).toHaveLength(3);
      expect(store.records.counts(notes)).toMatchObject({ tombstoned: 1, collected: 0 });
    });

    it('is dug for deleted records alone, and for none of which something waits', () => {
      const store = open();
      fill(store);
      expect(() => store.records.collect(notes, recordOf('b'))).toThrow('deleted');
      store.history.addIfAbsent(historyRow(4, { disposition: 'waiting' }));
      expect(() => store.records.collect(notes, recordOf('a'))).toThrow('waits');
    });
  });
}

function unlearnContract(open: () => Store): void {
  it('18 forgets a record with its history, whatever it was, and learns it again', () => {
    const store = open();
    const ofA = { cursor: null, limit: 10 };
    store.records.put(recordRow('a'));
    store.history.addIfAbsent(historyRow(1));
    store.history.addIfAbsent(historyRow(2, { disposition: 'waiting' }));
    store.records.put(recordRow('b'));
    const fail = (): never => {
      store.upkeep.unlearn(notes, recordOf('a'));
      throw new Error('stop');
    };
    expect(() => store.transaction(fail)).toThrow('stop');
    expect([store.records.get(notes, recordOf('a')), store.history.list(notes, recordOf('a')).length]).toEqual([
      recordRow('a'),
      2,
    ]);
    store.upkeep.unlearn(notes, recordOf('a'));
    store.upkeep.unlearn(notes, recordOf('never'));
    expect(store.records.get(notes, recordOf('a'))).toBeUndefined();
    expect(store.history.list(notes, recordOf('a'))).toEqual([]);
    expect(store.history.get(historyRow(1).changeId)).toBeUndefined();
    expect(store.history.listWaiting(notes, ofA).items).toEqual([]);
    expect(store.records.counts(notes).live).toBe(1);
    expect(store.history.addIfAbsent(historyRow(1))).toBe(true);
    store.records.put(recordRow('a'));
    expect([store.records.get(notes, recordOf('a')), store.records.counts(notes).live]).toEqual([recordRow('a'), 2]);
  });

  it('18 forgets all records of a collection, live, deleted, collected or known by history alone, and no other', () => {
    const store = open();
    const page = { cursor: null, limit: 10 };
    store.records.put(recordRow('a'));
    store.history.addIfAbsent(historyRow(1));
    store.records.put(recordRow('b', { state: 'tombstoned' }));
    store.records.put(recordRow('c', { state: 'tombstoned' }));
    store.records.collect(notes, recordOf('c'));
    store.records.put(recordRow('s', { collection: shells }));
    const forgetting = (): void => {
      store.history.addIfAbsent(historyRow(2, { recordId: recordOf('d'), disposition: 'waiting' }));
      store.upkeep.unlearnAll(notes);
    };
    expect(() =>
      store.transaction(() => {
        forgetting();
        throw new Error('stop');
      }),
    ).toThrow('stop');
    expect(store.records.counts(notes)).toMatchObject({ live: 1, tombstoned: 1, collected: 1 });
    expect(store.history.list(notes, recordOf('a'))).toHaveLength(1);
    store.transaction(forgetting);
    store.upkeep.unlearnAll(collectionOf('never'));
    expect(store.records.list(notes, page).items).toEqual([]);
    expect(store.records.collected(notes, recordOf('c'))).toBeUndefined();
    expect(store.history.listWaiting(notes, page).items).toEqual([]);
    expect([historyRow(1), historyRow(2)].map(({ changeId }) => store.history.get(changeId))).toEqual([
      undefined,
      undefined,
    ]);
    expect(store.records.counts(notes)).toMatchObject({ live: 0, tombstoned: 0, collected: 0 });
    expect(store.records.list(shells, page).items).toHaveLength(1);
    store.history.addIfAbsent(historyRow(1));
    store.records.put(recordRow('b'));
    store.records.put(recordRow('a'));
    expect(store.records.list(notes, page).items.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(store.records.counts(notes).live).toBe(2);
  });
}
