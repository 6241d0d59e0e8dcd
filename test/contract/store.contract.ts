import { describe, expect, it } from 'vitest';
import type { Store } from '../../src/store/ground/port.ts';
import { collectedContract } from './store-collected.contract.ts';
import {
  auditContract,
  linkContract,
  logContract,
  queueContract,
  scopeContract,
  transitionContract,
  upkeepContract,
  vaultContract,
} from './store-logs.contract.ts';
import { fillAll, first, noCounts, readAll } from './store-pages.ts';
import {
  changeOf,
  collectionOf,
  deviceOf,
  historyRow,
  notes,
  quarantineItem,
  recordOf,
  recordRow,
  reviewItem,
  scopeOf,
  shells,
  stampOf,
} from './store-rows.ts';
import { transactionContract } from './store-transactions.contract.ts';

/** What every store promises. `open` gives a fresh, empty one. */
export function storeContract(name: string, open: () => Store): void {
  describe(`${name} keeps the store's contract`, () => {
    transactionContract(open);
    settingContract(open);
    recordContract(open);
    countContract(open);
    collectedContract(open);
    historyContract(open);
    logContract(open);
    scopeContract(open);
    queueContract(open);
    auditContract(open);
    transitionContract(open);
    linkContract(open);
    vaultContract(open);
    upkeepContract(open);
  });
}

function settingContract(open: () => Store): void {
  it('keeps settings by name', () => {
    const store = open();
    expect(store.settings.get('a')).toBeUndefined();
    store.settings.set('a', { deep: [1, 'two', null] });
    store.settings.set('b', null);
    expect(store.settings.get('a')).toEqual({ deep: [1, 'two', null] });
    expect(store.settings.get('b')).toBeNull();
    store.settings.set('a', 2);
    store.settings.remove('b');
    store.settings.remove('never there');
    expect([store.settings.get('a'), store.settings.get('b')]).toEqual([2, undefined]);
    store.settings.set('list/one', 1);
    store.transaction(() => {
      store.settings.set('list/two', 2);
      store.settings.set('list/three', 3);
      store.settings.remove('list/three');
      store.settings.remove('list/one');
      store.settings.set('list/one', null);
      expect([...store.settings.names('list/')].sort()).toEqual(['list/one', 'list/two']);
    });
    expect([...store.settings.names('list/')].sort()).toEqual(['list/one', 'list/two']);
    expect(store.settings.names('none')).toEqual([]);
  });
}

