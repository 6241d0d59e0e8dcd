import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Disposition, RecordState } from '../../../src/contract/record.ts';
import { createMemoryStore } from '../../../src/store/memory.ts';
import type { Page, PageRequest, Store } from '../../../src/store/ground/port.ts';
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
  shells,
  stampOf,
  transition,
} from '../../contract/store-rows.ts';
import { createStoreHome } from './store-home.ts';
import { runs } from '../../helpers/suite.ts';

type Step = (store: Store) => unknown;

const few = fc.integer({ min: 1, max: 4 });
const collection = fc.constantFrom(notes, shells);
const id = few.map((number) => recordOf(`r${number}`));
const state = fc.constantFrom<RecordState>('live', 'tombstoned', 'absent');
const disposition = fc.constantFrom<Disposition>('applied', 'proposed', 'superseded', 'waiting', 'refused');
// As JSON text gives them back: there is no -0 in what a store is handed.
const json = fc
  .jsonValue({ maxDepth: 2 })
  .map((value) => JSON.parse(JSON.stringify(value)) as unknown)
  .filter((value) => !JSON.stringify(value).includes('__proto__'));

const record = fc.record({
  collection,
  id,
  state,
  stamp: few.map(stampOf),
  deviceId: few.map(deviceOf),
  version: few.map(changeOf),
  heads: fc.array(few.map(changeOf), { maxLength: 2 }),
  managedBy: fc.constantFrom('user' as const, 'seed' as const),
  strategyState: fc.oneof(fc.constant({ appendOnly: true }), json) as fc.Arbitrary<never>,
  document: fc.option(fc.uint8Array({ maxLength: 5 }), { nil: null }),
  value: json as fc.Arbitrary<never>,
});

const history = fc.record({
  collection,
  recordId: id,
  stamp: few.map(stampOf),
  deviceId: few.map(deviceOf),
  index: few,
  disposition,
});

/** One write, with all that it answers. */
const write: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(few, json as fc.Arbitrary<never>).map(
    ([name, value]) =>
      (store: Store) =>
        store.settings.set(`s${name}`, value),
  ),
  few.map((name) => (store: Store) => store.settings.remove(`s${name}`)),
  record.map(
    ({ id: name, value, ...row }) =>
      (store: Store) =>
        store.records.put(recordRow(name, { ...row, fields: row.state === 'live' ? { value } : null })),
  ),
  fc.tuple(fc.integer({ min: 1, max: 12 }), history).map(
    ([number, row]) =>
      (store: Store) =>
        store.history.addIfAbsent(historyRow(number, row)),
  ),
  fc.tuple(fc.integer({ min: 1, max: 12 }), disposition).map(
    ([number, after]) =>
      (store: Store) =>
        store.history.get(changeOf(number)) && store.history.setDisposition(changeOf(number), after),
  ),
  fc.tuple(few, few).map(([device, sizeBytes]) => (store: Store) => {
    const sequence = (store.log.heads(scopeOf(1)).get(deviceOf(device))?.sequence ?? 0) + 1;
    store.log.append(logRow(sequence, sizeBytes, { deviceId: deviceOf(device) }));
  }),
  fc.tuple(few, few).map(
    ([device, from]) =>
      (store: Store) =>
        store.log.cut(scopeOf(1), deviceOf(device), from),
  ),
  fc.tuple(fc.integer({ min: 1, max: 12 }), few, few, few).map(([number, scope, sequence, index]) => (store: Store) => {
    const place = { scopeId: scopeOf(scope), sequence, index };
    return store.history.get(changeOf(number)) && store.history.move(changeOf(number), place);
  }),
  fc.tuple(collection, id).map(([of, recordId]) => (store: Store) => {
    const row = store.records.get(of, recordId);
    const waits = store.history.list(of, recordId).some((change) => change.disposition === 'waiting');
    return row !== 'damaged' && row?.state === 'tombstoned' && !waits && store.records.collect(of, recordId);
  }),
  few.map((sequence) => (store: Store) => store.log.acknowledge(scopeOf(1), 'wss://relay', sequence)),
  few.map((scope) => (store: Store) => {
    const sequence = store.scopes.entries(scopeOf(scope)).length;
    store.scopes.append({ scopeId: scopeOf(scope), sequence, bytes: new Uint8Array([scope]) });
  }),
  fc.tuple(few, collection, id, fc.boolean(), fc.boolean()).map(
    ([item, of, recordId, open, conflict]) =>
      (store: Store) =>
        store.reviews.put(
          reviewItem(`rv_${item}`, {
            collection: of,
            recordId,
            status: open ? 'open' : 'resolved',
            kind: conflict ? 'conflict' : 'proposal',
          }),
        ),
  ),
  fc.tuple(few, fc.option(collection), fc.boolean()).map(
    ([item, of, held]) =>
      (store: Store) =>
        store.quarantine.put(quarantineItem(`qr_${item}`, { collection: of, status: held ? 'held' : 'released' })),
  ),
  few.map((number) => (store: Store) => store.audit.append(auditEvent(number))),
  few.map((number) => (store: Store) => store.transitions.add(transition(number))),
  few.map((root) => (store: Store) => store.links.put({ engineId: transition(0).engineId, root: `/${root}` })),
  few.map((root) => (store: Store) => store.links.remove(`/${root}`)),
  fc.tuple(few, few, few).map(([root, path, sizeBytes]) => (store: Store) => {
    if (store.links.list().some((link) => link.root === `/${root}`)) {
      store.links.putFile(`/${root}`, linkedFile(`f${path}`, { sizeBytes }));
    }
  }),
  fc.tuple(few, few).map(
    ([root, path]) =>
      (store: Store) =>
        store.links.removeFile(`/${root}`, `f${path}`),
  ),
  fc.tuple(id, json as fc.Arbitrary<never>).map(
    ([name, value]) =>
      (store: Store) =>
        store.vault.put(name, value),
  ),
  id.map((name) => (store: Store) => store.vault.remove(name)),
);

