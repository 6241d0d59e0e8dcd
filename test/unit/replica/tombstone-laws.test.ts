import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalText } from '../../../src/base/canonical-json.ts';
import type { ChangeId, CollectionName, RecordId, ScopeId } from '../../../src/base/ids.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import { isRemoval } from '../../../src/merge/values/plan.ts';
import { isLateItem } from '../../../src/replica/waits/late-list.ts';
import type { HistoryEntry } from '../../../src/replica/names/reports.ts';
import { acknowledgeAll, collectAll, dayGoesBy, dayMs, scopesOf } from '../../helpers/collecting.ts';
import { type Devices, setupDevices } from '../../helpers/setup-pair.ts';
import { type Place, type TestDevice, createTestDevice } from '../../helpers/test-device.ts';
import { createRandom } from '../../simulation/random.ts';
import { runs } from '../../helpers/suite.ts';

type Step =
  | { readonly kind: 'put'; readonly on: number; readonly place: number; readonly value: number }
  | { readonly kind: 'remove'; readonly on: number; readonly place: number }
  | { readonly kind: 'send'; readonly from: number; readonly to: number }
  | { readonly kind: 'decide'; readonly on: number; readonly which: number; readonly accept: boolean }
  | { readonly kind: 'day'; readonly awake: readonly boolean[]; readonly days: number }
  | { readonly kind: 'everybody' }
  | { readonly kind: 'collect'; readonly on: number; readonly limit: number }
  | { readonly kind: 'stale'; readonly on: number; readonly place: number; readonly value: number }
  | { readonly kind: 'restart'; readonly on: number }
  | {
      readonly kind: 'restore';
      readonly on: number;
      readonly kept: number;
      readonly place: number;
      readonly value: number;
    };

const places: readonly Place[] = [
  ['presence', 'r0'],
  ['presence', 'r1'],
  ['workspace', 'r0'],
  ['workspace', 'r1'],
  ['shell', 'r0'],
];
const on = fc.nat(2);
const place = fc.nat(places.length - 1);
const value = fc.nat(4);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('put' as const), on, place, value }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('remove' as const), on, place }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('send' as const), from: on, to: on }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('decide' as const), on, which: fc.nat(3), accept: fc.boolean() }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('day' as const),
      awake: fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
      days: fc.constantFrom(1, 1, 1, 200),
    }),
  },
  { weight: 4, arbitrary: fc.constant({ kind: 'everybody' as const }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('collect' as const), on, limit: fc.constantFrom(1, 50) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('stale' as const), on, place, value }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const), on }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('restore' as const), on, kept: fc.nat(100), place, value }),
  },
);

interface World extends Devices {
  readonly devices: TestDevice[];
  /** By device and record: the heads that stood when the record was collected there. */
  readonly collected: Map<string, readonly ChangeId[]>;
  /** No two copies draw the same random numbers. */
  readonly restores: { count: number };
}

describe('laws of collecting', () => {
  it('410 a record that was deleted and collected is not live again but by somebody who knew, and all devices converge', () => {
    const met = { collected: 0, late: 0 };
    fc.assert(
      fc.property(fc.array(step, { minLength: 10, maxLength: 60 }), fc.nat(1_000_000), (steps, seed) => {
        const world = worldOf(seed);
        let late = 0;
        for (const one of steps) {
          take(world, one);
          noResurrection(world);
          late += world.devices.some((device) => device.reviews().some(isLateItem)) ? 1 : 0;
        }
        converge(world);
        noResurrection(world);
        met.collected += world.collected.size > 0 ? 1 : 0;
        met.late += late > 0 ? 1 : 0;
        decideEverything(world);
        const states = world.devices.map(liveState);
        expect(states).toEqual([states[0], states[0], states[0]]);
      }),
      {
        numRuns: runs(12, 24),
        seed: 20_260_105,
      },
    );
    expect(met.collected).toBeGreaterThan(runs(2, 5));
    expect(met.late).toBeGreaterThan(runs(0, 2));
  });

  it('411 whoever collects holds what those hold that never do', () => {
    fc.assert(
      fc.property(
        fc.array(
          step.filter(({ kind }) => kind !== 'restore' && kind !== 'stale'),
          { minLength: 10, maxLength: 60 },
        ),
        (steps) => {
          const active = steps.map((one) => (one.kind === 'day' ? { ...one, days: 1 } : one));
          const [collecting, keeping] = [worldOf(1), worldOf(1)];
          for (const one of active) {
            take(collecting, one);
            if (one.kind !== 'collect') {
              take(keeping, one);
            }
          }
          expect(collecting.devices.map(historyState)).toEqual(keeping.devices.map(historyState));
          expect(collecting.devices.map(liveState)).toEqual(keeping.devices.map(liveState));
        },
      ),
      {
        numRuns: runs(12, 24),
        seed: 20_260_106,
      },
    );
  });
});