function recordContract(open: () => Store): void {
  it.each([
    ['an ordinary row', recordRow('a')],
    ['a tombstone', recordRow('a', { state: 'tombstoned', fields: null })],
    ['nothing live yet', recordRow('a', { state: 'absent', fields: null, heads: [], openReviews: 3 })],
    ['several heads', recordRow('a', { heads: [changeOf(2), changeOf(3)], openConflicts: 200 })],
    ['another single head', recordRow('a', { heads: [changeOf(2)] })],
    ['strategy state', recordRow('a', { strategyState: { base: [1, { x: null }], appendOnly: true } })],
    ['an append-only row', recordRow('a', { strategyState: { appendOnly: true } })],
    ['false strategy state', recordRow('a', { strategyState: false })],
    ['a document', recordRow('a', { document: new Uint8Array([0, 1, 255]), managedBy: 'system' })],
    ['an empty document', recordRow('a', { document: new Uint8Array(0), fields: {} })],
    ['large fields', recordRow('a', { fields: { text: 'x'.repeat(200_000), more: '🎈'.repeat(50_000) } })],
    ['a long id', recordRow('i'.repeat(512))],
  ])('gives back %s as it was put', (_, row) => {
    const store = open();
    store.records.put(row);
    expect(store.records.get(notes, row.id)).toEqual(row);
    expect(store.records.list(notes, first).items).toEqual([row]);
  });

  it('tells records and collections apart', () => {
    const store = open();
    store.records.put(recordRow('a'));
    store.records.put(recordRow('a', { collection: shells, fields: { other: true } }));
    expect(store.records.get(notes, recordOf('a'))).toEqual(recordRow('a'));
    expect(store.records.get(shells, recordOf('a'))).toMatchObject({ fields: { other: true } });
    expect(store.records.get(notes, recordOf('b'))).toBeUndefined();
    expect(store.records.get(collectionOf('unknown'), recordOf('a'))).toBeUndefined();
  });

  it('lists in order of first arrival, page by page, whatever is changed later', () => {
    const store = open();
    const ids = ['m', 'a', 'z', 'k', 'b'];
    for (const id of ids) {
      store.records.put(recordRow(id));
      store.records.put(recordRow(id, { collection: shells }));
    }
    store.records.put(recordRow('m', { version: changeOf(9) }));
    for (const limit of [1, 2, 5, 100]) {
      expect(readAll(limit, (page) => store.records.list(notes, page)).map((row) => row.id)).toEqual(ids);
    }
  });

  it('counts a record as arrived when history first speaks of it', () => {
    const store = open();
    store.history.addIfAbsent(historyRow(1, { recordId: recordOf('early'), disposition: 'waiting' }));
    expect(store.records.get(notes, recordOf('early'))).toBeUndefined();
    expect(store.records.list(notes, first).items).toEqual([]);
    store.records.put(recordRow('late'));
    store.records.put(recordRow('early'));
    expect(store.records.list(notes, first).items.map((row) => row.id)).toEqual(['early', 'late']);
    expect(store.records.counts(notes)).toEqual({ ...noCounts, live: 2 });
  });

  it('lists by state', () => {
    const store = open();
    store.records.put(recordRow('a'));
    store.records.put(recordRow('b', { state: 'tombstoned', fields: null }));
    store.records.put(recordRow('c', { state: 'absent', fields: null }));
    store.records.put(recordRow('d'));
    const idsOf = (state?: 'live' | 'tombstoned' | 'absent') =>
      readAll(1, (page) => store.records.list(notes, page, state)).map((row) => row.id);
    expect([idsOf('live'), idsOf('tombstoned'), idsOf('absent'), idsOf()]).toEqual([
      ['a', 'd'],
      ['b'],
      ['c'],
      ['a', 'b', 'c', 'd'],
    ]);
  });

  it('8 lists append-only rows by stamp, device and id', () => {
    const store = open();
    const row = (id: string, stamp: number, device: number, collection = notes) =>
      recordRow(id, {
        collection,
        stamp: stampOf(stamp),
        deviceId: deviceOf(device),
        strategyState: { appendOnly: true },
      });
    const devices = [deviceOf(1), deviceOf(2)].sort();
    const low = devices[0] === deviceOf(1) ? 1 : 2;
    const rows = [row('e', 5, low), row('d', 1, 3 - low), row('b', 1, low), row('c', 1, low), row('a', 9, 1)];
    for (const item of rows) {
      store.records.put(item);
    }
    store.records.put(row('x', 3, 1, shells));
    store.records.put(recordRow('not append-only', { stamp: stampOf(2) }));
    store.records.put(recordRow('gone', { state: 'tombstoned', fields: null, strategyState: { appendOnly: true } }));
    for (const limit of [1, 2, 3, 100]) {
      const ids = readAll(limit, (page) => store.records.listByStamp(notes, page)).map((item) => item.id);
      expect(ids).toEqual(['b', 'c', 'd', 'e', 'a']);
    }
    expect(store.records.listByStamp(shells, first).items.map((item) => item.id)).toEqual(['x']);
    store.records.put(row('0', 0, 1));
    expect(store.records.listByStamp(notes, first).items[0]?.id).toBe('0');
  });

  it('9 answers an empty page to a cursor that it did not give', () => {
    const store = open();
    fillAll(store);
    store.records.put(recordRow('log', { strategyState: { appendOnly: true } }));
    for (const cursor of [
      '',
      'x',
      '-1',
      '1e3',
      '[]',
      'W10',
      '9'.repeat(40),
      Buffer.from('["x","y"]').toString('base64url'),
    ]) {
      const page = { cursor, limit: 10 };
      expect(store.records.list(notes, page).items).toEqual([]);
      expect(store.records.listByStamp(notes, page).items).toEqual([]);
      expect(store.history.listWaiting(notes, page).items).toEqual([]);
      expect(store.reviews.listOpen(page).items).toEqual([]);
      expect(store.quarantine.listHeld(page).items).toEqual([]);
    }
  });
}

