import { describe, expect, it } from 'vitest';
import type { RecordId } from '../../../src/base/ids.ts';
import { setupDevices, setupPair } from '../../helpers/setup-pair.ts';
import type { TestDevice } from '../../helpers/test-device.ts';
import {
  brakeOn,
  brakesOn,
  edit,
  fieldsOf,
  fill,
  filledPair,
  idOf,
  laterMs,
  liveOn,
  longText,
  presence,
  range,
  removeAll,
  replaceAll,
  task,
  textOf,
  toldOf,
  workspace,
} from './setup-brake.ts';

describe('losses that arrive', () => {
  it('160 that are too many have no effect, and everything else of the same author and batch goes on', () => {
    const { a, b, exchange } = filledPair(100);
    a.replica.edit(
      workspace,
      [
        ...range(91).map((index) => ({ id: idOf(index), intent: { kind: 'remove' } as const })),
        { id: idOf(95), intent: { kind: 'put', fields: task('edited') } },
        { id: 'new' as never, intent: { kind: 'put', fields: task('new') } },
      ],
      true,
    );
    a.put(['shell', 's'], { kind: 'alias', name: 'l', body: 'ls' });
    exchange();
    expect(liveOn(b)).toBe(101);
    expect([b.fields(['workspace', 'r95']), b.fields(['workspace', 'new'])]).toEqual([task('edited'), task('new')]);
    expect(b.row(['shell', 's'])).toBeDefined();
    const item = brakeOn(b);
    expect(item).toMatchObject({ reasonCode: 'manual_review_required', deviceId: a.replica.self, recordId: '*' });
    expect(item.summary).toBe('delete 91 of 100 records at once, where 90 may go unasked: "r0", "r1", "r2" …');
    expect(item.alternatives).toHaveLength(20);
    expect(item.alternatives[0]).toMatchObject({
      deleted: true,
      value: { record: 'r0', effect: 'removed', summary: expect.stringContaining('t0') as unknown },
    });
    expect(b.replica.isBraking(workspace)).toBe(true);
    expect(b.events.filter(({ type }) => type === 'brake.held')).toEqual([
      { type: 'brake.held', data: expect.objectContaining({ id: item.id, collection: 'workspace' }) as unknown },
    ]);
  });

  it.each([
    // collection, live before, removed, held
    [workspace, 100, 90, false],
    [workspace, 100, 91, true],
    [workspace, 12, 10, false],
    [workspace, 11, 11, true],
    [workspace, 3, 3, false],
    [workspace, 240, 120, false],
    [workspace, 240, 121, true],
    [presence, 100, 90, false],
    [presence, 100, 91, true],
    ['shell' as never, 60, 60, false],
    ['inbox' as never, 60, 60, false],
  ])('160 %s: of %i live records %i removed are held: %s', (collection, live, removed, held) => {
    const { a, b, exchange, clock } = setupPair();
    const fields = collection === workspace || collection === presence ? undefined : { shell: shellOf, inbox: inboxOf };
    edit(
      a,
      range(live),
      (index) => ({
        kind: 'put',
        fields: fields?.[collection as 'shell' | 'inbox'](index) ?? fieldsOf(collection, index),
      }),
      collection,
    );
    exchange();
    clock.nowMs += laterMs;
    removeAll(a, 0, removed, collection);
    exchange();
    expect(b.replica.isBraking(collection)).toBe(held);
  });

  it('160 emptied and replaced texts count like removed ones, and the item says how many of each', () => {
    const { a, b, exchange } = filledPair(100, presence);
    replaceAll(a, 0, 40);
    edit(a, range(60).slice(40), () => ({ kind: 'put', fields: textOf('') }), presence);
    removeAll(a, 60, 95, presence);
    exchange();
    // Nothing of the first batch is too much by itself, nor the first two together.
    expect(brakeOn(b).summary).toContain('delete 35, empty 20 and replace 40 of 100 records');
    expect(b.fields(['presence', 'r0'])).toEqual(textOf(longText(0)));
  });

  it('160 a delivery is looked at as a whole, by what it comes to', () => {
    const { a, b, exchange } = filledPair(100);
    removeAll(a, 0, 95);
    edit(a, range(95), (index) => ({ kind: 'put', fields: task(`written again ${index}`) }));
    exchange();
    expect([liveOn(b), brakesOn(b)]).toEqual([100, []]);
  });

  it('161 saves, edits, additions and whatever is written to records of a few lines are never counted', () => {
    const { a, b, exchange, clock } = filledPair(60, presence);
    for (const round of range(20)) {
      edit(a, [7], () => ({ kind: 'put', fields: textOf(`${longText(7)}${'line\n'.repeat(round + 1)}`) }), presence);
      exchange();
      clock.nowMs += 2_000;
    }
    edit(a, range(60), (index) => ({ kind: 'put', fields: textOf(half(longText(index))) }), presence);
    fill(a, 300, workspace);
    edit(a, range(300), (index) => ({ kind: 'put', fields: task(`another ${index}`) }));
    exchange();
    expect(b.reviews()).toEqual([]);
    expect(b.fields(['presence', 'r59'])).toEqual(a.fields(['presence', 'r59']));
    expect(b.fields(['workspace', 'r299'])).toEqual(task('another 299'));
  });

  it('161 what belongs to a rename is no loss', () => {
    const { a, b, exchange } = filledPair(100);
    const moves = Array.from({ length: 100 }, (_, index) => ({
      from: `r${index}` as RecordId,
      to: `new/r${index}` as RecordId,
    }));
    expect(a.replica.move(workspace, moves).every(({ ok }) => ok)).toBe(true);
    exchange();
    expect([liveOn(b), b.reviews()]).toEqual([100, []]);
  });

  it('162 losses of a day count together, of all authors, and go into one item from the piece on that is too much', () => {
    const { all, clock, exchange } = setupDevices(3);
    const [a, b, c] = all as [TestDevice, TestDevice, TestDevice];
    fill(a, 100);
    exchange();
    clock.nowMs += laterMs;
    for (const [step, author] of [a, c, a, c, a, c].entries()) {
      removeAll(author, step * 16, step * 16 + 16);
      exchange();
      clock.nowMs += 2 * 3_600_000;
    }
    expect(liveOn(b)).toBe(20);
    expect(brakeOn(b).summary).toBe(
      'delete 16 of 100 records after 80 others within the day, where 90 may go unasked: "r80", "r81", "r82" …',
    );
    removeAll(a, 96, 99);
    exchange();
    const item = brakeOn(b);
    expect(item.summary).toContain('delete 19 of 100 records, from 2 devices, after 80 others');
    expect([liveOn(b), toldOf(b, 'brake.held')]).toEqual([20, 1]);
    b.replica.decide([item.id], 'accept');
    expect(liveOn(b)).toBe(1);
  });

  it('162 what this device takes away itself counts too, and is never stopped one by one', () => {
    const { a, b, exchange } = filledPair(100);
    for (const index of range(95)) {
      b.remove(['workspace', `r${index}`]);
    }
    expect([liveOn(b), b.reviews()]).toEqual([5, []]);
    a.remove(['workspace', 'r99']);
    exchange();
    expect(brakeOn(b).summary).toContain('delete 1 of 100 records after 95 others within the minute');
  });

  it('162 what is brought back counts no longer', () => {
    const { a, b, exchange } = filledPair(100);
    removeAll(a, 0, 60);
    exchange();
    edit(b, range(60), (index) => ({ kind: 'put', fields: fieldsOf(workspace, index) }));
    exchange();
    removeAll(a, 60, 100);
    exchange();
    expect([liveOn(b), b.reviews()]).toEqual([60, []]);
  });

  it('162 the same records gone and back many times count once', () => {
    const { a, b, exchange, clock } = filledPair(30, presence);
    for (let round = 0; round < 6; round++) {
      removeAll(a, 0, 20, presence);
      exchange();
      edit(a, range(20), (index) => ({ kind: 'put', fields: fieldsOf(presence, index) }), presence);
      exchange();
      clock.nowMs += 600_000;
    }
    expect([liveOn(b, presence), b.reviews()]).toEqual([30, []]);
  });

  it('163 once a relay has said that all is here, records that came a moment ago are live records like others', () => {
    const { a, b, exchange, ...world } = setupPair();
    b.replica.caughtUp(world.workspace);
    fill(a, 100);
    exchange();
    removeAll(a, 0, 95);
    exchange();
    expect([liveOn(b), brakeOn(b).summary]).toEqual([100, expect.stringContaining('delete 95 of 100')]);
  });

  it('163 a past takes away what it brought, in however many deliveries, and is held to what was here before', () => {
    const { a, b, exchange, ...world } = setupPair();
    fill(a, 40);
    exchange();
    b.replica.caughtUp(world.workspace);
    b.replica.fellBehind();
    edit(a, range(400).slice(40), (index) => ({ kind: 'put', fields: fieldsOf(workspace, index) }));
    exchange();
    removeAll(a, 40, 400);
    exchange();
    expect([liveOn(b), b.reviews()]).toEqual([40, []]);
    removeAll(a, 0, 40);
    exchange();
    expect([liveOn(b), brakeOn(b).summary]).toEqual([40, expect.stringContaining('delete 40 of 40')]);
  });

  it('163 a device that begins with nothing takes a whole past in', () => {
    const { all, send } = setupDevices(3);
    const [a, b, fresh] = all as [TestDevice, TestDevice, TestDevice];
    fill(a, 200);
    send(a, b);
    edit(a, range(200), (index) => ({ kind: 'put', fields: task(`later ${index}`) }));
    removeAll(a, 0, 190);
    send(a, fresh);
    expect([liveOn(fresh), fresh.reviews()]).toEqual([10, []]);
  });

  it('163 what was set aside while the engine was off is looked at as a whole when it is switched on', () => {
    const { a, b, exchange } = filledPair(100);
    b.disabled.add('sourceos.sync.workspace');
    for (const index of range(95)) {
      a.remove(['workspace', `r${index}`]);
    }
    exchange();
    b.disabled.clear();
    b.replica.rejudge(workspace);
    expect([liveOn(b), brakeOn(b).summary]).toEqual([100, expect.stringContaining('delete 95 of 100')]);
  });

  it('164 what is held stays so over a restart and when everything is judged again', () => {
    const { a, b, exchange } = filledPair(100);
    removeAll(a, 0, 95);
    exchange();
    const before = b.reviews();
    b.restart();
    b.replica.rejudge(workspace);
    expect([liveOn(b), b.reviews(), b.replica.isBraking(workspace)]).toEqual([100, before, true]);
    removeAll(a, 95, 97);
    exchange();
    expect(brakeOn(b).summary).toContain('delete 97 of 100');
  });

  it('164 what rests on it waits with it, unless both together take nothing away', () => {
    const { a, b, exchange } = filledPair(100);
    replaceAllTasks(a, 95);
    removeAll(a, 0, 95);
    exchange();
    edit(a, [0], () => ({ kind: 'put', fields: task('t0') }));
    exchange();
    expect(brakeOn(b).summary).toContain('delete 94 of 100');
    expect(b.fields(['workspace', 'r0'])).toEqual(task('t0'));
    edit(a, range(95), (index) => ({ kind: 'put', fields: task(`back ${index}`) }));
    exchange();
    expect([b.reviews(), b.replica.isBraking(workspace)]).toEqual([[], false]);
    expect(b.fields(['workspace', 'r94'])).toEqual(task('back 94'));
    expect(b.disk.history.listWaiting(workspace, { cursor: null, limit: 10 }).items).toEqual([]);
  });

  it('178 a restart does not begin the day anew', () => {
    const { a, b, exchange, clock } = filledPair(100);
    removeAll(a, 0, 60);
    exchange();
    clock.nowMs += 20 * 3_600_000;
    b.restart();
    removeAll(a, 60, 95);
    exchange();
    expect([liveOn(b), brakeOn(b).summary]).toEqual([40, expect.stringContaining('delete 35 of 100')]);
  });

  it('178 after a day it counts no longer', () => {
    const { a, b, exchange, clock } = filledPair(100);
    removeAll(a, 0, 60);
    exchange();
    clock.nowMs += 26 * 3_600_000;
    removeAll(a, 60, 95);
    exchange();
    expect([liveOn(b), b.reviews()]).toEqual([5, []]);
  });

  it('178 a store that fails leaves no trace of what was counted', () => {
    const { a, b, exchange } = filledPair(100);
    removeAll(a, 0, 60);
    b.failing.arm(30);
    expect(exchange).toThrow();
    b.failing.disarm();
    exchange();
    expect([liveOn(b), b.reviews()]).toEqual([40, []]);
    removeAll(a, 60, 95);
    exchange();
    expect(brakeOn(b).summary).toContain('delete 35 of 100 records after 60 others');
  });
});

/** Something is written before it is deleted, so that more than one change of each record is held. */
function replaceAllTasks(device: TestDevice, count: number): void {
  edit(device, range(count), (index) => ({ kind: 'put', fields: task(`edited ${index}`) }));
}

function half(text: string): string {
  return text.slice(0, text.length / 2);
}

function shellOf(index: number): ReturnType<typeof task> {
  return { kind: 'alias', name: 'n', body: String(index) };
}

function inboxOf(index: number): ReturnType<typeof task> {
  return { producer: 'p', body: String(index) };
}
