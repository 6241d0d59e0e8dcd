import { describe, expect, it } from 'vitest';
import { canonicalText } from '../../../src/base/canonical-json.ts';
import type { ChangeId, CollectionName, RecordId } from '../../../src/base/ids.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import type { Bindings } from '../../../src/replica/names/binding.ts';
import type { RollbackTarget } from '../../../src/replica/edit/rollback.ts';
import type { HistoryRow, Store } from '../../../src/store/ground/port.ts';
import { type BreakableStore, createBreakableStore } from '../../helpers/breakable-store.ts';
import { setupPair } from '../../helpers/setup-pair.ts';
import type { Place } from '../../helpers/test-device.ts';
import { back, messageOf, node, task } from './rollback-world.ts';

const alias = ['shell', 's'] as const;

const command = (n: number): JsonObject => ({ kind: 'alias', name: 'l', body: `ls ${n}` });

function to(version: string): RollbackTarget {
  return { kind: 'version', version };
}

/** Every collection allows rollback, whatever its manifest says. */
function permitting(bindings: Bindings): Bindings {
  const permit = (binding: ReturnType<Bindings['ofCollection']>): ReturnType<Bindings['ofCollection']> =>
    binding && { ...binding, manifest: { ...binding.manifest, supportsRollback: true } };
  return {
    ofCollection: (name) => permit(bindings.ofCollection(name)),
    all: () => bindings.all().flatMap((one) => permit(one) ?? []),
  };
}

