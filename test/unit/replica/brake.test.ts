import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CollectionName, RecordId } from '../../../src/base/ids.ts';
import type { ReviewItem } from '../../../src/contract/review.ts';
import type { Write } from '../../../src/replica/port.ts';
import { type Pair, setupDevices, setupPair } from '../../helpers/setup-pair.ts';
import type { TestDevice } from '../../helpers/test-device.ts';
import { sharedState } from './device-state.ts';

const workspace = 'workspace' as CollectionName;

describe('mass changes that arrive', () => {
  it('160 a batch that deletes more than the share has no effect, and other records go on', () => {
    const { a, b, exchange } = filledPair(100);
    removeAll(a, 0, 50);
    a.put(['workspace', 'new'], task('new'));
    a.put(['shell', 's'], { kind: 'alias', name: 'l', body: 'ls' });
    exchange();
    expect(liveOn(b)).toBe(101);
    expect(b.fields(['workspace', 'new'])).toEqual(task('new'));
    expect(
      b
        .reviews()
        .map(({ kind, collection }) => `${kind} ${collection}`)
        .sort(),
    ).toEqual(['brake workspace', 'proposal shell']);
    const item = brakeOn(b);
    expect(item).toMatchObject({ reasonCode: 'manual_review_required', deviceId: a.replica.self, recordId: '*' });
    expect(item.summary).toBe('delete 50 of 100 records at once, where 19 may be without asking: "r0", "r1", "r2" …');
    expect(item.alternatives).toHaveLength(20);
    expect(item.alternatives[0]).toMatchObject({
      deleted: true,
      value: { record: 'r0', summary: expect.stringContaining('t0') as unknown },
    });
    expect(b.replica.isBraking(workspace)).toBe(true);
    expect(b.events.filter(({ type }) => type === 'brake.held')).toEqual([
      { type: 'brake.held', data: expect.objectContaining({ id: item.id, collection: 'workspace' }) as unknown },
    ]);
    expect(b.disk.log.heads(b.replica.scopes()[1]?.state.scopeId as never).size).toBeGreaterThan(0);
  });

  it.each([
    // collection, live before, touched, held
    ['workspace', 100, 19, false],
    ['workspace', 100, 20, true],
    ['workspace', 300, 30, false],
    ['workspace', 300, 31, true],
    ['presence', 30, 19, false],
    ['presence', 60, 30, false],
    ['presence', 60, 31, true],
    ['shell', 60, 60, false],
    ['inbox', 60, 60, false],
  ] as const)('160 %s: of %i live records %i replaced are held: %s', (collection, live, touched, held) => {
    const { a, b, exchange } = filledPair(live, collection);
    edit(a, collection, range(touched), (index) => ({ kind: 'put', fields: fieldsOf(collection, `other ${index}`) }));
    exchange();
    expect(b.replica.isBraking(collection as CollectionName)).toBe(held);
    expect(b.reviews().some(({ kind }) => kind === 'brake')).toBe(held);
  });

  it('161 a set of several that would become empty is held however small it is', () => {
    const { a, b, exchange } = filledPair(3);
    removeAll(a, 0, 3);
    exchange();
    expect(liveOn(b)).toBe(3);
    expect(brakeOn(b).summary).toContain('delete 3 of 3 records at once');
  });

  it('161 the last record of all goes like any other', () => {
    const { a, b, exchange } = filledPair(1);
    a.remove(['workspace', 'r0']);
    exchange();
    expect(liveOn(b)).toBe(0);
    expect(b.reviews()).toEqual([]);
  });

  it('162 a mass change in pieces is held from the piece on that tips the scales, as one item', () => {
    const { a, b, exchange } = filledPair(200);
    for (let from = 0; from < 100; from += 10) {
      removeAll(a, from, from + 10);
      exchange();
    }
    expect(liveOn(b)).toBe(180);
    const item = brakeOn(b);
    expect(item.summary).toContain('delete 80 of 200');
    expect(b.events.filter(({ type }) => type === 'brake.held')).toHaveLength(1);
    b.replica.decide([item.id], 'accept');
    expect(liveOn(b)).toBe(100);
  });

  it('162 single changes past the share within a minute are held one by one', () => {
    const { a, b, exchange } = filledPair(100);
    for (const index of range(25)) {
      a.remove(['workspace', `r${index}`]);
      exchange();
    }
    expect(liveOn(b)).toBe(81);
    expect(brakeOn(b).summary).toContain('delete 6 of 100');
  });

  it('162 once a relay has said that all is here, records that came a moment ago are live records like others', () => {
    const { a, b, exchange, ...world } = setupPair();
    b.replica.caughtUp(world.workspace);
    fill(a, 100, 'workspace');
    exchange();
    removeAll(a, 0, 50);
    exchange();
    expect(liveOn(b)).toBe(100);
    expect(brakeOn(b).summary).toContain('delete 50 of 100');
  });

  it('162 after a relay was lost sight of, what comes is a past of its own', () => {
    const { a, b, exchange, ...world } = setupPair();
    b.replica.caughtUp(world.workspace);
    b.replica.fellBehind();
    fill(a, 100, 'workspace');
    removeAll(a, 0, 50);
    exchange();
    expect(liveOn(b)).toBe(50);
    expect(b.reviews()).toEqual([]);
  });

  it('162 a slow drip passes, and so does work on the same few records', () => {
    const { a, b, clock, workspace: scopeId, exchange } = filledPair(100);
    b.replica.caughtUp(scopeId);
    clock.nowMs += 120_000;
    for (const index of range(90)) {
      a.remove(['workspace', `r${index}`]);
      a.put(['workspace', 'r99'], task(`typed ${index}`));
      exchange();
      clock.nowMs += 5_000;
    }
    expect(liveOn(b)).toBe(10);
    expect(b.reviews()).toEqual([]);
  });

  it('163 a device that begins with nothing takes a whole past in, whatever was deleted and replaced in it', () => {
    const { all, send } = setupDevices(3);
    const [a, b, fresh] = all as [TestDevice, TestDevice, TestDevice];
    fill(a, 200, 'workspace');
    send(a, b);
    edit(a, 'workspace', range(200), (index) => ({ kind: 'put', fields: task(`later ${index}`) }));
    removeAll(a, 0, 150);
    send(a, fresh);
    expect(liveOn(fresh)).toBe(50);
    expect(fresh.reviews()).toEqual([]);
  });

  it('163 what was set aside while the engine was off is weighed as a whole when it is switched on', () => {
    const { a, b, exchange } = filledPair(100);
    b.disabled.add('sourceos.sync.workspace');
    for (const index of range(40)) {
      a.remove(['workspace', `r${index}`]);
    }
    exchange();
    b.disabled.clear();
    b.replica.rejudge(workspace);
    expect(liveOn(b)).toBe(100);
    expect(brakeOn(b).summary).toContain('delete 40 of 100');
  });

  it('164 what is held stays so over a restart and when everything is judged again', () => {
    const { a, b, exchange } = filledPair(100);
    removeAll(a, 0, 50);
    exchange();
    const before = b.reviews();
    b.restart();
    b.replica.rejudge(workspace);
    expect(liveOn(b)).toBe(100);
    expect(b.reviews()).toEqual(before);
    expect(b.replica.isBraking(workspace)).toBe(true);
  });

  it('164 what rests on a held change waits with it', () => {
    const { a, b, exchange } = filledPair(100);
    removeAll(a, 0, 50);
    a.put(['workspace', 'r0'], task('written again'));
    exchange();
    expect(b.fields(['workspace', 'r0'])).toEqual(task('t0'));
    b.replica.decide([brakeOn(b).id], 'accept');
    expect(b.fields(['workspace', 'r0'])).toEqual(task('written again'));
    expect(liveOn(b)).toBe(51);
  });

  it('165 accepted, it is applied, and everything is equal again', () => {
    const { a, b, exchange } = filledPair(100);
    removeAll(a, 0, 50);
    exchange();
    const [decided] = b.replica.decide([brakeOn(b).id], 'accept');
    expect(decided).toMatchObject({ ok: true, value: { status: 'accepted' } });
    expect(b.replica.isBraking(workspace)).toBe(false);
    exchange();
    expect(sharedState(b, ['workspace'])).toBe(sharedState(a, ['workspace']));
    expect(liveOn(a)).toBe(50);
  });

  it('166 rejected, what was live is written again, and every device comes to it', () => {
    const { all, clock, exchange } = setupDevices(3);
    const [a, b, c] = all as [TestDevice, TestDevice, TestDevice];
    fill(a, 100, 'workspace');
    exchange();
    clock.nowMs += 3 * 3_600_000;
    removeAll(a, 0, 50);
    edit(a, 'workspace', range(60).slice(50), (index) => ({ kind: 'put', fields: task(`stale ${index}`) }));
    exchange();
    const kept = b.fields(['workspace', 'r55']);
    expect(kept).toEqual(task('t55'));
    expect(b.replica.decide([brakeOn(b).id], 'reject')).toMatchObject([{ ok: true, value: { status: 'rejected' } }]);
    expect(liveOn(b)).toBe(100);
    expect(b.fields(['workspace', 'r55'])).toEqual(kept);
    exchange();
    expect(liveOn(a)).toBe(100);
    expect(b.reviews()).toEqual([]);
    c.replica.decide([brakeOn(c).id], 'accept');
    exchange();
    for (const device of [a, c]) {
      expect(sharedState(device, ['workspace'])).toBe(sharedState(b, ['workspace']));
      expect(liveOn(device)).toBe(100);
    }
    const history = b.replica.history(workspace, 'r0' as RecordId);
    expect(history.map(({ change }) => change.operation)).toEqual(['put', 'tombstone', 'put']);
  });

  it('166 rejected, what was deleted here while it waited is not revived by it', () => {
    const { a, b, exchange } = filledPair(100);
    edit(a, 'workspace', range(50), (index) => ({ kind: 'put', fields: task(`other ${index}`) }));
    exchange();
    b.remove(['workspace', 'r0']);
    expect(b.replica.decide([brakeOn(b).id], 'reject')).toMatchObject([{ ok: true }]);
    expect([b.row(['workspace', 'r0'])?.state, b.fields(['workspace', 'r1'])]).toEqual(['tombstoned', task('t1')]);
  });

  it('166 what rested on another mass change when it was rejected is asked about again once that one is taken in', () => {
    const { all, clock, exchange } = setupDevices(3);
    const [a, b, c] = all as [TestDevice, TestDevice, TestDevice];
    fill(a, 100, 'workspace');
    exchange();
    clock.nowMs += 3 * 3_600_000;
    edit(a, 'workspace', range(50), (index) => ({ kind: 'put', fields: task(`first ${index}`) }));
    exchange();
    c.replica.decide([brakeOn(c).id], 'accept');
    edit(c, 'workspace', range(50), (index) => ({ kind: 'put', fields: task(`second ${index}`) }));
    exchange();
    const heldOf = (author: TestDevice): string =>
      b.reviews().find(({ kind, deviceId }) => kind === 'brake' && deviceId === author.replica.self)?.id ?? '';
    const [first, second] = [heldOf(a), heldOf(c)];
    expect(b.replica.decide([second], 'reject')).toMatchObject([{ ok: true }]);
    expect(b.replica.decide([first], 'accept')).toMatchObject([{ ok: true }]);
    expect(b.fields(['workspace', 'r0'])).toEqual(task('first 0'));
    const asked = brakeOn(b);
    expect(asked).toMatchObject({ id: second, deviceId: c.replica.self, status: 'open' });
    expect(asked.summary).toContain('change 50 of 100');
    b.replica.decide([asked.id], 'reject');
    exchange();
    for (const device of [a, c]) {
      device.replica.decide(
        device.reviews().map(({ id }) => id),
        'accept',
      );
    }
    exchange();
    for (const device of all) {
      expect(device.fields(['workspace', 'r0'])).toEqual(task('first 0'));
      expect(sharedState(device, ['workspace'])).toBe(sharedState(b, ['workspace']));
    }
  });

  it('167 a decision is taken once, and in no other words', () => {
    const { a, b, exchange } = filledPair(100);
    removeAll(a, 0, 50);
    exchange();
    const { id } = brakeOn(b);
    expect(b.replica.decide([id], 'keep_both')).toMatchObject([{ ok: false, error: { kind: 'invalid' } }]);
    expect(b.replica.decide([id], 'accept')).toMatchObject([{ ok: true }]);
    expect(b.replica.decide([id], 'accept')).toMatchObject([
      { ok: false, error: { message: expect.stringContaining('was decided already: accepted') as unknown } },
    ]);
  });

  it('167 a device that may not write cannot reject, and nothing happens', () => {
    const { all, clock, exchange } = setupDevices(2, { laterRole: 'reader' });
    const [a, b] = all as [TestDevice, TestDevice];
    fill(a, 100, 'workspace');
    exchange();
    clock.nowMs += 3 * 3_600_000;
    removeAll(a, 0, 50);
    exchange();
    const { id } = brakeOn(b);
    expect(b.replica.decide([id], 'reject')).toMatchObject([{ ok: false, error: { kind: 'no_scope' } }]);
    expect(liveOn(b)).toBe(100);
    expect(b.replica.decide([id], 'accept')).toMatchObject([{ ok: true }]);
    expect(liveOn(b)).toBe(50);
  });

  it('160 law: whatever arrives within a minute, more than the share never goes without a word', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 12 }), (pieces) => {
        const { a, b, exchange } = filledPair(100);
        let from = 0;
        for (const size of pieces) {
          const to = Math.min(100, from + size);
          removeAll(a, from, to);
          from = to;
          exchange();
        }
        const gone = 100 - liveOn(b);
        expect(gone).toBeLessThanOrEqual(19);
        expect(gone === from || b.replica.isBraking(workspace)).toBe(true);
        b.replica.decide(
          b.reviews().map(({ id }) => id),
          'accept',
        );
        expect(liveOn(b)).toBe(100 - from);
      }),
      { numRuns: 15, seed: 20_260_101 },
    );
  });
});

