import { describe, expect, it } from 'vitest';
import { createTombstonesHost, tombstoneBodies } from '../../../src/daemon/relays/tombstones-host.ts';
import { dayGoesBy } from '../../helpers/collecting.ts';
import { type Pair, setupPair } from '../../helpers/setup-pair.ts';

const many = 60;
const silent = { warn: () => undefined };

/** So many records that both devices have deleted and confirmed. */
function deleted(count: number): Pair {
  const pair = setupPair();
  const places = Array.from({ length: count }, (_, index) => ['workspace', `r${index}`] as const);
  places.forEach((place) => pair.a.put(place, { kind: 'task', title: 'one' }));
  places.forEach((place) => pair.a.remove(place));
  pair.exchange();
  for (const device of pair.all) {
    // Many at once are a mass change, which a person lets through.
    device.replica.decide(
      device.reviews().map(({ id }) => id),
      'accept',
    );
  }
  pair.exchange();
  dayGoesBy(pair);
  pair.exchange();
  return pair;
}

const collectedOn = ({ replica, disk }: Pair['a']): readonly (readonly [string, number, number])[] =>
  tombstoneBodies(replica, disk, () => 'label').map(
    ({ scope, kept, collected }) => [scope.kind, kept, collected] as const,
  );

describe('collecting in the background', () => {
  it('goes through everything in slices, with everything else between', async () => {
    const { a } = deleted(many);
    const host = createTombstonesHost(a.replica, silent);
    const run = host.run(() => true);
    const seen = new Set<number | undefined>();
    const look = setInterval(() => seen.add(collectedOn(a)[0]?.[2]), 0);
    // A second one does nothing while the first is under way.
    await host.run(() => true);
    await run;
    clearInterval(look);
    expect(collectedOn(a)).toEqual([['workspace', 0, many]]);
    expect(seen.size).toBeGreaterThan(0);
  });

  it('leaves scopes alone of which not everything is here', async () => {
    const { a } = deleted(1);
    await createTombstonesHost(a.replica, silent).run(() => false);
    expect(collectedOn(a)).toEqual([['workspace', 1, 0]]);
  });

  it('stops between slices when the daemon does', async () => {
    const { a } = deleted(many);
    const host = createTombstonesHost(a.replica, silent);
    const run = host.run(() => true);
    host.stop();
    await run;
    expect(collectedOn(a)[0]?.[1]).toBeGreaterThan(0);
  });

  it('says so when the store fails, has done nothing, and goes on the next time', async () => {
    const { a } = deleted(1);
    const warnings: unknown[] = [];
    const host = createTombstonesHost(a.replica, { warn: (facts: unknown) => warnings.push(facts) });
    for (let operations = 1; collectedOn(a)[0]?.[1] === 1; operations++) {
      a.failing.arm(operations);
      await host.run(() => true);
      a.failing.disarm();
      // Either all of it or nothing: a store may fail after what was done is durable.
      const isCollected = a.row(['workspace', 'r0']) === undefined;
      expect(collectedOn(a)).toEqual([['workspace', isCollected ? 0 : 1, isCollected ? 1 : 0]]);
      expect(warnings.length).toBeGreaterThanOrEqual(isCollected ? operations - 1 : operations);
    }
    expect(warnings.length).toBeGreaterThan(10);
    expect(collectedOn(a)).toEqual([['workspace', 0, 1]]);
  });
});

describe('what status says of it', () => {
  it('names devices by their labels, this one as itself', () => {
    const pair = setupPair();
    pair.a.put(['workspace', 'r'], { kind: 'task', title: 'one' });
    pair.a.remove(['workspace', 'r']);
    const [body] = tombstoneBodies(pair.a.replica, pair.a.disk, (id) =>
      id === pair.b.replica.self ? 'phone' : 'desk',
    );
    expect(body).toMatchObject({ kept: 1, collected: 0, horizonAt: null, expired: [] });
    expect(body?.heldBy.map(({ label, self }) => [label, self])).toEqual([
      ['desk', true],
      ['phone', false],
    ]);
  });

  it('says nothing of scopes in which nothing was deleted', () => {
    const { a } = setupPair();
    a.put(['workspace', 'r'], { kind: 'task', title: 'one' });
    expect(tombstoneBodies(a.replica, a.disk, () => '')).toEqual([]);
  });

  it('names who was silent for so long that nobody waits for it', () => {
    const pair = setupPair();
    pair.a.put(['workspace', 'r'], { kind: 'task', title: 'one' });
    pair.a.remove(['workspace', 'r']);
    pair.exchange();
    pair.clock.nowMs += 190 * 24 * 60 * 60 * 1000;
    dayGoesBy(pair, [pair.a]);
    const [body] = tombstoneBodies(pair.a.replica, pair.a.disk, () => 'phone');
    expect(body).toMatchObject({ kept: 1, heldBy: [], expired: [{ deviceId: pair.b.replica.self, label: 'phone' }] });
    expect(body?.horizonAt).toBe(new Date(pair.clock.nowMs).toISOString());
  });
});
