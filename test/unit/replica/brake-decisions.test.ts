import { describe, expect, it } from 'vitest';
import { setupDevices } from '../../helpers/setup-pair.ts';
import { everyItem, type TestDevice } from '../../helpers/test-device.ts';
import { sharedState } from './device-state.ts';
import {
  brakeOn,
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

describe('losses that are held', () => {
  it('165 accepted, are applied, and everything is equal again', () => {
    const { a, b, exchange } = filledPair(100);
    removeAll(a, 0, 95);
    exchange();
    const [decided] = b.replica.decide([brakeOn(b).id], 'accept');
    expect(decided).toMatchObject({ ok: true, value: { status: 'accepted' } });
    expect([b.replica.isBraking(workspace), liveOn(b)]).toEqual([false, 5]);
    exchange();
    expect(sharedState(b, ['workspace'])).toBe(sharedState(a, ['workspace']));
    expect(a.reviews()).toEqual([]);
  });

  it('165 a decision ends the window: what was decided about is not counted again', () => {
    const { a, b, exchange } = filledPair(100);
    removeAll(a, 0, 80);
    exchange();
    removeAll(a, 80, 95);
    exchange();
    b.replica.decide([brakeOn(b).id], 'accept');
    edit(a, range(100), (index) => ({ kind: 'put', fields: fieldsOf(workspace, index) }));
    exchange();
    removeAll(a, 0, 90);
    exchange();
    expect([liveOn(b), b.reviews()]).toEqual([10, []]);
  });

  it('166 rejected, are written again, and every device comes to what was live, and is not asked', () => {
    const { all, clock, exchange } = setupDevices(3);
    const [a, b, c] = all as [TestDevice, TestDevice, TestDevice];
    fill(a, 100, presence);
    exchange();
    clock.nowMs += laterMs;
    removeAll(a, 0, 50, presence);
    replaceAll(a, 50, 90);
    edit(a, range(95).slice(90), () => ({ kind: 'put', fields: textOf('') }), presence);
    exchange();
    for (const device of [b, c]) {
      expect(brakeOn(device).summary).toContain('delete 50, empty 5 and replace 40 of 100');
    }
    expect(b.replica.decide([brakeOn(b).id], 'reject')).toMatchObject([{ ok: true, value: { status: 'rejected' } }]);
    exchange();
    for (const device of all) {
      expect(liveOn(device, presence)).toBe(100);
      for (const index of [0, 49, 50, 89, 90, 94]) {
        expect(device.fields(['presence', `r${index}`])).toEqual(textOf(longText(index)));
      }
      expect(device.reviews()).toEqual([]);
      expect(sharedState(device, ['presence'])).toBe(sharedState(b, ['presence']));
      expect(device.disk.history.listWaiting(presence, everyItem).items).toEqual([]);
    }
    expect([toldOf(a, 'brake.held'), toldOf(c, 'brake.held')]).toEqual([0, 1]);
    const history = b.replica.history(presence, idOf(0));
    expect(history.map(({ change }) => change.operation)).toEqual(['put', 'tombstone', 'patch']);
  });

  it('166 whoever lost the records little by little is not asked about what is brought back, nor about the next', () => {
    const { a, b, exchange, clock } = filledPair(100, presence);
    for (const index of range(95)) {
      // One by one, so that this device's own brake stops nothing.
      a.put(
        ['presence', `r${index}`],
        textOf(
          `${range(30)
            .map((line) => `qq${index} ${line} xx\n`)
            .join('')}`,
        ),
      );
    }
    expect(a.reviews()).toEqual([]);
    exchange();
    b.replica.decide([brakeOn(b).id], 'reject');
    exchange();
    expect(a.reviews()).toEqual([]);
    expect(a.fields(['presence', 'r0'])).toEqual(textOf(longText(0)));
    clock.nowMs += 60_000;
    b.remove(['presence', 'r99']);
    exchange();
    expect([a.reviews(), liveOn(a, presence)]).toEqual([[], 99]);
  });

  it('166 what went of it before it was too much comes back with the rest', () => {
    const { a, b, exchange } = filledPair(200);
    removeAll(a, 0, 90);
    exchange();
    removeAll(a, 90, 200);
    exchange();
    expect(liveOn(b)).toBe(110);
    expect(brakeOn(b).summary).toContain('delete 110 of 200 records after 90 others within the minute');
    b.replica.decide([brakeOn(b).id], 'reject');
    expect([liveOn(b), b.fields(['workspace', 'r0'])]).toEqual([200, task('t0')]);
    exchange();
    expect([liveOn(a), a.reviews(), b.reviews()]).toEqual([200, [], []]);
  });

  it('166 what went longer ago stays gone', () => {
    const { a, b, exchange, clock } = filledPair(200);
    removeAll(a, 0, 90);
    exchange();
    clock.nowMs += 120_000;
    removeAll(a, 90, 200);
    exchange();
    b.replica.decide([brakeOn(b).id], 'reject');
    expect(liveOn(b)).toBe(110);
  });

  it('166 what was deleted here while it waited is not revived by the rejection', () => {
    const { a, b, exchange } = filledPair(100, presence);
    replaceAll(a, 0, 95);
    exchange();
    b.remove(['presence', 'r0']);
    expect(b.replica.decide([brakeOn(b).id], 'reject')).toMatchObject([{ ok: true }]);
    expect([b.row(['presence', 'r0'])?.state, b.fields(['presence', 'r1'])]).toEqual([
      'tombstoned',
      textOf(longText(1)),
    ]);
  });

  it('167 are decided once, as a whole, and in no other words', () => {
    const { a, b, exchange } = filledPair(100);
    removeAll(a, 0, 95);
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
    fill(a, 100);
    exchange();
    clock.nowMs += laterMs;
    removeAll(a, 0, 95);
    exchange();
    const { id } = brakeOn(b);
    expect(b.replica.decide([id], 'reject')).toMatchObject([{ ok: false, error: { kind: 'no_scope' } }]);
    expect(liveOn(b)).toBe(100);
    expect(b.replica.decide([id], 'accept')).toMatchObject([{ ok: true }]);
    expect(liveOn(b)).toBe(5);
  });

  it('167 an engine that is switched off takes nothing in, and the question stays', () => {
    const { a, b, exchange } = filledPair(100);
    removeAll(a, 0, 95);
    exchange();
    const { id } = brakeOn(b);
    b.disabled.add('sourceos.sync.workspace');
    for (const word of ['accept', 'reject'] as const) {
      expect(b.replica.decide([id], word)).toMatchObject([{ ok: false, error: { kind: 'engine_disabled' } }]);
    }
    b.disabled.clear();
    expect([liveOn(b), brakeOn(b).id]).toEqual([100, id]);
  });

  it('177 a restore point stands before fifty losses of a day, whether they are stopped or not, and is told of once', () => {
    for (const [removed, isHeld] of [
      [60, false],
      [95, true],
    ] as const) {
      const { a, b, exchange } = filledPair(100);
      removeAll(a, 0, removed);
      exchange();
      expect([b.replica.isBraking(workspace), toldOf(b, 'restore.written')]).toEqual([isHeld, 1]);
      const [point] = b.replica.restorePoints();
      expect(point).toMatchObject({ cause: 'losses', collection: 'workspace' });
      const page = b.replica.rollbackPage(workspace, {
        ...{ atMs: 0, startedAtMs: Number.MAX_SAFE_INTEGER, execute: true, cursor: null, limit: 500 },
        pointId: point?.id ?? '',
      });
      expect(page).toMatchObject({ ok: true, value: { failed: [] } });
      expect(liveOn(b)).toBe(100);
    }
  });

  it('177 one by one, here and from others, the fiftieth writes it, and the next day another', () => {
    const { a, b, exchange, clock } = filledPair(200);
    for (const index of range(70)) {
      if (index % 2 === 0) {
        b.remove(['workspace', `r${index}`]);
      } else {
        a.remove(['workspace', `r${index}`]);
        exchange();
      }
      clock.nowMs += 300_000;
      expect(b.replica.restorePoints().filter(({ cause }) => cause === 'losses')).toHaveLength(index < 49 ? 0 : 1);
    }
    clock.nowMs += 26 * 3_600_000;
    removeAll(a, 80, 140);
    exchange();
    expect([toldOf(b, 'restore.written'), liveOn(b)]).toEqual([2, 70]);
  });
});