describe('a record goes back to a version', () => {
  const cases: readonly { readonly place: Place; readonly fields: (n: number) => JsonObject }[] = [
    { place: node, fields: task },
    { place: alias, fields: command },
    { place: ['presence', 'p'], fields: (n) => ({ kind: 'note', text: `text ${'more '.repeat(n)}`, data: { n } }) },
    { place: ['notes', 'plan.md'], fields: (n) => ({ kind: 'note', text: `${'line\n'.repeat(n)}end` }) },
    { place: ['inbox', 'i'], fields: (n) => ({ producer: 'p', body: { n } }) },
    {
      place: ['shell', 'bin/tool'],
      fields: (n) => ({ kind: 'file', name: 'tool', path: 'bin/tool', body: `run ${n}`, executable: n % 2 === 0 }),
    },
  ];

  it.each(cases)('150 of $place, byte for byte, live or deleted, as a new change that travels', ({ place, fields }) => {
    const { a, b, clock, exchange } = setupPair();
    a.bindings = permitting(a.bindings);
    const versions = [0, 1, 2, 3].map((n) => {
      clock.nowMs += 1;
      return a.put(place, fields(n)).version;
    });
    for (const deleted of [false, true]) {
      for (const [n, version] of versions.entries()) {
        if (deleted) {
          a.remove(place);
        }
        clock.nowMs += 1;
        const before = a.disk.history.list(place[0] as CollectionName, place[1] as RecordId).length;
        const result = back(a, place, to(version));
        expect(result.ok && canonicalText(result.value.fields)).toBe(canonicalText(fields(n)));
        expect(result.ok && result.value.version).not.toBe(version);
        expect(a.disk.history.list(place[0] as CollectionName, place[1] as RecordId)).toHaveLength(before + 1);
      }
    }
    exchange();
    for (const item of b.reviews()) {
      b.replica.decide([item.id], 'accept');
    }
    while (b.held().some((item) => b.replica.release(item.id).ok)) {
      // One that rests on another is released after it.
    }
    expect(b.fields(place)).toEqual(fields(3));
  });

  it('150 a note, as its engine ships, comes back spoilt or deleted', () => {
    const { a, b, clock, exchange } = setupPair();
    const place: Place = ['notes', 'plan.md'];
    const { version } = a.put(place, { kind: 'note', text: 'one\ntwo\n' });
    clock.nowMs += 1;
    a.put(place, { kind: 'note', text: '' });
    expect(messageOf(back(a, place, to(version)))).toBe('it was done');
    a.remove(place);
    expect(messageOf(back(a, place, to(version)))).toBe('it was done');
    exchange();
    expect(b.fields(place)).toEqual({ kind: 'note', text: 'one\ntwo\n' });
  });

  it('150 is named by its ETag, or by a beginning of its hash', () => {
    const { a, clock } = setupPair();
    const first = a.put(node, task(0)).version;
    clock.nowMs += 1;
    a.put(node, task(1));
    for (const name of [first, `${first}.abcdefgh`, first.slice(0, 12)]) {
      expect(messageOf(back(a, node, to(name)))).toBe('it was done');
      expect(a.fields(node)).toEqual(task(0));
      a.put(node, task(1));
    }
  });

  it('151 what is so already is no change', () => {
    const { a } = setupPair();
    const first = a.put(node, task(0)).version;
    const result = back(a, node, to(first));
    expect(result.ok && result.value.version).toBe(first);
  });

  it('151 ifVersion is held against the record, as for every write', () => {
    const { a, clock } = setupPair();
    const first = a.put(node, task(0)).version;
    clock.nowMs += 1;
    const second = a.put(node, task(1)).version;
    expect(back(a, node, to(first), { ifVersion: first })).toMatchObject({
      ok: false,
      error: { kind: 'version_mismatch', current: second },
    });
    expect(a.fields(node)).toEqual(task(1));
    expect(back(a, node, to(first), { ifVersion: second }).ok).toBe(true);
  });

  it('151 on another device it is a change like any other: a dangerous field waits, a reviewed collection too', () => {
    const { a, b, clock, exchange } = setupPair();
    const edges = (automation: string): JsonObject => ({
      ...task(0),
      edges: { e: { type: 'automation', to: automation } },
    });
    const first = a.put(node, edges('workspace/x')).version;
    clock.nowMs += 1;
    a.put(node, edges('workspace/y'));
    const old = a.put(alias, command(0)).version;
    clock.nowMs += 1;
    a.put(alias, command(1));
    exchange();
    b.replica.decide(
      b.reviews().map(({ id }) => id),
      'accept',
    );
    exchange();
    clock.nowMs += 1;
    expect(back(a, node, to(first)).ok).toBe(true);
    expect(back(a, alias, to(old)).ok).toBe(true);
    exchange();
    expect(
      b
        .reviews()
        .map(({ kind, collection }) => `${kind} of ${collection}`)
        .sort(),
    ).toEqual(['proposal of shell', 'proposal of workspace']);
    expect(b.fields(node)).toEqual(edges('workspace/y'));
    expect(b.fields(alias)).toEqual(command(1));
  });

  it('152 the version of another device is one to go back to, once it was live here', () => {
    const { a, b, clock, exchange } = setupPair();
    a.put(alias, command(0));
    exchange();
    b.replica.decide(
      b.reviews().map(({ id }) => id),
      'accept',
    );
    exchange();
    clock.nowMs += 1;
    const proposed = b.put(alias, command(1)).version;
    exchange();
    expect(messageOf(back(a, alias, to(proposed)))).toContain('waits for a decision');
    a.replica.decide(
      a.reviews().map(({ id }) => id),
      'reject',
    );
    expect(messageOf(back(a, alias, to(proposed)))).toContain('decided against here');
    exchange();
    b.replica.decide(
      b.reviews().map(({ id }) => id),
      'accept',
    );
    exchange();
    const rejected = b.replica
      .history('shell' as CollectionName, 's' as RecordId)
      .find(({ change }) => change.changeId === proposed);
    expect(rejected).toMatchObject({ disposition: 'refused', wasLive: true });
    expect(b.fields(alias)).toEqual(command(0));
    clock.nowMs += 1;
    expect(back(b, alias, to(proposed)).ok).toBe(true);
    expect(b.fields(alias)).toEqual(command(1));
    exchange();
    expect(a.fields(alias)).toEqual(command(0));
    expect(a.reviews().map(({ kind }) => kind)).toEqual(['proposal']);
  });
});

