import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RecordState } from '../../../src/contract/record.ts';
import type { DamagedRow, Store } from '../../../src/store/ground/port.ts';
import { historyRow, notes, recordOf, recordRow, shells } from '../../contract/store-rows.ts';
import { type StoreHome, createStoreHome } from './store-home.ts';
import { leavesOf, spoilPage } from '../../helpers/damaged-page.ts';
import { swap, tamperWith } from './tampering.ts';

let home: StoreHome;

beforeEach(() => {
  home = createStoreHome();
});

afterEach(() => home.remove());

const everything = { cursor: null, limit: 100 } as const;
const first = 'row = (select min(row) from old)';
const second = 'row = (select min(row) + 1 from old)';

/** Three records of one change each, and one that only its history speaks of. */
function fill(stateOfA: RecordState = 'live'): void {
  const store = home.open();
  ['a', 'b', 'c'].forEach((id, index) => {
    store.records.put(recordRow(id, id === 'a' && stateOfA !== 'live' ? { state: stateOfA, fields: null } : {}));
    store.history.addIfAbsent(historyRow(index + 1, { recordId: recordOf(id) }));
  });
  store.history.addIfAbsent(historyRow(4, { recordId: recordOf('waits') }));
  store.close();
}

/** What the store says of itself, and of each record, after its file was altered. */
function tampered(...statements: readonly string[]): Store {
  tamperWith(home.path, ...statements);
  return home.open();
}

function damagedIn(store: Store): readonly DamagedRow[] {
  return store.upkeep.verifyRecords(everything).damaged;
}

describe('§4 a walk over the stored records', () => {
  it('23. sees what became of the file, and not what was read of it before', () => {
    const filling = home.open();
    for (let index = 0; index < 300; index++) {
      filling.records.put(recordRow(`r${index}`));
    }
    filling.close();
    const pages = leavesOf(home.path, 'record');
    const store = home.open();
    const walk = (): unknown => store.upkeep.verifyRecords({ cursor: null, limit: 1000 });
    expect(walk()).toMatchObject({ checked: 300, damaged: [] });
    spoilPage(home.path, pages[1] ?? 0);
    store.upkeep.forgetPages();
    expect(walk).toThrow('malformed');
  });

  it('13 opens every one, a page at a time, also those that history alone speaks of', () => {
    fill();
    const store = home.open();
    store.records.put(recordRow('x', { collection: shells }));
    const pages: number[] = [];
    for (let cursor: string | null = null, more = true; more; ) {
      const page: ReturnType<Store['upkeep']['verifyRecords']> = store.upkeep.verifyRecords({ cursor, limit: 2 });
      expect(page.damaged).toEqual([]);
      pages.push(page.checked);
      cursor = page.nextCursor;
      more = cursor !== null;
    }
    expect(pages).toEqual([2, 2, 1]);
    expect(store.upkeep.verifyRecords({ cursor: 'not ours', limit: 2 })).toMatchObject({
      checked: 0,
      nextCursor: null,
    });
  });

  it('13 §10.50 names two rows that were swapped by what history says of them', () => {
    fill();
    const store = tampered(swap('record', 'version, payload', first, second));
    const { changeId, scopeId, deviceId, sequence, index } = historyRow(1);
    expect(damagedIn(store)).toMatchObject([
      { collection: notes, recordId: undefined, changes: [{ changeId, scopeId, deviceId, sequence, index }] },
      { collection: notes, recordId: undefined, changes: [{ changeId: historyRow(2).changeId }] },
    ]);
  });

  it.each([
    ['payload', 'update record set payload = zeroblob(100) where row = (select min(row) from record)'],
    ['state', 'update record set state = 1 where row = (select min(row) from record)'],
    ['row that history speaks of', 'update record set payload = zeroblob(9) where state = 3'],
  ])('13 finds a changed %s', (_, statement) => {
    fill();
    expect(damagedIn(tampered(statement))).toHaveLength(1);
  });

  it('13 finds records whose lookups were swapped, which still say who they are', () => {
    fill();
    const store = tampered(
      'update record_index set row = (select min(row) + max(row) - 1 from record_index) - row where row < (select max(row) from record_index)',
    );
    expect(damagedIn(store).map(({ recordId }) => recordId)).toEqual(['a', 'c']);
    expect(store.upkeep.damagedRowOf(notes, recordOf('a'))).toBeUndefined();
  });

  it('13 says nothing of changes whose own history rows were altered', () => {
    fill();
    const store = tampered(
      swap('record', 'version, payload', first, second),
      'update history set sequence = 9 where row = 1',
    );
    expect(damagedIn(store).map(({ changes }) => changes.length)).toEqual([0, 1]);
  });

  it('13 a record is asked for by name: its damaged row, a row that is gone, and nothing for a whole or unknown one', () => {
    fill();
    const store = tampered(
      'update record set payload = zeroblob(100) where row = (select min(row) from record)',
      'delete from record where row = (select min(row) + 1 from record)',
    );
    expect(store.upkeep.damagedRowOf(notes, recordOf('a'))).toMatchObject({ changes: [{}] });
    expect(store.upkeep.damagedRowOf(notes, recordOf('b'))).toMatchObject({ changes: [{}] });
    expect(store.upkeep.damagedRowOf(notes, recordOf('c'))).toBeUndefined();
    expect(store.upkeep.damagedRowOf(notes, recordOf('never'))).toBeUndefined();
  });
});

describe('§4 a damaged row that is given back', () => {
  it.each([
    ['a swapped one', 'live', swap('record', 'version, payload', first, second)],
    ['a swapped one that was deleted', 'tombstoned', swap('record', 'version, payload', first, second)],
    ['one that is gone', 'live', 'delete from record where row = (select min(row) from record)'],
    [
      'one whose lookup was swapped',
      'live',
      'update record_index set row = (select min(row) + max(row) - 1 from record_index) - row where row < (select max(row) from record_index)',
    ],
  ] as const)(
    '14 %s is known by its history, takes its row, and is counted right, also after a restart',
    (_, state, statement) => {
      fill(state);
      const store = tampered(statement);
      const named = damagedIn(store).find(({ changes }) => changes[0]?.changeId === historyRow(1).changeId);
      const damaged = named ?? store.upkeep.damagedRowOf(notes, recordOf('a'));
      store.upkeep.reclaim(damaged as DamagedRow, recordOf('a'));
      expect(store.records.get(notes, recordOf('a'))).toBeUndefined();
      expect(store.history.list(notes, recordOf('a'))).toEqual([historyRow(1)]);
      const row = recordRow('a', state === 'live' ? {} : { state, fields: null });
      store.records.put(row);
      const expected = { live: state === 'live' ? 3 : 2, tombstoned: state === 'live' ? 0 : 1 };
      expect(store.records.counts(notes)).toMatchObject(expected);
      store.close();
      const again = home.open();
      expect(again.records.get(notes, recordOf('a'))).toEqual(row);
      expect(again.records.counts(notes)).toMatchObject(expected);
      expect(again.records.list(notes, everything).items.filter(({ id }) => id === 'a').length).toBe(1);
      expect(damagedIn(again).map(({ recordId }) => recordId)).not.toContain('a');
    },
  );
});