/** Writes by themselves, or as a transaction that commits, throws, or hides that an inner one threw. */
const action: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: write },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.array(write, { maxLength: 8 }), fc.constantFrom('commit', 'throw', 'nested', 'hidden')).map(
      ([writes, end]) =>
        (store: Store) =>
          runTransaction(store, writes, end),
    ),
  },
);

function runTransaction(store: Store, writes: readonly Step[], end: string): unknown {
  const all = () => writes.map((step) => step(store));
  const stop = () => {
    all();
    throw new Error('stop');
  };
  const hide = () => {
    try {
      store.transaction(stop);
    } catch {
      return 'hidden';
    }
    return 'unreachable';
  };
  try {
    switch (end) {
      case 'commit':
        return store.transaction(all);
      case 'nested':
        return store.transaction(() => store.transaction(all));
      case 'hidden':
        return store.transaction(hide);
      default:
        return store.transaction(stop);
    }
  } catch (error) {
    return String(error);
  }
}

function readAll<T>(limit: number, read: (page: PageRequest) => Page<T>): readonly unknown[] {
  const pages: unknown[] = [];
  for (let cursor: string | null = null; pages.length === 0 || cursor !== null; ) {
    const page: Page<T> = read({ cursor, limit });
    pages.push(page);
    cursor = page.nextCursor;
  }
  return pages;
}

/** Everything that can be asked. */
function answers(store: Store, limit: number): unknown {
  const numbers = [1, 2, 3, 4];
  const collections = [notes, shells];
  const ids = numbers.map((number) => recordOf(`r${number}`));
  const changes = Array.from({ length: 12 }, (_, index) => changeOf(index + 1));
  const { records, history: changesOf, log, scopes, reviews, quarantine, links, vault } = store;
  return {
    settings: numbers.map((number) => store.settings.get(`s${number}`)),
    collections: collections.map((name) => ({
      counts: records.counts(name),
      rows: ids.map((one) => records.get(name, one)),
      collected: ids.map((one) => records.collected(name, one)),
      lists: [undefined, 'live', 'tombstoned', 'absent'].map((of) =>
        readAll(limit, (page) => records.list(name, page, of as RecordState | undefined)),
      ),
      byStamp: readAll(limit, (page) => records.listByStamp(name, page)),
      history: ids.map((one) => changesOf.list(name, one)),
      waiting: readAll(limit, (page) => changesOf.listWaiting(name, page)),
      hasWaiting: ids.map((one) => changesOf.hasWaiting(name, one)),
      reviews: readAll(limit, (page) => reviews.listOpen(page, name)),
      openOf: ids.map((one) => reviews.openOf(name, one)),
      countOpen: ids.map((one) => reviews.countOpen(name, one)),
      held: readAll(limit, (page) => quarantine.listHeld(page, name)),
    })),
    changes: changes.map((change) => changesOf.get(change)),
    heads: log.heads(scopeOf(1)),
    batches: numbers.map((device) => log.after(scopeOf(1), deviceOf(device), 1, limit * 3)),
    acknowledged: [log.acknowledged(scopeOf(1), 'wss://relay'), log.acknowledgedAnywhere(scopeOf(1))],
    scopes: scopes.list().map((scope) => [scope, scopes.entries(scope)]),
    reviews: [readAll(limit, (page) => reviews.listOpen(page)), numbers.map((item) => reviews.get(`rv_${item}`))],
    held: [undefined, null].map((of) => readAll(limit, (page) => quarantine.listHeld(page, of))),
    items: numbers.map((item) => quarantine.get(`qr_${item}`)),
    audit: [store.audit.head(), store.audit.read(0, 100)],
    transitions: store.transitions.list(transition(0).engineId, 10),
    links: links.list().map((link) => [link, links.files(link.root)]),
    files: numbers.map((path) => links.file('/1', `f${path}`)),
    secrets: vault.list().map((name) => [name, vault.get(name)]),
  };
}

describe('§7 the memory store is the SQLite store’s twin', () => {
  it('answers the same to any sequence of operations, also after reopening', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 25 }), few, (steps, limit) => {
        const home = createStoreHome();
        try {
          const memory = createMemoryStore();
          const sqlite = home.open();
          for (const step of steps) {
            expect(step(sqlite)).toEqual(step(memory));
          }
          expect(answers(sqlite, limit)).toEqual(answers(memory, limit));
          sqlite.close();
          expect(answers(home.open(), limit)).toEqual(answers(memory, limit));
        } finally {
          home.remove();
        }
      }),
      { numRuns: runs(20, 60) },
    );
  });
});