function worldOf(seed: number): World {
  const world = setupDevices(3, { seed });
  return { ...world, devices: [...world.all], collected: new Map(), restores: { count: 0 } };
}

function take(world: World, one: Step): void {
  switch (one.kind) {
    case 'put':
      deviceOf(world, one.on).write(placeAt(one.place), { kind: 'put', fields: fieldsOf(one.place, one.value) });
      return;
    case 'remove':
      deviceOf(world, one.on).write(placeAt(one.place), { kind: 'remove' });
      return;
    case 'send':
      if (one.from !== one.to) {
        world.send(deviceOf(world, one.from), deviceOf(world, one.to));
      }
      return;
    case 'decide': {
      // Nobody lets in what came too late before the end, so that what is live again shows by itself why.
      const items = deviceOf(world, one.on)
        .reviews()
        .filter((item) => !isLateItem(item));
      const item = items[one.which];
      deviceOf(world, one.on).replica.decide(item === undefined ? [] : [item.id], one.accept ? 'accept' : 'reject');
      return;
    }
    case 'day':
      world.clock.nowMs += (one.days - 1) * dayMs;
      dayGoesBy(
        world,
        world.devices.filter((_, index) => one.awake[index]),
      );
      return;
    case 'everybody':
      everybody(world);
      return;
    case 'collect':
      return collectOn(world, one.on, one.limit);
    case 'stale':
      return goStale(world, one);
    case 'restart':
      deviceOf(world, one.on).restart();
      return;
    case 'restore':
      return restore(world, one);
  }
}

/** A day on which all meet and say what they have. */
function everybody(world: World): void {
  exchange(world);
  dayGoesBy(world, world.devices);
  exchange(world);
}

function exchange(world: World): void {
  for (let appended = 1; appended > 0; ) {
    appended = 0;
    for (const from of world.devices) {
      for (const to of world.devices.filter((one) => one !== from)) {
        appended += world.send(from, to).reduce((sum, report) => sum + report.appended, 0);
      }
    }
  }
}

function collectOn(world: World, index: number, limit: number): void {
  const device = deviceOf(world, index);
  const before = new Map(places.map((at) => [at, headsOf(device, at)]));
  collectAll(world, device, limit);
  for (const at of places) {
    if (isCollected(device, at)) {
      const name = `${index} ${at.join('/')}`;
      world.collected.set(name, world.collected.get(name) ?? (before.get(at) as readonly ChangeId[]));
    }
  }
}

/** A device edits, stays away until nobody waits for it, and comes back when the others have deleted and collected. */
function goStale(world: World, { on: index, place: at, value: written }: Extract<Step, { kind: 'stale' }>): void {
  const away = deviceOf(world, index);
  const [remover, other] = world.devices.filter((device) => device !== away) as [TestDevice, TestDevice];
  away.write(placeAt(at), { kind: 'put', fields: fieldsOf(at, written) });
  remover.write(placeAt(at), { kind: 'remove' });
  for (const days of [200, 1]) {
    world.send(remover, other);
    world.send(other, remover);
    world.clock.nowMs += days * dayMs;
    dayGoesBy(world, [remover, other]);
  }
  world.send(other, remover);
  collectOn(world, world.devices.indexOf(remover), 50);
  world.send(away, remover);
}

