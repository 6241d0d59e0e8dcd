import { describe, expect, it } from 'vitest';
import type { CollectionName } from '../../../src/base/ids.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import { collectAll, dayGoesBy, dayMs, halfAYearGoesBy } from '../../helpers/collecting.ts';
import { type Devices, setupDevices } from '../../helpers/setup-pair.ts';
import type { Place, TestDevice } from '../../helpers/test-device.ts';

interface World extends Devices {
  /** Collected the record, and holds the edit. */
  readonly first: TestDevice;
  /** Knows of the deletion. */
  readonly second: TestDevice;
  /** Wrote without knowing of it. */
  readonly away: TestDevice;
}

const subjects: readonly (readonly [strategy: string, place: Place, fields: (value: number) => JsonObject])[] = [
  ['crdt', ['presence', 'r'], (value) => ({ kind: 'note', text: `text ${value}` })],
  ['graph_merge', ['workspace', 'r'], (value) => ({ kind: 'task', title: `t ${value}` })],
];

/** An edit came for a record whose deletion was collected, and is held. */
function late(place: Place, fields: (value: number) => JsonObject): World {
  const world = setupDevices(3);
  const [first, second, away] = world.all as readonly [TestDevice, TestDevice, TestDevice];
  first.put(place, fields(0));
  world.exchange();
  away.put(place, fields(5));
  first.remove(place);
  world.send(first, second);
  halfAYearGoesBy(world, [first, second]);
  expect(collectAll(world, first)).toBe(1);
  world.send(away, first);
  expect(heldOn(first)).toHaveLength(1);
  return { ...world, first, second, away };
}

const heldOn = (device: TestDevice): readonly string[] =>
  device
    .reviews()
    .filter(({ kind }) => kind === 'proposal')
    .map(({ id }) => id);

describe.each(subjects)('an edit of what was collected, under %s', (_strategy, place, fields) => {
  it('406 is taken in where it is accepted, with what it asks', () => {
    const { first, second, ...world } = late(place, fields);
    expect(first.replica.decide(heldOn(first), 'accept')).toMatchObject([{ ok: true }]);
    expect([first.fields(place), first.reviews()]).toEqual([fields(5), []]);
    world.exchange();
    expect(second.fields(place)).toEqual(fields(5));
  });

  it('406 is deleted again where it is rejected, and that travels', () => {
    const { first, away, ...world } = late(place, fields);
    const sent = first.appended.length;
    expect(first.replica.decide(heldOn(first), 'reject')).toMatchObject([{ ok: true }]);
    expect([first.row(place)?.fields, first.reviews()]).toEqual([null, []]);
    expect(first.appended.length).toBe(sent + 1);
    world.exchange();
    expect(away.row(place)?.fields ?? null).toBeNull();
  });

  it('406 is decided by nothing else', () => {
    const { first } = late(place, fields);
    expect(first.replica.rejudge(place[0] as CollectionName)).toBe(0);
    first.restart();
    expect(heldOn(first)).toHaveLength(1);
    expect(first.row(place)?.fields).toBeNull();
  });

  it('407 is answered by whoever knew of the deletion and writes anew', () => {
    const { first, second, ...world } = late(place, fields);
    second.put(place, fields(9));
    world.send(second, first);
    expect(heldOn(first)).toEqual([]);
    expect(first.row(place)?.state).toBe('live');
  });

  it('407 is answered by a removal that knew it and the deletion', () => {
    const { first, second, away, ...world } = late(place, fields);
    world.send(away, second);
    second.remove(place);
    world.send(second, first);
    expect(heldOn(first)).toEqual([]);
    expect(first.row(place)?.fields ?? null).toBeNull();
  });
});

it('408 what is kept and collected is counted, and who holds it up is named', () => {
  const world = setupDevices(3);
  const [first, second, third] = world.all as readonly [TestDevice, TestDevice, TestDevice];
  for (let index = 0; index < 3; index++) {
    first.put(['workspace', `r${index}`], { kind: 'task', title: 'x' });
    first.remove(['workspace', `r${index}`]);
  }
  world.exchange();
  const report = () => first.replica.tombstones(world.workspace);
  const holding = () =>
    report()
      .heldBy.map(({ deviceId }) => deviceId)
      .filter((deviceId) => deviceId !== first.replica.self);
  expect(report()).toMatchObject({ kept: 3, collected: 0, horizonMs: null, expired: [] });
  expect(holding().toSorted()).toEqual([second.replica.self, third.replica.self].toSorted());
  dayGoesBy(world, [first, second]);
  world.exchange();
  expect([holding(), report().horizonMs]).toEqual([[third.replica.self], null]);
  const confirmedMs = world.clock.nowMs;
  dayGoesBy(world);
  world.exchange();
  expect(report()).toMatchObject({ heldBy: [], horizonMs: confirmedMs + dayMs });
  collectAll(world, first);
  expect(report()).toMatchObject({ kept: 0, collected: 3 });
});
