import Database from 'better-sqlite3';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EngineId } from '../../../src/base/ids.ts';
import {
  auditEvent,
  changeOf,
  collectionOf,
  historyRow,
  linkedFile,
  logRow,
  notes,
  quarantineItem,
  recordOf,
  recordRow,
  reviewItem,
  scopeOf,
  stampOf,
  transition,
} from '../../contract/store-rows.ts';
import { type StoreHome, createStoreHome } from './store-home.ts';
import { swap, tamperWith } from './tampering.ts';

let home: StoreHome;

beforeEach(() => {
  home = createStoreHome();
});

afterEach(() => home.remove());

const tamper = (...statements: readonly string[]): void => tamperWith(home.path, ...statements);

function fill(ids: readonly string[]): void {
  const store = home.open();
  store.transaction(() => {
    ids.forEach((id, index) => {
      store.records.put(recordRow(id, { strategyState: { appendOnly: true }, stamp: stampOf(index) }));
      store.history.addIfAbsent(historyRow(index + 1, { recordId: recordOf(id) }));
    });
  });
  store.close();
}

describe('§3 nothing readable is on the disk', () => {
  it('holds no content, id, name, path or label in any of its files', () => {
    const store = home.open();
    const word = (name: string) => `canary-${name}-canary`;
    store.transaction(() => {
      const collection = collectionOf('canary.collection');
      const id = recordOf(word('record'));
      store.settings.set(word('setting'), word('value'));
      store.records.put(
        recordRow(id, {
          collection,
          fields: { [word('key')]: word('field') },
          authorId: word('author'),
          strategyState: { x: word('state') },
          document: new TextEncoder().encode(word('document')),
        }),
      );
      store.history.addIfAbsent(historyRow(1, { collection, recordId: recordOf(word('history')) }));
      store.log.append(logRow(1));
      store.log.acknowledge(scopeOf(1), word('relay'), 1);
      store.scopes.append({ scopeId: scopeOf(1), sequence: 0, bytes: new TextEncoder().encode(word('entry')) });
      store.scopes.setEpochKey(scopeOf(1), 0, new TextEncoder().encode(word('epoch')));
      store.reviews.put(reviewItem(word('review'), { collection, recordId: id, summary: word('summary') }));
      store.quarantine.put(
        quarantineItem(word('held'), { message: word('message'), bytes: new TextEncoder().encode(word('bytes')) }),
      );
      store.audit.append({ ...auditEvent(1), subjectId: word('subject') });
      store.transitions.add({ ...transition(1), engineId: word('engine') as EngineId });
      store.links.put({ engineId: word('engine') as EngineId, root: word('root') });
      store.links.putFile(word('root'), linkedFile(word('path')));
      store.vault.put(recordOf(word('secret-id')), word('secret'));
    });
    const files = () => readdirSync(dirname(home.path));
    const read = () => Buffer.concat(files().map((file) => readFileSync(join(dirname(home.path), file))));
    expect(files().some((file) => file.endsWith('-wal'))).toBe(true);
    expect(read().length).toBeGreaterThan(10_000);
    expect(read().includes('canary')).toBe(false);
    store.close();
    expect(read().includes('canary')).toBe(false);
    expect(home.open().records.get(collectionOf('canary.collection'), recordOf(word('record')))).toBeDefined();
  });

  it('lets nobody else read its files', () => {
    const store = home.open();
    store.settings.set('a', 1);
    const folder = dirname(home.path);
    const modes = readdirSync(folder).map((file) => statSync(join(folder, file)).mode & 0o777);
    expect(modes.length).toBeGreaterThanOrEqual(3);
    expect(new Set(modes)).toEqual(new Set([0o600]));
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });
});

