import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalText } from '../../../src/base/canonical-json.ts';
import type { ChangeId, CollectionName, RecordId } from '../../../src/base/ids.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import type { WriteResult } from '../../../src/replica/names/write.ts';
import type { Bindings } from '../../../src/replica/names/binding.ts';
import type { RollbackTarget } from '../../../src/replica/edit/rollback.ts';
import type { HistoryRow, Store } from '../../../src/store/ground/port.ts';
import { type BreakableStore, createBreakableStore } from '../../helpers/breakable-store.ts';
import { type Pair, setupPair } from '../../helpers/setup-pair.ts';
import type { Place, TestDevice } from '../../helpers/test-device.ts';

const node = ['workspace', 'w'] as const;
const alias = ['shell', 's'] as const;
const task = (n: number): JsonObject => ({ kind: 'task', title: `title ${n}`, props: { n, deep: { of: [n] } } });
const command = (n: number): JsonObject => ({ kind: 'alias', name: 'l', body: `ls ${n}` });
const nothing: JsonObject = {};

function back(device: TestDevice, [collection, id]: Place, target: RollbackTarget, more: object = {}): WriteResult {
  const request = { id: id as RecordId, target, ...more };
  return device.replica.rollback(collection as CollectionName, [request])[0] as WriteResult;
}

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

function messageOf(result: WriteResult): string {
  return result.ok ? 'it was done' : result.error.message;
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

describe('to what heads or a moment say', () => {
  it('155 heads of none: nothing was there, so it is removed; where nothing is, nothing happens', () => {
    const { a } = setupPair();
    a.put(node, task(0));
    expect(back(a, node, { kind: 'heads', heads: [] }).ok).toBe(true);
    expect(a.row(node)?.state).toBe('tombstoned');
    expect(back(a, node, { kind: 'heads', heads: [] }).ok).toBe(true);
    expect(messageOf(back(a, ['workspace', 'none'], { kind: 'heads', heads: [] }))).toContain('there was none');
  });

  it('155 what concurrent heads came to comes back as it was, whatever arrived since', () => {
    const { a, b, clock, exchange } = setupPair();
    a.put(node, task(0));
    exchange();
    a.patch(node, { op: 'add', path: '/title', value: 'by a' });
    b.patch(node, { op: 'add', path: '/props/n', value: 7 });
    const late = b.put(['workspace', 'late'], task(1));
    exchange();
    const { heads, fields } = a.row(node) ?? {};
    expect(heads).toHaveLength(2);
    clock.nowMs += 1;
    b.put(node, task(5));
    exchange();
    expect(back(a, node, { kind: 'heads', heads: heads ?? [] }).ok).toBe(true);
    expect(a.fields(node)).toEqual(fields);
    expect(late.state).toBe('live');
  });

  it('156 a whole collection goes back: changed, deleted, made since; a plan counts and writes nothing', () => {
    const { a, clock } = setupPair();
    const place = (name: string): Place => ['workspace', name];
    a.put(place('changed'), task(0));
    a.put(place('deleted'), task(1));
    a.put(place('same'), task(2));
    a.put(place('gone before'), task(3));
    a.remove(place('gone before'));
    const atMs = clock.nowMs;
    clock.nowMs += 1000;
    a.put(place('changed'), task(10));
    a.remove(place('deleted'));
    a.put(place('new'), task(11));
    clock.nowMs += 1000;
    const run = (execute: boolean): Record<string, string> => {
      const found: Record<string, string> = {};
      let cursor: string | null = null;
      do {
        const request = { atMs, startedAtMs: clock.nowMs, execute, cursor, limit: 2 };
        const page = a.replica.rollbackPage('workspace' as CollectionName, request);
        expect(page.ok && page.value.failed).toEqual([]);
        for (const { id, action } of page.ok ? page.value.steps : []) {
          found[id] = action;
        }
        cursor = page.ok ? page.value.nextCursor : null;
      } while (cursor !== null);
      return found;
    };
    const wanted = { changed: 'put', deleted: 'put', same: 'none', 'gone before': 'none', new: 'remove' };
    const logBefore = a.appended.length;
    expect(run(false)).toEqual(wanted);
    expect(a.appended).toHaveLength(logBefore);
    expect(run(true)).toEqual(wanted);
    expect(a.fields(place('changed'))).toEqual(task(0));
    expect(a.fields(place('deleted'))).toEqual(task(1));
    expect(a.row(place('new'))?.state).toBe('tombstoned');
    expect(run(false)).toEqual(Object.fromEntries(Object.keys(wanted).map((name) => [name, 'none'])));
  });

  it('156 what is written while it runs stays', () => {
    const { a, clock } = setupPair();
    const startedAtMs = clock.nowMs;
    clock.nowMs += 1;
    a.put(node, task(1));
    const page = { atMs: startedAtMs - 1, startedAtMs, execute: true, cursor: null, limit: 10 };
    expect(a.replica.rollbackPage('workspace' as CollectionName, page)).toMatchObject({
      ok: true,
      value: { steps: [] },
    });
    expect(a.fields(node)).toEqual(task(1));
  });

  it('156 what cannot be written is named and stops no other', () => {
    const { a, clock } = setupPair();
    a.put(node, task(0));
    const atMs = clock.nowMs;
    clock.nowMs += 10;
    a.put(node, task(1));
    a.disabled.add('sourceos.sync.workspace');
    const page = { atMs, startedAtMs: clock.nowMs, execute: true, cursor: null, limit: 10 };
    const result = a.replica.rollbackPage('workspace' as CollectionName, page);
    expect(result).toMatchObject({
      ok: true,
      value: { failed: [{ id: 'w', message: expect.stringContaining('switched off') }] },
    });
  });

  it('157 law: after any edits of two devices, the moment before comes back byte for byte', () => {
    const edit = fc.record({ by: fc.nat(1), n: fc.nat(4), act: fc.constantFrom('put', 'patch', 'remove', 'exchange') });
    const take = (pair: Pair, { by, n, act }: { by: number; n: number; act: string }): void => {
      const device = pair.all[by] as TestDevice;
      pair.clock.nowMs += 5;
      if (act === 'exchange') {
        pair.exchange();
      } else {
        const title = { op: 'add', path: '/title', value: `t${n}` } as const;
        const intent =
          act === 'put'
            ? { kind: 'put', fields: task(n) }
            : act === 'patch'
              ? { kind: 'patch', patch: [title] }
              : { kind: 'remove' };
        device.write(node, intent as never);
      }
    };
    fc.assert(
      fc.property(
        fc.array(edit, { maxLength: 5 }),
        fc.array(edit, { maxLength: 5 }),
        fc.boolean(),
        (before, after, byTime) => {
          const pair = setupPair();
          before.forEach((one) => take(pair, one));
          pair.exchange();
          const atMs = pair.clock.nowMs;
          const { fields = null, heads = [] } = pair.a.row(node) ?? {};
          after.forEach((one) => take(pair, one));
          pair.exchange();
          pair.clock.nowMs += 5;
          const target: RollbackTarget = byTime ? { kind: 'time', atMs } : { kind: 'heads', heads };
          back(pair.a, node, target);
          expect(canonicalText(pair.a.fields(node) ?? nothing)).toBe(canonicalText(fields ?? nothing));
          pair.exchange();
          expect(pair.b.row(node)?.fields).toEqual(pair.a.row(node)?.fields);
        },
      ),
      { numRuns: 20 },
    );
  });
});