/** A home from an old copy: something is written there before everybody else hands back what the copy lacks. */
function restore(
  world: World,
  { on: index, kept, place: at, value: written }: Extract<Step, { kind: 'restore' }>,
): void {
  const lost = deviceOf(world, index);
  // What only this device held is gone, and nobody may have it under a number that the copy gives out again.
  exchange(world);
  const copy = createTestDevice({
    ...{ household: world.household, index, nowMs: () => world.clock.nowMs },
    randomBytes: createRandom((world.restores.count += 1), 'copy').bytes,
    wrapStore: (disk) => disk,
  });
  for (const scopeId of scopesOf(world)) {
    for (const deviceId of lost.disk.log.heads(scopeId).keys()) {
      const chain = chainOf(lost, scopeId, deviceId);
      copy.replica.receive(scopeId, chain.slice(0, Math.floor((chain.length * kept) / 100)));
    }
  }
  copy.write(placeAt(at), { kind: 'put', fields: fieldsOf(at, written) });
  world.devices[index] = copy;
  places.forEach((name) => world.collected.delete(`${index} ${name.join('/')}`));
  for (const other of world.devices.filter((one) => one !== copy)) {
    // The own chain comes back whole: nothing of it is confirmed to the copy.
    scopesOf(world).forEach((scopeId) => copy.replica.receive(scopeId, chainOf(other, scopeId, copy.replica.self)));
    world.send(other, copy);
  }
  acknowledgeAll(world, copy);
}

function chainOf({ disk }: TestDevice, scopeId: ScopeId, deviceId: Parameters<typeof disk.log.after>[1]): Uint8Array[] {
  return disk.log.after(scopeId, deviceId, 0, Number.MAX_SAFE_INTEGER).map(({ bytes }) => bytes);
}

/** What was collected here and lives rests on a change whose author knew of the deletion. */
function noResurrection(world: World): void {
  for (const [name, heads] of world.collected) {
    const [index, record] = name.split(' ') as [string, string];
    const device = deviceOf(world, Number(index));
    const at = places.find((one) => one.join('/') === record) as Place;
    if (device.row(at)?.state === 'live') {
      const history = historyOf(device, at);
      const knowing = history.filter(
        ({ change, disposition }) =>
          disposition !== 'waiting' &&
          !isRemoval(change) &&
          heads.every((head) => pastOf(history, change.changeId).has(head)),
      );
      expect(knowing.length, `${name} is live by somebody who knew of its deletion`).toBeGreaterThan(0);
    }
  }
}

function pastOf(history: readonly HistoryEntry[], from: ChangeId): ReadonlySet<ChangeId> {
  const past = new Set<ChangeId>();
  const wanted = [from];
  for (let next = wanted.pop(); next !== undefined; next = wanted.pop()) {
    const id = next;
    past.add(id);
    wanted.push(
      ...(history.find(({ change }) => change.changeId === id)?.change.parents ?? []).filter((one) => !past.has(one)),
    );
  }
  return past;
}

function converge(world: World): void {
  everybody(world);
  world.devices.forEach((_, index) => collectOn(world, index, 50));
}

function decideEverything(world: World): void {
  for (let round = 0; world.devices.some((device) => device.reviews().length > 0); round++) {
    expect(round, 'deciding comes to an end').toBeLessThan(20);
    const device = deviceOf(world, round % 3);
    device.replica.decide(
      device.reviews().map(({ id }) => id),
      round % 2 === 0 ? 'accept' : 'reject',
    );
    exchange(world);
  }
}

function headsOf(device: TestDevice, at: Place): readonly ChangeId[] {
  return device.row(at)?.heads ?? [];
}

function isCollected({ disk }: TestDevice, [collection, id]: Place): boolean {
  return disk.records.collected(collection as CollectionName, id as RecordId) !== undefined;
}

function historyOf({ replica }: TestDevice, [collection, id]: Place): readonly HistoryEntry[] {
  return replica.history(collection as CollectionName, id as RecordId);
}

function liveState(device: TestDevice): readonly string[] {
  return places.map((at) => {
    const row = device.row(at);
    return canonicalText({ at: at.join('/'), fields: row?.state === 'live' ? row.fields : null });
  });
}

function historyState(device: TestDevice): readonly unknown[] {
  return places.map((at) =>
    historyOf(device, at).map(({ change, disposition }) => `${change.changeId} ${disposition}`),
  );
}

function deviceOf(world: World, index: number): TestDevice {
  return world.devices[index] as TestDevice;
}

function placeAt(index: number): Place {
  return places[index] as Place;
}

function fieldsOf(at: number, written: number): JsonObject {
  switch (placeAt(at)[0]) {
    case 'presence':
      return { kind: 'note', text: `one ${'two '.repeat(written)}three` };
    case 'workspace':
      return { kind: 'task', title: `title ${written}` };
    default:
      return { kind: 'alias', name: 'n', body: `ls ${written}` };
  }
}