describe('§4 a row opens in its own place only', () => {
  const get = (store: ReturnType<StoreHome['open']>, id: string) => store.records.get(notes, recordOf(id));

  it('answers damaged for two rows that were swapped, and the rest works', () => {
    fill(['a', 'b', 'c']);
    const first = 'row % 1000 = (select min(row) % 1000 from old)';
    const second = 'row % 1000 = (select min(row) % 1000 + 1 from old)';
    tamper(swap('record', 'version, payload', first, second));
    const store = home.open();
    expect([get(store, 'a'), get(store, 'b')]).toEqual(['damaged', 'damaged']);
    expect(get(store, 'c')).toMatchObject({ id: 'c' });
    const listed = store.records.list(notes, { cursor: null, limit: 10 });
    expect([listed.items.map((row) => row.id), listed.damaged]).toEqual([['c'], 2]);
    expect(store.records.listByStamp(notes, { cursor: null, limit: 10 }).items.map((row) => row.id)).toEqual(['c']);
    expect(store.records.counts(notes).live).toBe(3);
    store.records.put(recordRow('a'));
    expect(get(store, 'a')).toEqual(recordRow('a'));
    expect(store.records.counts(notes).live).toBe(3);
  });

  it('answers damaged for rows whose index was swapped, and writes over neither', () => {
    fill(['a', 'b', 'c']);
    tamper('update record_index set row = (select min(row) + max(row) from record_index) - row');
    const store = home.open();
    expect([get(store, 'a'), get(store, 'c')]).toEqual(['damaged', 'damaged']);
    expect(get(store, 'b')).toMatchObject({ id: 'b' });
    expect(store.history.list(notes, recordOf('a'))).toEqual([]);
    store.records.put(recordRow('a', { fields: { new: true } }));
    expect(get(store, 'a')).toMatchObject({ fields: { new: true } });
    expect(store.records.list(notes, { cursor: null, limit: 10 }).items.map((row) => row.id)).toEqual([
      'a',
      'b',
      'c',
      'a',
    ]);
  });

  it.each([
    ['state', 'update record set state = 1 where row = (select min(row) from record)'],
    ['version', 'update record set version = version + 1 where row = (select min(row) from record)'],
    ['payload', 'update record set payload = zeroblob(100) where row = (select min(row) from record)'],
    ['short payload', "update record set payload = x'00' where row = (select min(row) from record)"],
    ['whole row', 'delete from record where row = (select min(row) from record)'],
  ])('answers damaged for a changed %s', (_, statement) => {
    fill(['a', 'b']);
    tamper(statement);
    const store = home.open();
    expect(get(store, 'a')).toBe('damaged');
    expect(get(store, 'b')).toMatchObject({ id: 'b' });
    store.records.put(recordRow('a'));
    expect(get(store, 'a')).toEqual(recordRow('a'));
  });

  it.each(['record = record + 1', 'sequence = 9', 'position = 9', 'disposition = 4', "stamp = x'0000000000000000'"])(
    'leaves out a change whose history says %s, and takes it again',
    (change) => {
      fill(['a', 'b']);
      tamper(`update history set ${change} where row = 1`);
      const store = home.open();
      expect(store.history.get(changeOf(1))).toBeUndefined();
      expect(store.history.list(notes, recordOf('a'))).toEqual([]);
      expect(store.history.get(changeOf(2))).toEqual(historyRow(2, { recordId: recordOf('b') }));
      expect(store.history.addIfAbsent(historyRow(1))).toBe(true);
      expect(store.history.list(notes, recordOf('a'))).toEqual([historyRow(1)]);
    },
  );

  it('says damaged at the position of an audit row that was changed, missing where it was deleted', () => {
    const writer = home.open();
    for (let number = 0; number < 5; number++) {
      writer.audit.append(auditEvent(number));
    }
    writer.close();
    tamper(
      'update audit set payload = zeroblob(300) where row = 2',
      'delete from audit where row = 3',
      'delete from audit where row = 5',
    );
    const store = home.open();
    expect(store.audit.read(0, 10)).toEqual([auditEvent(0), 'damaged', 'missing', auditEvent(3), 'missing']);
    expect(store.audit.head()).toEqual({ count: 5, head: 'sha256:4' });
  });

  it('20 what was noted as lost reads so where it does not open or is gone, and nowhere else', () => {
    const writer = home.open();
    for (let number = 0; number < 5; number++) {
      writer.audit.append(auditEvent(number));
    }
    writer.close();
    tamper('update audit set payload = zeroblob(300) where row = 2', 'delete from audit where row in (3, 5)');
    const store = home.open();
    store.audit.noteLost({ from: 1, to: 4, atMs: 7 });
    const noted = [auditEvent(0), 'lost', 'lost', auditEvent(3), 'missing'];
    expect(store.audit.read(0, 10)).toEqual(noted);
    expect(store.audit.lost()).toEqual([{ from: 1, to: 4, atMs: 7 }]);
    store.close();
    expect(home.open().audit.read(0, 10)).toEqual(noted);
  });

  it('leaves out what was swapped in the other tables', () => {
    const writer = home.open();
    writer.reviews.put(reviewItem('rv_1'));
    writer.reviews.put(reviewItem('rv_2'));
    writer.vault.put(recordOf('x'), 1);
    writer.vault.put(recordOf('y'), 2);
    writer.settings.set('a', 1);
    writer.settings.set('b', 2);
    writer.close();
    for (const table of ['review', 'vault', 'setting']) {
      tamper(swap(table, 'version, payload', 'row = 1', 'row = 2'));
    }
    const store = home.open();
    expect(store.reviews.get('rv_1')).toBeUndefined();
    expect(store.reviews.listOpen({ cursor: null, limit: 10 }).items).toEqual([]);
    expect([store.vault.get(recordOf('x')), store.vault.list()]).toEqual([undefined, []]);
    expect(store.settings.get('a')).toBeUndefined();
    store.settings.set('a', 3);
    store.reviews.put(reviewItem('rv_1'));
    expect([store.settings.get('a'), store.reviews.get('rv_1')]).toEqual([3, reviewItem('rv_1')]);
  });

  it('never uses a nonce twice: not after a rollback, a reopening or a restored copy', () => {
    const versions = new Set<string>();
    let written = 0;
    const note = () => {
      const database = new Database(home.path, { readonly: true });
      for (const { nonce } of database
        .prepare<[], { nonce: string }>(
          `select hex(prefix) || (version % 4294967296) nonce from record join session on session = version / 4294967296`,
        )
        .all()) {
        written += versions.has(nonce) ? 0 : 1;
        versions.add(nonce);
      }
      database.close();
    };
    for (let round = 0; round < 3; round++) {
      const store = home.open();
      store.records.put(recordRow('a', { fields: { round } }));
      expect(() =>
        store.transaction(() => {
          store.records.put(recordRow('a'));
          throw new Error('stop');
        }),
      ).toThrow();
      store.records.put(recordRow('a', { fields: { round, again: true } }));
      store.close();
      note();
    }
    // One row, sealed anew in each round: each time another nonce.
    expect([versions.size, written]).toEqual([3, 3]);
  });
});