function countContract(open: () => Store): void {
  it('10 counts records, reviews, conflicts and quarantine after every kind of change', () => {
    const store = open();
    const counts = () => store.records.counts(notes);
    expect(counts()).toEqual(noCounts);
    store.records.put(recordRow('a'));
    store.records.put(recordRow('b', { state: 'absent', fields: null }));
    expect(counts()).toEqual({ ...noCounts, live: 1 });
    store.records.put(recordRow('b'));
    store.records.put(recordRow('b'));
    expect(counts()).toEqual({ ...noCounts, live: 2 });
    store.records.put(recordRow('a', { state: 'tombstoned', fields: null }));
    expect(counts()).toEqual({ ...noCounts, live: 1, tombstoned: 1 });
    store.records.put(recordRow('a'));
    expect(counts()).toEqual({ ...noCounts, live: 2 });
    store.reviews.put(reviewItem('rv_1'));
    store.reviews.put(reviewItem('rv_2', { kind: 'brake' }));
    store.reviews.put(reviewItem('rv_3', { kind: 'conflict' }));
    store.reviews.put(reviewItem('rv_4', { status: 'superseded' }));
    store.quarantine.put(quarantineItem('qr_1'));
    store.quarantine.put(quarantineItem('qr_2', { collection: null }));
    expect(counts()).toEqual({ ...noCounts, live: 2, review: 2, conflicts: 1, quarantined: 1 });
    store.reviews.put(reviewItem('rv_1', { status: 'accepted' }));
    store.reviews.put(reviewItem('rv_3', { kind: 'conflict', status: 'resolved' }));
    store.quarantine.put(quarantineItem('qr_1', { status: 'dropped' }));
    expect(counts()).toEqual({ ...noCounts, live: 2, review: 1 });
    expect(store.records.counts(shells)).toEqual(noCounts);
  });
}

