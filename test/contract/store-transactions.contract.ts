import { expect, it } from 'vitest';
import type { Store } from '../../src/store/ground/port.ts';
import { fillAll, first, noCounts } from './store-pages.ts';
import {
  auditEvent,
  changeOf,
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
} from './store-rows.ts';

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

export function transactionContract(open: () => Store): void {
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
