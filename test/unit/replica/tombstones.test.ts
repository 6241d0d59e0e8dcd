import { describe, expect, it } from 'vitest';
import type { CollectionName, RecordId } from '../../../src/base/ids.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import { collectAll, dayGoesBy, halfAYearGoesBy } from '../../helpers/collecting.ts';
import { type Devices, setupDevices } from '../../helpers/setup-pair.ts';
import type { Place, TestDevice } from '../../helpers/test-device.ts';
import { decideEverything } from './random-steps.ts';

interface Subject {
  readonly strategy: string;
  readonly place: Place;
  readonly fields: (value: number) => JsonObject;
}

const subjects: readonly Subject[] = [
  { strategy: 'crdt', place: ['presence', 'r'], fields: (value) => ({ kind: 'note', text: `text ${value}` }) },
  { strategy: 'graph_merge', place: ['workspace', 'r'], fields: (value) => ({ kind: 'task', title: `t ${value}` }) },
  {
    strategy: 'manual_review',
    place: ['shell', 'r'],
    fields: (body) => ({ kind: 'alias', name: 'n', body: `${body}` }),
  },
];

const collectedOn = ({ disk }: TestDevice, [collection, id]: Place) =>
  disk.records.collected(collection as CollectionName, id as RecordId);
const historyOn = ({ replica }: TestDevice, [collection, id]: Place) =>
  replica.history(collection as CollectionName, id as RecordId).map(({ change, disposition }) => [change, disposition]);

/** Everybody holds the record deleted, and has said so. */
function deleted({ place, fields }: Subject, count = 3): Devices & { readonly devices: readonly TestDevice[] } {
  const world = setupDevices(count);
  const [first, second] = world.all as readonly [TestDevice, TestDevice];
  first.put(place, fields(0));
  settle(world);
  second.put(place, fields(1));
  settle(world);
  first.remove(place);
  settle(world);
  return { ...world, devices: world.all };
}

function settle(world: Devices): void {
  world.exchange();
  decideEverything(world);
}

function confirmed(subject: Subject): ReturnType<typeof deleted> {
  const world = deleted(subject);
  dayGoesBy(world);
  world.exchange();
  return world;
}

describe.each(subjects)('collecting under $strategy', (subject) => {
  const { place, fields } = subject;

  it('401 waits until every device has confirmed the deletion in a heartbeat', () => {
    const world = deleted(subject);
    const [first, second, third] = world.devices as readonly [TestDevice, TestDevice, TestDevice];
    expect(collectAll(world, first)).toBe(0);
    dayGoesBy(world, [first, second]);
    world.exchange();
    expect(collectAll(world, first)).toBe(0);
    expect(collectedOn(first, place)).toBeUndefined();
    dayGoesBy(world, [third]);
    world.exchange();
    expect(collectAll(world, first)).toBe(1);
    expect(collectedOn(first, place)).toHaveLength(historyOn(first, place).length);
    expect(first.row(place)).toBeUndefined();
    expect(first.disk.audit.head().count).toBeGreaterThan(0);
  });

  it('402 leaves nothing behind in the rows, and everything in what can be read back', () => {
    const world = confirmed(subject);
    const [first] = world.devices as readonly [TestDevice];
    const before = historyOn(first, place);
    collectAll(world, first);
    expect(first.disk.history.list(place[0] as CollectionName, place[1] as RecordId)).toEqual([]);
    expect(historyOn(first, place)).toEqual(before);
  });

  it('403 gives the record back as it was when somebody writes it anew', () => {
    const world = confirmed(subject);
    const [first, second] = world.devices as readonly [TestDevice, TestDevice];
    const before = first.row(place);
    collectAll(world, first);
    const written = first.put(place, fields(7));
    expect(written).toMatchObject({ state: 'live', fields: fields(7) });
    expect(historyOn(first, place).slice(0, -1)).toEqual(historyOn(second, place));
    expect(before?.heads).toEqual(historyOn(first, place).at(-1)?.[0] && before?.heads);
    settle(world);
    expect(world.devices.map((device) => device.fields(place))).toEqual(Array(3).fill(fields(7)));
  });

  it('404 knows what was collected when it comes again', () => {
    const world = confirmed(subject);
    const [first, second] = world.devices as readonly [TestDevice, TestDevice];
    collectAll(world, first);
    const before = first.disk.audit.head();
    for (const scopeId of [world.profile, world.workspace]) {
      for (const author of second.disk.log.heads(scopeId).keys()) {
        const batches = second.disk.log.after(scopeId, author, 0, 1e9).map(({ bytes }) => bytes);
        first.replica.receive(scopeId, batches);
      }
    }
    expect(first.disk.audit.head()).toEqual(before);
    expect(collectedOn(first, place)).toBeDefined();
    expect(first.row(place)).toBeUndefined();
  });

  it('405 holds an edit that did not know of the deletion for a person, whoever sends it', () => {
    const world = setupDevices(3);
    const [first, second, away] = world.all as readonly [TestDevice, TestDevice, TestDevice];
    first.put(place, fields(0));
    settle(world);
    away.put(place, fields(5));
    // The device goes away with its edit, and nobody waits for it in the end.
    first.remove(place);
    first.replica.decide(
      first.reviews().map(({ id }) => id),
      'accept',
    );
    world.send(first, second);
    second.replica.decide(
      second.reviews().map(({ id }) => id),
      'accept',
    );
    halfAYearGoesBy(world, [first, second]);
    expect(collectAll(world, first)).toBe(1);
    world.send(away, first);
    expect(first.row(place)).toMatchObject({ state: 'tombstoned', fields: null });
    expect(first.reviews().filter(({ kind }) => kind === 'proposal')).toHaveLength(1);
    expect(JSON.stringify(first.reviews())).toContain('5');
  });
});
