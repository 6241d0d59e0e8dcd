import { expect, it } from 'vitest';
import type { Store } from '../../src/store/ground/port.ts';
import { fillAll, first, readAll } from './store-pages.ts';
import {
  auditEvent,
  collectionOf,
  deviceOf,
  linkedFile,
  logRow,
  notes,
  quarantineItem,
  recordOf,
  recordRow,
  reviewItem,
  scopeOf,
  shells,
  transition,
} from './store-rows.ts';

export function logContract(open: () => Store): void {
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

  it('12 remembers the highest acknowledgement of each relay', () => {
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

export function scopeContract(open: () => Store): void {
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

export function queueContract(open: () => Store): void {
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

export function auditContract(open: () => Store): void {
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

export function transitionContract(open: () => Store): void {
  it('12 keeps the latest 1,000 transitions of each engine and lists them newest first', () => {
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

export function linkContract(open: () => Store): void {
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

export function vaultContract(open: () => Store): void {
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

export function upkeepContract(open: () => Store): void {
  it('14 finds no damage where nothing was altered, and reclaims only what was named as damaged', () => {
    const store = open();
    fillAll(store);
    expect(store.upkeep.verifyRecords(first)).toMatchObject({ damaged: [], nextCursor: null });
    expect(store.upkeep.damagedRowOf(notes, recordOf('a'))).toBeUndefined();
    const whole = { collection: notes, place: 'x', recordId: recordOf('a'), changes: [] };
    expect(() => store.upkeep.reclaim(whole, recordOf('a'))).toThrow('named as damaged');
    expect(store.records.get(notes, recordOf('a'))).toEqual(recordRow('a'));
  });
}
