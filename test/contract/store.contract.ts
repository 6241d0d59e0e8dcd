import { describe, expect, it } from 'vitest';
import type { CollectionCounts, Page, PageRequest, Store } from '../../src/store/ground/port.ts';
import { collectedContract } from './store-collected.contract.ts';
import {
  auditEvent,
  changeOf,
  collectionOf,
  deviceOf,
  historyRow,
  linkedFile,
  logRow,
  notes,
  quarantineItem,
  recordOf,
  recordRow,
  reviewItem,
  scopeOf,
  shells,
  stampOf,
  transition,
} from './store-rows.ts';

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

const first: PageRequest = { cursor: null, limit: 100 };
const noCounts: CollectionCounts = {
  ...{ live: 0, tombstoned: 0, collected: 0 },
  ...{ review: 0, conflicts: 0, quarantined: 0 },
};

/** All items, read in pages of `limit`; fails when a page is larger than that. */
function readAll<T>(limit: number, read: (page: PageRequest) => Page<T>): readonly T[] {
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

function fillAll(store: Store): void {
  store.settings.set('label', 'desk');
  store.records.put(recordRow('a'));
  store.history.add(historyRow(1));
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

function expectEmpty(store: Store): void {
  expect(store.settings.get('label')).toBeUndefined();
  expect(store.records.get(notes, recordOf('a'))).toBeUndefined();
  expect(store.records.list(notes, first).items).toEqual([]);
  expect(store.records.counts(notes)).toEqual(noCounts);
  expect(store.history.get(changeOf(1))).toBeUndefined();
  expect(store.history.list(notes, recordOf('a'))).toEqual([]);
  expect(store.log.get(scopeOf(1), deviceOf(1), 1)).toBeUndefined();
  expect(store.log.heads(scopeOf(1)).size).toBe(0);
  expect(store.log.acknowledged(scopeOf(1), 'wss://relay')).toBe(0);
  expect(store.scopes.list()).toEqual([]);
  expect(store.scopes.epochKey(scopeOf(1), 0)).toBeUndefined();
  expect(store.reviews.listOpen(first).items).toEqual([]);
  expect(store.quarantine.listHeld(first).items).toEqual([]);
  expect(store.audit.head()).toEqual({ count: 0, head: null });
  expect(store.transitions.list('sourceos.sync.notes' as never, 10)).toEqual([]);
  expect(store.links.list()).toEqual([]);
  expect(store.links.files('/home/notes')).toEqual([]);
  expect(store.vault.list()).toEqual([]);
}

function transactionContract(open: () => Store): void {
  it('answers what the work answers', () => {
    expect(open().transaction(() => 42)).toBe(42);
  });

  it('leaves no trace of a transaction that throws, in any table', () => {
    const store = open();
    expect(() =>
      store.transaction(() => {
        fillAll(store);
        throw new Error('stop');
      }),
    ).toThrow('stop');
    expectEmpty(store);
    fillAll(store);
    expect(store.records.counts(notes)).toEqual({ ...noCounts, live: 1, review: 1, quarantined: 1 });
  });

  it('puts back what a transaction that throws had replaced or removed, in its old order', () => {
    const store = open();
    fillAll(store);
    store.records.put(recordRow('b'));
    store.vault.put(recordOf('other'), 1);
    store.links.putFile('/home/notes', linkedFile('b.md'));
    const before = snapshot(store);
    expect(() =>
      store.transaction(() => {
        store.settings.set('label', 'other');
        store.settings.remove('label');
        store.records.put(recordRow('a', { state: 'tombstoned', fields: null }));
        store.history.setDisposition(changeOf(1), 'refused');
        store.reviews.put(reviewItem('rv_a', { status: 'rejected' }));
        store.quarantine.put(quarantineItem('qr_a', { status: 'released' }));
        store.log.append(logRow(2));
        store.log.acknowledge(scopeOf(1), 'wss://relay', 2);
        store.scopes.append({ scopeId: scopeOf(1), sequence: 1, bytes: new Uint8Array([2]) });
        store.audit.append(auditEvent(1));
        store.links.remove('/home/notes');
        store.vault.remove(recordOf('secret'));
        store.vault.put(recordOf('secret'), 'again');
        throw new Error('stop');
      }),
    ).toThrow('stop');
    expect(snapshot(store)).toEqual(before);
  });

  it('joins nested transactions to the outer one', () => {
    const store = open();
    expect(() =>
      store.transaction(() => {
        store.transaction(() => store.settings.set('inner', 1));
        expect(store.settings.get('inner')).toBe(1);
        throw new Error('stop');
      }),
    ).toThrow('stop');
    expect(store.settings.get('inner')).toBeUndefined();
    store.transaction(() => store.transaction(() => store.settings.set('inner', 2)));
    expect(store.settings.get('inner')).toBe(2);
  });

  it('commits nothing when an inner transaction threw and the outer one went on', () => {
    const store = open();
    expect(() =>
      store.transaction(() => {
        store.settings.set('outer', 1);
        try {
          store.transaction(() => {
            store.settings.set('inner', 1);
            throw new Error('stop');
          });
        } catch {
          // The caller believes that it can go on.
        }
      }),
    ).toThrow('not committed');
    expect(store.settings.get('outer')).toBeUndefined();
    expect(store.settings.get('inner')).toBeUndefined();
  });

  it('sees its own writes before they are committed', () => {
    const store = open();
    store.transaction(() => {
      fillAll(store);
      expect(store.records.get(notes, recordOf('a'))).toEqual(recordRow('a'));
      expect(store.records.counts(notes).live).toBe(1);
      expect(store.history.list(notes, recordOf('a'))).toEqual([historyRow(1)]);
      expect(store.audit.head().count).toBe(1);
    });
    expect(store.records.counts(notes).live).toBe(1);
  });
}

function snapshot(store: Store): unknown {
  return {
    label: store.settings.get('label'),
    records: store.records.list(notes, first),
    counts: store.records.counts(notes),
    history: store.history.list(notes, recordOf('a')),
    heads: [...store.log.heads(scopeOf(1))],
    acknowledged: store.log.acknowledged(scopeOf(1), 'wss://relay'),
    entries: store.scopes.entries(scopeOf(1)),
    reviews: store.reviews.listOpen(first),
    held: store.quarantine.listHeld(first),
    audit: store.audit.read(0, 10),
    links: store.links.list(),
    files: store.links.files('/home/notes'),
    secrets: store.vault.list().map((id) => [id, store.vault.get(id)]),
  };
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
    store.history.add(historyRow(1, { recordId: recordOf('early'), disposition: 'waiting' }));
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

  it('lists append-only rows by stamp, device and id', () => {
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

  it('answers an empty page to a cursor that it did not give', () => {
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
  it('counts records, reviews, conflicts and quarantine after every kind of change', () => {
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
    expect(store.history.add(historyRow(1))).toBe(true);
    expect(store.history.add(historyRow(1, { disposition: 'refused' }))).toBe(false);
    expect(store.history.get(changeOf(1))).toEqual(historyRow(1));
    expect(store.history.list(notes, recordOf('a'))).toEqual([historyRow(1)]);
    expect(store.history.get(changeOf(2))).toBeUndefined();
  });

  it('19 gives the end of the chain of one device, up to one of its changes', () => {
    const store = open();
    const place = (number: number, sequence: number, index: number, deviceId = deviceOf(1)): void => {
      store.history.add(historyRow(number, { stamp: stampOf(9 - number), deviceId, sequence, index }));
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
      store.history.add(row);
    }
    store.history.add(historyRow(5, { recordId: recordOf('b') }));
    expect(store.history.list(notes, recordOf('a'))).toEqual(rows);
    expect(store.history.list(shells, recordOf('a'))).toEqual([]);
  });

  it('moves a change to another place of its chain, and nothing else about it', () => {
    const store = open();
    store.history.add(historyRow(1, { disposition: 'waiting' }));
    store.history.move(changeOf(1), { sequence: 9, index: 4 });
    const moved = historyRow(1, { disposition: 'waiting', sequence: 9, index: 4 });
    expect(store.history.get(changeOf(1))).toEqual(moved);
    expect(store.history.list(notes, recordOf('a'))).toEqual([moved]);
    expect(store.history.listWaiting(notes, first).items).toEqual([moved]);
    expect(() => store.history.move(changeOf(2), { sequence: 1, index: 1 })).toThrow('in history');
  });

  it('changes a disposition', () => {
    const store = open();
    store.history.add(historyRow(1, { disposition: 'proposed' }));
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
      store.history.add(historyRow(number, { recordId, stamp: stampOf(stamp), disposition: 'waiting' }));
    }
    store.history.add(historyRow(5, { disposition: 'applied' }));
    store.history.add(historyRow(6, { collection: shells, disposition: 'waiting' }));
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

function logContract(open: () => Store): void {
  it('keeps batches of each chain, and their heads', () => {
    const store = open();
    store.log.append(logRow(1));
    store.log.append(logRow(2));
    store.log.append(logRow(1, 5, { deviceId: deviceOf(2) }));
    store.log.append(logRow(1, 5, { scopeId: scopeOf(2) }));
    expect(store.log.get(scopeOf(1), deviceOf(1), 2)).toEqual(logRow(2));
    expect(store.log.get(scopeOf(1), deviceOf(1), 3)).toBeUndefined();
    expect(store.log.get(scopeOf(3), deviceOf(1), 1)).toBeUndefined();
    expect(store.log.heads(scopeOf(1))).toEqual(
      new Map([
        [deviceOf(1), { sequence: 2, batchId: logRow(2).batchId }],
        [deviceOf(2), { sequence: 1, batchId: logRow(1).batchId }],
      ]),
    );
  });

  it('refuses a sequence that is taken', () => {
    const store = open();
    store.log.append(logRow(1));
    expect(() => store.log.append(logRow(1))).toThrow('head of its chain');
  });

  it('reads batches above a sequence as many as fit, and one at least', () => {
    const store = open();
    for (let sequence = 1; sequence <= 5; sequence++) {
      store.log.append(logRow(sequence, 100));
    }
    const after = (sequence: number, limitBytes: number) =>
      store.log.after(scopeOf(1), deviceOf(1), sequence, limitBytes).map((row) => row.sequence);
    expect(after(0, 1000)).toEqual([1, 2, 3, 4, 5]);
    expect(after(2, 200)).toEqual([3, 4]);
    expect(after(2, 299)).toEqual([3, 4]);
    expect(after(2, 1)).toEqual([3]);
    expect(after(5, 1000)).toEqual([]);
    expect(store.log.after(scopeOf(1), deviceOf(7), 0, 1000)).toEqual([]);
  });

  it('cuts a chain back, and lets it grow again from there', () => {
    const store = open();
    for (let sequence = 1; sequence <= 4; sequence++) {
      store.log.append(logRow(sequence));
    }
    store.log.append(logRow(1, 5, { deviceId: deviceOf(2) }));
    store.log.cut(scopeOf(1), deviceOf(1), 3);
    store.log.cut(scopeOf(1), deviceOf(2), 1);
    store.log.cut(scopeOf(1), deviceOf(7), 1);
    expect(store.log.heads(scopeOf(1))).toEqual(new Map([[deviceOf(1), { sequence: 2, batchId: logRow(2).batchId }]]));
    expect(store.log.get(scopeOf(1), deviceOf(1), 3)).toBeUndefined();
    store.log.append(logRow(3, 20));
    expect(store.log.get(scopeOf(1), deviceOf(1), 3)).toEqual(logRow(3, 20));
    expect(() =>
      store.transaction(() => {
        store.log.cut(scopeOf(1), deviceOf(1), 1);
        throw new Error('stop');
      }),
    ).toThrow('stop');
    expect(store.log.after(scopeOf(1), deviceOf(1), 0, 1000).map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    expect(store.log.heads(scopeOf(1)).get(deviceOf(1))?.sequence).toBe(3);
  });

  it('remembers the highest acknowledgement of each relay', () => {
    const store = open();
    store.log.acknowledge(scopeOf(1), 'wss://one', 5);
    store.log.acknowledge(scopeOf(1), 'wss://one', 3);
    expect(store.log.acknowledged(scopeOf(1), 'wss://one')).toBe(5);
    expect(store.log.acknowledged(scopeOf(1), 'wss://two')).toBe(0);
    expect(store.log.acknowledged(scopeOf(2), 'wss://one')).toBe(0);
    store.log.acknowledge(scopeOf(1), 'wss://two', 2);
    store.log.acknowledge(scopeOf(3), 'wss://one', 9);
    store.log.unacknowledge(scopeOf(1), 4);
    expect(['wss://one', 'wss://two'].map((url) => store.log.acknowledged(scopeOf(1), url))).toEqual([3, 2]);
    expect(store.log.acknowledgedAnywhere(scopeOf(3))).toBe(9);
    store.log.acknowledge(scopeOf(1), 'wss://one', 5);
    store.log.acknowledge(scopeOf(1), 'wss://two', 7);
    expect(store.log.acknowledgedAnywhere(scopeOf(1))).toBe(7);
    expect(store.log.acknowledgedAnywhere(scopeOf(2))).toBe(0);
  });
}

function scopeContract(open: () => Store): void {
  it('keeps membership logs and epoch keys', () => {
    const store = open();
    const entry = (scope: number, sequence: number) => ({
      scopeId: scopeOf(scope),
      sequence,
      bytes: new Uint8Array([scope, sequence]),
    });
    // A scope that only the log has spoken of has no membership log.
    store.log.append(logRow(1, 10, { scopeId: scopeOf(3) }));
    for (const row of [entry(2, 0), entry(1, 0), entry(1, 1), entry(2, 1)]) {
      store.scopes.append(row);
    }
    expect(store.scopes.list()).toEqual([scopeOf(2), scopeOf(1)]);
    expect(store.scopes.entries(scopeOf(1))).toEqual([entry(1, 0), entry(1, 1)]);
    expect(store.scopes.entries(scopeOf(3))).toEqual([]);
    expect(() => store.scopes.append(entry(1, 1))).toThrow('follows the last one');
    store.scopes.append(entry(1, 2));
    store.scopes.cut(scopeOf(1), 1);
    expect(store.scopes.entries(scopeOf(1))).toEqual([entry(1, 0)]);
    store.scopes.append(entry(1, 1));
    expect(store.scopes.entries(scopeOf(1))).toEqual([entry(1, 0), entry(1, 1)]);
    expect(() => store.scopes.cut(scopeOf(1), 0)).toThrow('the scope itself');
    store.scopes.setEpochKey(scopeOf(1), 1, new Uint8Array(32).fill(9));
    store.scopes.setEpochKey(scopeOf(1), 1, new Uint8Array(32).fill(8));
    expect(store.scopes.epochKey(scopeOf(1), 1)).toEqual(new Uint8Array(32).fill(8));
    expect(store.scopes.epochKey(scopeOf(1), 0)).toBeUndefined();
    expect(store.scopes.epochKey(scopeOf(2), 1)).toBeUndefined();
  });
}

function queueContract(open: () => Store): void {
  it('keeps review items and lists the open ones, oldest first', () => {
    const store = open();
    store.reviews.put(reviewItem('rv_1'));
    store.reviews.put(reviewItem('rv_2', { collection: shells }));
    store.reviews.put(reviewItem('rv_3', { recordId: recordOf('b') }));
    store.reviews.put(reviewItem('rv_4'));
    store.reviews.put(reviewItem('rv_1', { status: 'rejected' }));
    store.reviews.put(reviewItem('rv_4', { summary: 'changed' }));
    const ids = (collection?: typeof notes) =>
      readAll(1, (page) => store.reviews.listOpen(page, collection)).map((item) => item.id);
    expect(ids()).toEqual(['rv_2', 'rv_3', 'rv_4']);
    expect(ids(notes)).toEqual(['rv_3', 'rv_4']);
    expect(ids(collectionOf('unknown'))).toEqual([]);
    expect(store.reviews.openOf(notes, recordOf('a'))).toEqual([reviewItem('rv_4', { summary: 'changed' })]);
    expect(store.reviews.openOf(notes, recordOf('c'))).toEqual([]);
    expect(store.reviews.countOpen(notes, recordOf('c'))).toEqual({ reviews: 0, conflicts: 0 });
    expect(store.reviews.get('rv_1')).toEqual(reviewItem('rv_1', { status: 'rejected' }));
    expect(store.reviews.get('rv_9')).toBeUndefined();
    store.reviews.put(reviewItem('rv_1'));
    expect(ids()).toEqual(['rv_1', 'rv_2', 'rv_3', 'rv_4']);
    store.reviews.put(reviewItem('rv_5', { kind: 'conflict' }));
    expect(store.reviews.countOpen(notes, recordOf('a'))).toEqual({ reviews: 2, conflicts: 1 });
    expect(store.reviews.countOpen(shells, recordOf('a'))).toEqual({ reviews: 1, conflicts: 0 });
  });

  it('keeps quarantined items with their bytes and lists the held ones', () => {
    const store = open();
    const withBytes = quarantineItem('qr_1', { bytes: new Uint8Array([1, 2, 3]), collection: null, recordId: null });
    store.quarantine.put(withBytes);
    store.quarantine.put(quarantineItem('qr_2'));
    store.quarantine.put(quarantineItem('qr_3', { bytes: new Uint8Array(0) }));
    expect(store.quarantine.get('qr_1')).toEqual(withBytes);
    expect(store.quarantine.get('qr_3')?.bytes).toEqual(new Uint8Array(0));
    expect(store.quarantine.get('qr_9')).toBeUndefined();
    expect(readAll(2, (page) => store.quarantine.listHeld(page)).map((item) => item.id)).toEqual([
      'qr_1',
      'qr_2',
      'qr_3',
    ]);
    store.quarantine.put(quarantineItem('qr_2', { status: 'released' }));
    expect(readAll(2, (page) => store.quarantine.listHeld(page, notes)).map((item) => item.id)).toEqual(['qr_3']);
    expect(readAll(2, (page) => store.quarantine.listHeld(page, null))).toEqual([withBytes]);
  });
}

function auditContract(open: () => Store): void {
  it('reads audit events by position', () => {
    const store = open();
    expect(store.audit.head()).toEqual({ count: 0, head: null });
    for (let number = 0; number < 5; number++) {
      store.audit.append(auditEvent(number));
    }
    expect(store.audit.head()).toEqual({ count: 5, head: 'sha256:4' });
    expect(store.audit.read(1, 2)).toEqual([auditEvent(1), auditEvent(2)]);
    expect(store.audit.read(3, 100)).toEqual([auditEvent(3), auditEvent(4)]);
    expect(store.audit.read(5, 10)).toEqual([]);
    expect(store.audit.read(50, 10)).toEqual([]);
  });
}

function transitionContract(open: () => Store): void {
  it('keeps the latest 1,000 transitions of each engine and lists them newest first', () => {
    const store = open();
    store.transaction(() => {
      store.transitions.add(transition(0, 'other'));
      for (let number = 0; number < 1010; number++) {
        store.transitions.add(transition(number));
      }
    });
    const engineId = transition(0).engineId;
    expect(store.transitions.list(engineId, 2)).toEqual([transition(1009), transition(1008)]);
    const all = store.transitions.list(engineId, 5000);
    expect([all.length, all.at(-1)?.atMs]).toEqual([1000, 10]);
    expect(store.transitions.list(transition(0, 'other').engineId, 10)).toHaveLength(1);
  });
}

function linkContract(open: () => Store): void {
  it('keeps links and their files, and forgets both together', () => {
    const store = open();
    const link = { engineId: transition(0).engineId, root: '/home/notes' };
    const other = { ...link, root: '/home/other' };
    store.links.put(link);
    store.links.put(other);
    store.links.putFile(link.root, linkedFile('a.md'));
    store.links.putFile(link.root, linkedFile('dir/b.md'));
    store.links.putFile(other.root, linkedFile('a.md', { sizeBytes: 1 }));
    store.links.putFile(link.root, linkedFile('a.md', { sizeBytes: 5 }));
    store.links.put({ ...link, engineId: transition(0, 'other').engineId });
    expect(store.links.list().map((row) => row.root)).toEqual([link.root, other.root]);
    expect(store.links.files(link.root)).toEqual([linkedFile('a.md', { sizeBytes: 5 }), linkedFile('dir/b.md')]);
    expect(store.links.file(other.root, 'a.md')?.sizeBytes).toBe(1);
    expect(store.links.file(link.root, 'none')).toBeUndefined();
    store.links.removeFile(link.root, 'a.md');
    store.links.removeFile(link.root, 'none');
    expect(store.links.files(link.root).map((file) => file.path)).toEqual(['dir/b.md']);
    store.links.remove(link.root);
    store.links.put(link);
    expect(store.links.files(link.root)).toEqual([]);
    expect(store.links.files(other.root)).toHaveLength(1);
    expect(() => store.links.putFile('/nowhere', linkedFile('a.md'))).toThrow('link');
  });
}

function vaultContract(open: () => Store): void {
  it('keeps secrets by id', () => {
    const store = open();
    store.vault.put(recordOf('b'), { password: 'one' });
    store.vault.put(recordOf('a'), 'two');
    store.vault.put(recordOf('b'), { password: 'three' });
    expect(store.vault.list()).toEqual(['b', 'a']);
    expect(store.vault.get(recordOf('b'))).toEqual({ password: 'three' });
    expect(store.vault.remove(recordOf('b'))).toBe(true);
    expect(store.vault.remove(recordOf('b'))).toBe(false);
    expect(store.vault.get(recordOf('b'))).toBeUndefined();
    expect(store.vault.list()).toEqual(['a']);
  });
}

function upkeepContract(open: () => Store): void {
  it('finds no damage where nothing was altered, and reclaims only what was named as damaged', () => {
    const store = open();
    fillAll(store);
    expect(store.upkeep.verifyRecords(first)).toMatchObject({ damaged: [], nextCursor: null });
    expect(store.upkeep.damagedRowOf(notes, recordOf('a'))).toBeUndefined();
    const whole = { collection: notes, place: 'x', recordId: recordOf('a'), changes: [] };
    expect(() => store.upkeep.reclaim(whole, recordOf('a'))).toThrow('named as damaged');
    expect(store.records.get(notes, recordOf('a'))).toEqual(recordRow('a'));
  });
}