function historyContract(open: () => Store): void {
  it('adds a change once', () => {
    const store = open();
    expect(store.history.addIfAbsent(historyRow(1))).toBe(true);
    expect(store.history.addIfAbsent(historyRow(1, { disposition: 'refused' }))).toBe(false);
    expect(store.history.get(changeOf(1))).toEqual(historyRow(1));
    expect(store.history.list(notes, recordOf('a'))).toEqual([historyRow(1)]);
    expect(store.history.get(changeOf(2))).toBeUndefined();
  });

  it('19 gives the end of the chain of one device, up to one of its changes', () => {
    const store = open();
    const place = (number: number, sequence: number, index: number, deviceId = deviceOf(1)): void => {
      store.history.addIfAbsent(historyRow(number, { stamp: stampOf(9 - number), deviceId, sequence, index }));
    };
    place(1, 2, 1);
    place(2, 1, 2);
    place(3, 1, 1);
    place(4, 3, 1);
    place(5, 1, 3, deviceOf(2));
    const numbersUpTo = (row: object, limit: number): readonly string[] =>
      store.history
        .upTo({ ...historyRow(1, { deviceId: deviceOf(1), sequence: 2, index: 1 }), ...row }, limit)
        .map(({ changeId }) => changeId);
    expect(numbersUpTo({}, 9)).toEqual([3, 2, 1].map(changeOf));
    expect(numbersUpTo({}, 2)).toEqual([2, 1].map(changeOf));
    expect(numbersUpTo({ sequence: 1, index: 1 }, 9)).toEqual([changeOf(3)]);
    expect(numbersUpTo({ sequence: 9 }, 9)).toEqual([3, 2, 1, 4].map(changeOf));
    expect(numbersUpTo({ recordId: recordOf('b') }, 9)).toEqual([]);
    expect(numbersUpTo({ deviceId: deviceOf(3) }, 9)).toEqual([]);
  });

  it('lists a record by stamp, device, sequence and index', () => {
    const store = open();
    const [low, high] = [deviceOf(1), deviceOf(2)].sort() as [never, never];
    const rows = [
      historyRow(1, { stamp: stampOf(1), deviceId: low, sequence: 1, index: 2 }),
      historyRow(2, { stamp: stampOf(1), deviceId: low, sequence: 2, index: 1 }),
      historyRow(3, { stamp: stampOf(1), deviceId: high, sequence: 1, index: 1 }),
      historyRow(4, { stamp: stampOf(2), deviceId: low, sequence: 1, index: 1 }),
    ];
    for (const row of [...rows].reverse()) {
      store.history.addIfAbsent(row);
    }
    store.history.addIfAbsent(historyRow(5, { recordId: recordOf('b') }));
    expect(store.history.list(notes, recordOf('a'))).toEqual(rows);
    expect(store.history.list(shells, recordOf('a'))).toEqual([]);
  });

  it('moves a change to another place of a chain, and nothing else about it', () => {
    const store = open();
    store.history.addIfAbsent(historyRow(1, { disposition: 'waiting' }));
    store.history.move(changeOf(1), { scopeId: scopeOf(2), sequence: 9, index: 4 });
    const moved = historyRow(1, { disposition: 'waiting', scopeId: scopeOf(2), sequence: 9, index: 4 });
    expect(store.history.get(changeOf(1))).toEqual(moved);
    expect(store.history.list(notes, recordOf('a'))).toEqual([moved]);
    expect(store.history.listWaiting(notes, first).items).toEqual([moved]);
    expect(() => store.history.move(changeOf(2), { scopeId: scopeOf(2), sequence: 1, index: 1 })).toThrow('in history');
  });

  it('changes a disposition', () => {
    const store = open();
    store.history.addIfAbsent(historyRow(1, { disposition: 'proposed' }));
    store.history.setDisposition(changeOf(1), 'superseded');
    expect(store.history.get(changeOf(1))?.disposition).toBe('superseded');
    expect(() => store.history.setDisposition(changeOf(2), 'applied')).toThrow('in history');
  });

  it('lists what waits in a collection, oldest stamp first, page by page, while it is worked off', () => {
    const store = open();
    for (const [number, stamp] of [
      [1, 3],
      [2, 1],
      [3, 2],
      [4, 2],
    ] as const) {
      const recordId = recordOf(`r${number}`);
      store.history.addIfAbsent(historyRow(number, { recordId, stamp: stampOf(stamp), disposition: 'waiting' }));
    }
    store.history.addIfAbsent(historyRow(5, { disposition: 'applied' }));
    store.history.addIfAbsent(historyRow(6, { collection: shells, disposition: 'waiting' }));
    const waiting = () => readAll(1, (page) => store.history.listWaiting(notes, page)).map((row) => row.changeId);
    expect(waiting()).toEqual([2, 3, 4, 1].map(changeOf));
    const page = store.history.listWaiting(notes, { cursor: null, limit: 2 });
    for (const row of page.items) {
      store.history.setDisposition(row.changeId, 'applied');
    }
    const next = store.history.listWaiting(notes, { cursor: page.nextCursor, limit: 2 });
    expect(next.items.map((row) => row.changeId)).toEqual([4, 1].map(changeOf));
    store.history.setDisposition(changeOf(5), 'waiting');
    expect(waiting()).toEqual([4, 1, 5].map(changeOf));
    const records = ['r1', 'r2', 'r3', 'r4', 'a', 'unknown'].map(recordOf);
    expect(records.map((id) => store.history.hasWaiting(notes, id))).toEqual([true, false, false, true, true, false]);
  });
}
