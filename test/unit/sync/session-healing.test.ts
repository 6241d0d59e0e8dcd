import { describe, expect, it } from 'vitest';
import { createMemoryRelayStore } from '../../../src/relay/memory-store.ts';
import { createForwardingWatch } from '../../../src/sync/scope/forwarding-watch.ts';
import { createSeedWindow } from '../../../src/sync/scope/seed-window.ts';
import { type OwnBatch, createChain, createPair } from '../relay/members.ts';
import { type TestDevice, createNetwork, sequencesOf } from './network.ts';
import {
  alices,
  bobs,
  batch,
  ofType,
  onlineScope,
  pair,
  pausedAfter,
  say,
  type Setup,
  setup,
  start,
} from './session-world.ts';

describe('session: healing', () => {
  /** Both have pushed and received everything; what their relay knew is gone when `store` is another one. */
  function heal(store = createMemoryRelayStore(), policy = {}): Setup {
    const world = setup(policy);
    start(world);
    const { a, b, network } = world;
    alices.slice(0, 60).forEach((next) => a.append(next));
    bobs.slice(0, 3).forEach((next) => b.append(next));
    network.settle();
    [a, b].forEach((device) => device.effects.splice(0));
    network.replaceStore(store);
    return world;
  }

  it('20 a wiped relay gets back the chain of a device that never returns', () => {
    const store = createMemoryRelayStore();
    const world = heal(store);
    const { a, b, network } = world;
    a.step({ type: 'pause' });
    network.advance(3000);
    expect(store.head(pair.scopeId, pair.alice.deviceId)?.sequence).toBe(60);
    expect(ofType(b, 'seeded').at(-1)).toMatchObject({ deviceId: pair.alice.deviceId, sequence: 60 });
    expect(ofType(b, 'relay_whole')).toHaveLength(1);
    const third = network.add(pair.alice, pair.scopeId, pair.entries);
    third.step({ type: 'resume' });
    network.settle();
    expect(sequencesOf(third, pair.alice)).toHaveLength(60);
    expect(sequencesOf(third, pair.bob)).toEqual([1, 2, 3]);
  });

  it('20 says once that a relay lost something, and once that it is whole again', () => {
    const { a, b, network } = heal();
    network.advance(3000);
    const { deviceId } = pair.bob;
    expect(ofType(b, 'relay_behind')).toEqual([
      {
        type: 'relay_behind',
        scopeId: pair.scopeId,
        chains: [{ deviceId, had: 3, has: 0 }],
        log: { had: 1, has: -1 },
      },
    ]);
    expect(ofType(a, 'relay_whole')).toHaveLength(1);
    network.cut();
    network.advance(3000);
    expect(ofType(b, 'relay_behind')).toHaveLength(1);
    expect(ofType(b, 'relay_whole')).toHaveLength(2);
  });

  it('20 a relay that is new to a device lost nothing', () => {
    const world = setup();
    const { a, network } = world;
    a.own.push(...alices.slice(0, 3));
    start(world);
    expect(ofType(a, 'relay_behind')).toEqual([]);
    expect(ofType(a, 'relay_whole')).toHaveLength(1);
    expect(network.relaySent.some(({ message }) => message.type === 'seeded')).toBe(false);
  });

  it('20 has one seed message under way at a time, of bounded size', () => {
    const big = createPair(78);
    const chain = createChain(big, big.alice);
    const network = createNetwork(createMemoryRelayStore());
    const [a, b] = [big.alice, big.bob].map((keys) => network.add(keys, big.scopeId, big.entries)) as [
      TestDevice,
      TestDevice,
    ];
    a.step({ type: 'resume' });
    b.step({ type: 'resume' });
    network.settle();
    Array.from({ length: 6 }, () => a.append(chain.next(600_000)));
    network.settle();
    a.step({ type: 'pause' });
    const store = createMemoryRelayStore();
    network.replaceStore(store);
    network.advance(3000);
    const seeds = b.sent.filter((message) => message.type === 'seed');
    expect(seeds).toHaveLength(6);
    const order = [...b.sent.map(({ type }) => type)].filter((type) => type === 'seed');
    expect(order).toHaveLength(ofType(b, 'seeded').length);
    expect(store.head(big.scopeId, big.alice.deviceId)?.sequence).toBe(6);
  });

  it('20 a chain that the relay refuses is left, and the relay is not called whole', () => {
    const world = setup();
    start(world);
    const { a, b, network } = world;
    a.append(batch(alices, 1));
    network.settle();
    b.held.splice(0, 1, { ...b.held[0], bytes: batch(bobs, 1).bytes } as (typeof b.held)[number]);
    a.step({ type: 'pause' });
    network.replaceStore(createMemoryRelayStore());
    network.advance(3000);
    expect(ofType(b, 'seeded')).toEqual([]);
    expect(ofType(b, 'relay_whole')).toHaveLength(1);
    expect(b.session.state.state).toBe('online');
    expect(network.relaySent.filter(({ message }) => message.type === 'error')).toMatchObject([
      { message: { code: 'E_BAD_BATCH', about: 'seed' } },
    ]);
  });

  it('20 a log that no longer has what the frontier told is not asked for ever', () => {
    const world = setup();
    start(world);
    const { a, b, network } = world;
    a.append(batch(alices, 1));
    network.settle();
    b.held.splice(0);
    a.step({ type: 'pause' });
    network.replaceStore(createMemoryRelayStore());
    network.advance(3000);
    expect(ofType(b, 'read_chain')).toHaveLength(1);
    expect(b.sent.some((message) => message.type === 'seed')).toBe(false);
  });

  it('20 §10.34 a relay without room is asked again a minute later', () => {
    const world = heal(createMemoryRelayStore(), { deviceBytesPerDay: 36_500 });
    const { a, b, network } = world;
    a.step({ type: 'pause' });
    network.advance(3000);
    expect(onlineScope(b)?.refused?.code).toBe('E_QUOTA');
    const before = ofType(b, 'seeded').at(-1)?.sequence ?? 0;
    expect(before).toBeLessThan(60);
    network.nowMs += 86_400_000 - 70_000;
    b.step({ type: 'pause' });
    b.step({ type: 'resume' });
    network.settle();
    network.advance(80_000);
    expect(ofType(b, 'seeded').at(-1)?.sequence ?? 0).toBeGreaterThan(before);
  });

  it('20 leaves a relay that confirms a seed that was never sent', () => {
    const world = heal();
    const { b, network } = world;
    b.answersReads = false;
    network.advance(3000);
    const { session } = network.add(pair.bob, pair.scopeId, pair.entries);
    expect(session.state.state).toBe('offline');
    const seeds = createSeedWindow(pair.scopeId, () => undefined);
    seeds.open({ [pair.alice.deviceId]: [3, batch(alices, 3).batchId] }, { [pair.alice.deviceId]: 0 });
    expect(seeds.seeded(pair.alice.deviceId, 1)).toBe(false);
    expect(seeds.seeded(pair.bob.deviceId, 9)).toBe(true);
  });

  it('21 hello tells of the own chain only what this relay confirmed, so that the rest comes back', () => {
    const { network } = pausedAfter(5);
    const restored = network.add(pair.alice, pair.scopeId, pair.entries);
    restored.own.push(...alices.slice(0, 2));
    restored.confirmed = 2;
    const other = createChain(pair, pair.alice);
    other.next();
    other.next();
    restored.own.push(other.next(99));
    restored.step({ type: 'resume' });
    network.settle();
    const hello = restored.sent.find((message) => message.type === 'hello');
    expect(hello).toMatchObject({ frontier: { [pair.alice.deviceId]: [2, batch(alices, 2).batchId] } });
    expect(ofType(restored, 'own_chain_behind')).toMatchObject([{ relayHead: 5 }]);
    expect(ofType(restored, 'receive').flatMap((effect) => effect.batches)).toHaveLength(3);
    expect(ofType(restored, 'own_chain_complete')).toHaveLength(1);
    expect(ofType(restored, 'relay_whole')).toEqual([]);
    expect(restored.sent.some((message) => message.type === 'push')).toBe(false);
  });

  it("21 compares the relay's last own batch with the log before anything is pushed behind it", () => {
    const cases = [
      { own: alices.slice(0, 4), pushes: 1, behind: 0 },
      { own: forkedAfter(2, 4), pushes: 0, behind: 1 },
    ];
    for (const { own, pushes, behind } of cases) {
      const { network } = pausedAfter(3);
      const restored = network.add(pair.alice, pair.scopeId, pair.entries);
      restored.own.push(...own);
      restored.confirmed = 2;
      restored.step({ type: 'resume' });
      network.settle();
      expect(restored.sent.filter((message) => message.type === 'push')).toHaveLength(pushes);
      expect(ofType(restored, 'own_chain_behind')).toHaveLength(behind);
    }
  });

  it('12 what was stored although the answer got lost is confirmed by the next hello', () => {
    const { network } = pausedAfter(3);
    const again = network.add(pair.alice, pair.scopeId, pair.entries);
    again.own.push(...alices.slice(0, 3));
    again.confirmed = 1;
    again.step({ type: 'resume' });
    network.settle();
    expect(ofType(again, 'acknowledged')).toMatchObject([{ sequence: 3 }]);
    expect(onlineScope(again)).toMatchObject({ acknowledged: 3, inFlight: 0 });
  });

  it('22 §10.40 own pushes that stay unanswered while batches of others arrive are told of once', () => {
    const world = setup();
    start(world);
    const { a, b, network } = world;
    a.append(batch(alices, 1));
    // What the device sends from here on is lost, and it hears the relay well.
    const deliver = (delivery: number): void =>
      say(a, { type: 'deliver', scopeId: pair.scopeId, delivery, caughtUp: true, batches: [batch(bobs, 1).bytes] });
    const wait = (ms: number): void => {
      for (let passed = 0; passed < ms; passed += 1000) {
        network.nowMs += 1000;
        say(a, { type: 'pong' });
        a.step({ type: 'tick' });
      }
    };
    wait(2000);
    deliver(2);
    wait(20_000);
    expect(ofType(a, 'not_forwarded')).toEqual([]);
    wait(20_000);
    expect(ofType(a, 'not_forwarded')).toEqual([{ type: 'not_forwarded', scopeId: pair.scopeId, sequence: 1 }]);
    expect(ofType(b, 'not_forwarded')).toEqual([]);
  });

  it('22 a quiet relay that is only slow is not accused', () => {
    const watch = createForwardingWatch();
    const waiting = { acknowledged: 1, inFlight: 2 };
    expect(watch.isStuck(waiting, 0)).toBe(false);
    expect(watch.isStuck(waiting, 60_000)).toBe(false);
    watch.delivered(61_000);
    expect(watch.isStuck({ acknowledged: 2, inFlight: 1 }, 62_000)).toBe(false);
    expect(watch.isStuck({ acknowledged: 2, inFlight: 1 }, 95_000)).toBe(false);
    watch.delivered(96_000);
    expect(watch.isStuck({ acknowledged: 2, inFlight: 1 }, 97_000)).toBe(true);
    expect(watch.isStuck({ acknowledged: 2, inFlight: 1 }, 98_000)).toBe(false);
    expect(watch.isStuck({ acknowledged: 3, inFlight: 0 }, 99_000)).toBe(false);
  });
});

/** Alice's chain up to a sequence, and from there on other batches than the ones that the relay knows. */
function forkedAfter(common: number, length: number): readonly OwnBatch[] {
  const chain = createChain(pair, pair.alice);
  const same = Array.from({ length: common }, () => chain.next());
  return [...same, ...Array.from({ length: length - common }, () => chain.next(77))];
}
