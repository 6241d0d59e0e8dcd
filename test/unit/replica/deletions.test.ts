import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/base/json.ts';
import { type Devices, batchesBy, setupDevices } from '../../helpers/setup-pair.ts';
import { type Place, type TestDevice, createTestDevice } from '../../helpers/test-device.ts';
import { type Random, createRandom } from '../../simulation/random.ts';
import { converge, decideEverything } from './random-steps.ts';
import { runs } from '../../helpers/suite.ts';

interface Subject {
  readonly strategy: string;
  readonly place: Place;
  readonly fields: (value: number) => JsonObject;
  /** What an edit by somebody who did not know of the deletion leads to, where that was deleted. */
  readonly afterUnknowing: { readonly state: 'live' | 'tombstoned'; readonly asked: readonly string[] };
}

const subjects: readonly Subject[] = [
  {
    strategy: 'crdt',
    place: ['presence', 'r'],
    fields: (value) => ({ kind: 'note', text: `one ${'two '.repeat(value)}three` }),
    afterUnknowing: { state: 'live', asked: [] },
  },
  {
    strategy: 'graph_merge',
    place: ['workspace', 'r'],
    fields: (value) => ({ kind: 'task', title: `title ${value}` }),
    afterUnknowing: { state: 'live', asked: ['conflict'] },
  },
  {
    strategy: 'manual_review',
    place: ['shell', 'r'],
    fields: (value) => ({ kind: 'alias', name: 'n', body: `ls ${value}` }),
    afterUnknowing: { state: 'tombstoned', asked: ['proposal'] },
  },
];

const edits = fc.array(fc.record({ on: fc.nat(2), value: fc.nat(9), isSent: fc.boolean() }), { maxLength: 6 });
/** Devices that delete it without knowing of each other. */
const removers = fc.uniqueArray(fc.nat(2), { minLength: 1 });
const seeds = fc.nat(1_000_000);
const settings = { numRuns: runs(4, 12), seed: 20_260_101 };

describe.each(subjects)('a deletion under $strategy', ({ place, fields, afterUnknowing }) => {
  it('175 (invariant 10) stands against all that its author knew, in any order, by an old peer or a restored home', () => {
    fc.assert(
      fc.property(edits, removers, seeds, (written, removed, seed) => {
        const world = setupDevices(3);
        const random = createRandom(seed, 'order');
        for (const { on, value, isSent } of [{ on: 0, value: 0, isSent: true }, ...written]) {
          deviceOf(world, on).put(place, fields(value));
          if (isSent) {
            settle(world);
          }
        }
        settle(world);
        const old = world.all.map((device) => oldCopy(world, device, random));
        expect(world.all.map((device) => device.row(place)?.state)).toEqual(['live', 'live', 'live']);
        for (const index of removed) {
          deviceOf(world, index).remove(place);
        }
        settle(world);
        for (const device of [...world.all, ...old]) {
          deliver(world, device, random);
          device.restart();
          deliver(world, device, random);
          expect(device.row(place)).toMatchObject({ state: 'tombstoned', fields: null });
        }
      }),
      settings,
    );
  });

  it('176 meets an edit that did not know of it as the strategy says, and the same everywhere in the end', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 4 }), (seed, count) => {
        const world = setupDevices(3);
        const [first, , away] = world.all as readonly [TestDevice, TestDevice, TestDevice];
        first.put(place, fields(0));
        settle(world);
        for (let value = 1; value <= count; value++) {
          away.put(place, fields(value));
        }
        first.remove(place);
        deliver(world, first, createRandom(seed, 'order'));
        expect(first.row(place)?.state).toBe(afterUnknowing.state);
        expect([...new Set(first.reviews().map(({ kind }) => kind))]).toEqual(afterUnknowing.asked);
        settle(world);
        const found = world.all.map((device) => [device.row(place)?.state, device.fields(place)]);
        expect(found).toEqual([found[0], found[0], found[0]]);
      }),
      settings,
    );
  });
});

/** Everybody knows everything, and no question is left. */
function settle(world: Devices): void {
  converge(world);
  decideEverything(world);
}

/** The home of a device from a copy of its disk as it was at some time before now. */
function oldCopy(world: Devices, device: TestDevice, random: Random): TestDevice {
  const copy = createTestDevice({
    ...{ household: world.household, index: device.index, nowMs: () => world.clock.nowMs },
    randomBytes: random.bytes,
    wrapStore: (disk) => disk,
  });
  deliver(world, copy, random, () => random.below(6));
  return copy;
}

/** Hands over the chains of all, piece by piece and mixed in a random order, each up to its end or a shorter length. */
function deliver(
  world: Devices,
  to: TestDevice,
  random: Random,
  length: () => number = () => Number.POSITIVE_INFINITY,
): void {
  for (const scopeId of [world.profile, world.workspace]) {
    let left = world.all.map((author) => [...batchesBy(author, scopeId).slice(0, length())]);
    while ((left = left.filter((chain) => chain.length > 0)).length > 0) {
      to.replica.receive(scopeId, random.pick(left).splice(0, 1 + random.below(3)));
    }
  }
}

function deviceOf(world: Devices, index: number): TestDevice {
  return world.all[index] as TestDevice;
}
