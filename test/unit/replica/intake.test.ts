import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChangeId, CollectionName, RecordId } from '../../../src/base/ids.ts';
import { changeIdOf } from '../../../src/log/change.ts';
import { craftBatch, craftChange } from '../../helpers/crafted-batch.ts';
import type { Store } from '../../../src/store/ground/port.ts';
import { type Devices, batchesBy, setupDevices, setupPair } from '../../helpers/setup-pair.ts';
import type { TestDevice } from '../../helpers/test-device.ts';
import { rebind } from '../../helpers/rebind.ts';
import { conflictsOn, converge, decideEverything, mergedState, steps, take } from './random-steps.ts';
import { runs } from '../../helpers/suite.ts';

const notes = 'presence' as CollectionName;

/** `count` notes by one device in one batch, and another device that takes in a few at a time. */
function delivery(count: number, atATime: number) {
  const pair = setupPair();
  const { a, b, workspace } = pair;
  const writes = Array.from({ length: count }, (_, number) => ({
    id: `n${number}` as never,
    intent: { kind: 'put', fields: { kind: 'note', text: `note ${number}\n` } } as const,
  }));
  a.replica.edit(notes, writes);
  b.sliceRecords = atATime;
  const live = (): number => b.disk.records.counts(notes).live;
  return { ...pair, live, batches: batchesBy(a, workspace) };
}

describe('batches that one transaction has no time for', () => {
  it('315 are taken in a few records at a time, each in a transaction of its own', () => {
    const { b, workspace, batches, live } = delivery(20, 5);
    expect(b.replica.receive(workspace, batches)).toMatchObject({ appended: 1, askAgain: false });
    const counts = [live()];
    expect(b.replica.pendingBatches(workspace)).toBe(1);
    for (let isMore = true; isMore; ) {
      isMore = b.replica.takeInMore();
      counts.push(live());
    }
    expect(counts).toEqual([4, 8, 13, 18, 20]);
    expect([b.replica.pendingBatches(workspace), b.replica.takeInMore()]).toEqual([0, false]);
  });

  it('315 a process that ended meanwhile goes on where it was, and what comes again is known', () => {
    const { a, b, workspace, batches, live, exchange } = delivery(20, 5);
    b.replica.receive(workspace, batches);
    b.restart();
    expect(b.replica.receive(workspace, batches)).toMatchObject({ appended: 0, duplicates: 1 });
    expect([live(), b.replica.takeInMore(), live()]).toEqual([4, true, 8]);
    b.restart();
    while (b.replica.takeInMore()) {
      // As long as there is more.
    }
    exchange();
    expect(live()).toBe(20);
    expect(mergedState(b)).toBe(mergedState(a));
  });

  it('315 where opening a batch takes all of the time, it is judged from the next turn on', () => {
    const { b, workspace, batches, live } = delivery(20, 1);
    b.replica.receive(workspace, batches);
    const counts = [live()];
    for (let turn = 0; turn < 3; turn++) {
      b.replica.takeInMore();
      counts.push(live());
    }
    expect(counts).toEqual([0, 0, 1, 2]);
  });

  it('315 the batches of a delivery that there is no time for are left, and nothing is judged before they are there', () => {
    const { a, b, workspace, live } = delivery(20, 5);
    a.put(['presence', 'later'], { kind: 'note', text: 'later\n' });
    a.put(['presence', 'last'], { kind: 'note', text: 'last\n' });
    const first = b.replica.receive(workspace, batchesBy(a, workspace));
    expect([first.appended, first.left.length, live()]).toEqual([1, 2, 4]);
    expect([b.replica.takeInMore(), live()]).toEqual([false, 4]);
    const last = b.replica.receive(workspace, first.left);
    expect([last.appended, last.left.length]).toEqual([2, 0]);
    while (b.replica.takeInMore()) {
      // As long as there is more.
    }
    expect(live()).toBe(22);
  });

  it('315 where the rest of a delivery never comes, the next one goes on with what waits', () => {
    const { a, b, workspace, live } = delivery(20, 5);
    a.put(['presence', 'later'], { kind: 'note', text: 'later\n' });
    b.replica.receive(workspace, batchesBy(a, workspace));
    b.replica.receive(workspace, []);
    while (b.replica.takeInMore()) {
      // As long as there is more.
    }
    expect(live()).toBe(20);
  });

  it('315 whoever goes on is told after each transaction that leaves something, and not after the last', () => {
    const { a, b, workspace, batches } = delivery(20, 5);
    b.replica.receive(workspace, batches);
    expect(b.toldPending).toBe(1);
    for (let told = 2; b.replica.takeInMore(); told++) {
      expect(b.toldPending).toBe(told);
    }
    const told = b.toldPending;
    b.put(['presence', 'own'], { kind: 'note', text: 'own\n' });
    expect([b.toldPending, a.toldPending]).toEqual([told, 0]);
  });

  it('315 a transaction that fails leaves what is to be taken in as it was', () => {
    const { b, workspace, batches, live } = delivery(20, 5);
    b.replica.receive(workspace, batches);
    b.failing.arm(10);
    expect(() => b.replica.takeInMore()).toThrow();
    expect([live(), b.replica.pendingBatches(workspace)]).toEqual([4, 1]);
    expect([b.replica.takeInMore(), live()]).toEqual([true, 9]);
  });

  it('315 confirm nothing before they are judged, and what follows in the chain waits behind them', () => {
    const { a, b, workspace, batches, live, send } = delivery(20, 5);
    b.replica.receive(workspace, batches);
    a.put(['presence', 'later'], { kind: 'note', text: 'later\n' });
    send(a, b);
    expect([live(), b.replica.pendingBatches(workspace)]).toEqual([4, 2]);
    expect(b.row(['presence', 'later'])).toBeUndefined();
    while (b.replica.takeInMore()) {
      expect(b.row(['presence', 'later'])).toBeUndefined();
    }
    expect(live()).toBe(21);
  });

  it('315 a mass change is judged whole, however little time there is', () => {
    const { a, b, live, batches, workspace, send } = delivery(150, 5);
    b.replica.receive(workspace, batches);
    while (b.replica.takeInMore()) {
      // As long as there is more.
    }
    b.replica.caughtUp(workspace);
    a.replica.edit(
      notes,
      Array.from({ length: 120 }, (_, number) => ({ id: `n${number}` as never, intent: { kind: 'remove' } as const })),
      true,
    );
    send(a, b);
    while (b.replica.takeInMore()) {
      // As long as there is more.
    }
    expect(live()).toBe(150);
    expect(b.reviews().map(({ kind, summary }) => [kind, summary.includes('120 of 150')])).toEqual([['brake', true]]);
  });

  it('315 (invariants 1, 8) whatever happens meanwhile, every device comes to the same', () => {
    const pauses = fc.array(fc.boolean(), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(steps, pauses, fc.integer({ min: 1, max: 4 }), (taken, isPause, atATime) => {
        const world = setupDevices(3);
        world.all.forEach((device) => rebind(device, 'policy', { scope: 'workspace' }));
        const [, slow, slower] = world.all as [TestDevice, TestDevice, TestDevice];
        slow.sliceRecords = atATime;
        slower.sliceRecords = 1;
        taken.forEach((step, index) => {
          take(world, step);
          if (isPause[index % isPause.length] === true) {
            world.all.forEach((device) => device.replica.takeInMore());
          }
        });
        finish(world);
        converge(world);
        finish(world);
        converge(world);
        expect(new Set(world.all.map(mergedState)).size).toBe(1);
        expect(new Set(world.all.map(conflictsOn)).size).toBe(1);
        decideEverything(world);
        expect(world.all.flatMap((device) => device.reviews())).toEqual([]);
      }),
      { numRuns: runs(15, 60) },
    );
  });
});