describe('what is no version to go back to', () => {
  it('153 unknown, too short, of another record, or a deletion: each in its own words', () => {
    const { a } = setupPair();
    a.put(node, task(0));
    const other = a.put(['workspace', 'other'], task(9)).version;
    const removal = a.remove(node).version;
    const table: readonly (readonly [string, string])[] = [
      ['A'.repeat(43), 'No version of workspace/w begins with'],
      ['AAA', 'at least 6 characters'],
      ['', 'at least 6 characters'],
      [other, 'That is a version of workspace/other. No version of workspace/w'],
      [removal, 'That version deleted w'],
    ];
    for (const [version, words] of table) {
      expect(messageOf(back(a, node, to(version)))).toContain(words);
    }
    expect(a.row(node)?.version).toBe(removal);
  });

  it('153 a beginning that fits two versions', () => {
    const withTwins = (disk: Store): Store => {
      const twin = (row: HistoryRow): HistoryRow => ({ ...row, changeId: `${row.changeId.slice(0, 20)}B` as ChangeId });
      const list: Store['history']['list'] = (collection, id) =>
        disk.history.list(collection, id).flatMap((row) => [row, twin(row)]);
      return { ...disk, history: { ...disk.history, list } };
    };
    const { a } = setupPair({ wrapStore: withTwins });
    const { version } = a.put(node, task(0));
    expect(messageOf(back(a, node, to(version.slice(0, 10))))).toContain('Give more of the hash');
  });

  it('153 a decision, a superseded proposal, and a change that is held', () => {
    const { a, b, clock, exchange } = setupPair();
    b.put(alias, command(0));
    clock.nowMs += 1;
    b.put(alias, command(1));
    exchange();
    const [older] = a.disk.history.list('shell' as CollectionName, 's' as RecordId);
    expect(messageOf(back(a, alias, to(older?.changeId ?? '')))).toContain('a newer proposal took its place');
    a.replica.decide(
      a.reviews().map(({ id }) => id),
      'accept',
    );
    const decision = a.disk.history.list('shell' as CollectionName, 's' as RecordId).at(-1);
    expect(messageOf(back(a, alias, to(decision?.changeId ?? '')))).toContain('is a decision');
    a.bindings = permitting(a.bindings);
    b.put(['inbox', 'i'], { producer: 'p', body: 1 });
    exchange();
    const [held] = a.disk.history.list('inbox' as CollectionName, 'i' as RecordId);
    expect(messageOf(back(a, ['inbox', 'i'], to(held?.changeId ?? '')))).toContain('held here without effect');
  });

  it('153 a version whose past cannot be read from the log', () => {
    const lacking = (disk: Store): Store => {
      const get: Store['log']['get'] = (scopeId, deviceId, sequence) =>
        sequence === 1 ? undefined : disk.log.get(scopeId, deviceId, sequence);
      return { ...disk, log: { ...disk.log, get } };
    };
    const { b, a, clock, exchange } = setupPair({ wrapStore: (disk, index) => (index === 1 ? lacking(disk) : disk) });
    const first = a.put(node, task(0)).version;
    clock.nowMs += 1;
    a.put(node, task(1));
    exchange();
    b.restart();
    for (const target of [to(first), { kind: 'heads', heads: [first] }, { kind: 'time', atMs: clock.nowMs }] as const) {
      expect(messageOf(back(b, node, target))).toContain('sourcesync store verify');
    }
  });

  it('154 append-only entries, secrets, and what the manifest does not allow', () => {
    const { a } = setupPair();
    const table: readonly (readonly [string, string])[] = [
      ['ledger', 'never changed'],
      ['secrets', 'no history'],
      ['nowhere', 'No engine serves'],
    ];
    for (const [collection, words] of table) {
      expect(messageOf(back(a, [collection, 'x'], to('A'.repeat(43))))).toContain(words);
      const page = { atMs: 0, startedAtMs: 0, execute: true, cursor: null, limit: 10 };
      const whole = a.replica.rollbackPage(collection as CollectionName, page);
      expect(whole.ok ? '' : whole.error.message).toContain(words);
    }
  });

  it('154 a damaged record says so, and its neighbours go back', () => {
    let breaking: BreakableStore | undefined;
    const { a, clock } = setupPair({ wrapStore: (disk) => (breaking ??= createBreakableStore(disk)).store });
    const first = a.put(node, task(0)).version;
    a.put(['workspace', 'bad'], task(0));
    clock.nowMs += 1;
    a.put(node, task(1));
    breaking?.breakRow('workspace', 'bad');
    const results = a.replica.rollback('workspace' as CollectionName, [
      { id: 'bad' as RecordId, target: to(first) },
      { id: 'w' as RecordId, target: to(first) },
    ]);
    expect(results.map((result) => (result.ok ? 'done' : result.error.kind))).toEqual(['damaged', 'done']);
  });

  it('154 a device that may not write is told so', () => {
    const { a, b, clock, exchange } = setupPair({ laterRole: 'reader' });
    const first = a.put(node, task(0)).version;
    clock.nowMs += 1;
    a.put(node, task(1));
    exchange();
    expect(messageOf(back(b, node, to(first)))).toContain('This device is a reader here');
    expect(b.fields(node)).toEqual(task(1));
  });
});