function filledPair(records: number, collection = 'workspace'): Pair {
  const pair = setupPair();
  fill(pair.a, records, collection);
  pair.exchange();
  pair.clock.nowMs += 3 * 3_600_000;
  return pair;
}

function fill(device: TestDevice, records: number, collection: string): void {
  edit(device, collection, range(records), (index) => ({ kind: 'put', fields: fieldsOf(collection, `t${index}`) }));
}

function removeAll(device: TestDevice, from: number, to: number): void {
  edit(device, 'workspace', range(to).slice(from), () => ({ kind: 'remove' }));
}

function edit(
  device: TestDevice,
  collection: string,
  indexes: readonly number[],
  intentOf: (index: number) => Write['intent'],
): void {
  const writes = indexes.map((index) => ({ id: `r${index}` as RecordId, intent: intentOf(index) }));
  for (const result of device.replica.edit(collection as CollectionName, writes, true)) {
    expect(result).toMatchObject({ ok: true });
  }
}

function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}

function task(title: string): { readonly kind: string; readonly title: string } {
  return { kind: 'task', title };
}

function fieldsOf(collection: string, text: string): Record<string, string> {
  switch (collection) {
    case 'presence':
      return { kind: 'note', text };
    case 'shell':
      return { kind: 'alias', name: 'n', body: text };
    case 'inbox':
      return { producer: 'p', body: text };
    default:
      return task(text);
  }
}

function liveOn(device: TestDevice): number {
  return device.disk.records.counts(workspace).live;
}

function brakeOn(device: TestDevice): ReviewItem {
  const items = device.reviews().filter(({ kind }) => kind === 'brake');
  expect(items).toHaveLength(1);
  return items[0] as ReviewItem;
}