/** Changes of one record in one batch, children before their parents, and the later a child the earlier its stamp. */
function backwards(count: number, shape: 'chain' | 'fan') {
  let asked = 0;
  const counting = (disk: Store): Store => ({
    ...disk,
    history: {
      ...disk.history,
      get(changeId) {
        asked++;
        return disk.history.get(changeId);
      },
    },
  });
  const pair = setupPair({ wrapStore: (disk, index) => (index === 1 ? counting(disk) : disk) });
  const records: Uint8Array[] = [];
  let parents: readonly ChangeId[] = [];
  for (let number = 0; number < count; number++) {
    const record = craftChange({
      ...{ collection: 'workspace', objectId: 'n', parents, value: { kind: 'task', title: `title ${number}` } },
      stamp: `019b76da${(0xffff - number).toString(16)}-0000`,
    });
    records.unshift(record);
    if (shape === 'chain' || number === 0) {
      parents = [changeIdOf(pair.a.keys.deviceId, record)];
    }
  }
  const { bytes } = craftBatch({ by: pair.a, scopeId: pair.workspace, records });
  const applied = (): number =>
    pair.b.disk.history
      .list('workspace' as CollectionName, 'n' as RecordId)
      .filter((row) => row.disposition !== 'waiting').length;
  return { ...pair, bytes, applied, asked: () => asked };
}

describe('changes that waited for one that comes last', () => {
  it('316 are judged a few at a time, each after its parents, also by a process that began in the middle', () => {
    const { b, workspace, bytes, applied } = backwards(60, 'chain');
    b.sliceRecords = 5;
    b.replica.receive(workspace, [bytes]);
    const counts = [applied()];
    for (let isMore = true; isMore; ) {
      isMore = b.replica.takeInMore();
      counts.push(applied());
      if (counts.length === 16) {
        b.restart();
      }
    }
    const steps = counts.map((count, index) => count - (counts[index - 1] ?? 0));
    expect(Math.max(...steps)).toBeLessThanOrEqual(8);
    expect([counts.at(-1), b.row(['workspace', 'n'])?.fields]).toEqual([60, { kind: 'task', title: 'title 59' }]);
  });

  it('316 of a flood all but a few are held, whatever their order', () => {
    const one = backwards(60, 'fan');
    const other = backwards(60, 'fan');
    one.b.sliceRecords = 5;
    for (const { b, workspace, bytes } of [one, other]) {
      b.replica.receive(workspace, [bytes]);
      while (b.replica.takeInMore()) {
        // As long as there is more.
      }
    }
    expect(mergedState(one.b)).toBe(mergedState(other.b));
    expect(one.b.disk.quarantine.listHeld({ cursor: null, limit: 100 }).items.length).toBe(42);
  });

  it.each(['chain', 'fan'] as const)('316 a %s costs as much for each of many as for each of few', (shape) => {
    const [few, many] = [60, 240].map((count) => {
      const { b, workspace, bytes, asked } = backwards(count, shape);
      b.replica.receive(workspace, [bytes]);
      return asked();
    }) as [number, number];
    expect(many / few).toBeLessThan(5);
  });
});

/** Nothing is left to take in; from here on everything is taken in at once. */
function finish(world: Devices): void {
  for (const device of world.all) {
    device.sliceRecords = Number.POSITIVE_INFINITY;
    while (device.replica.takeInMore()) {
      // As long as there is more.
    }
  }
}
