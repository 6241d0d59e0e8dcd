import { describe, expect, it } from 'vitest';
import { createMemoryRelayStore } from '../../../src/relay/memory-store.ts';
import { createScopeSync } from '../../../src/sync/scope/scope-sync.ts';
import { windowBytes, windowPushes } from '../../../src/sync/wire/limits.ts';
import { addOf, deviceFrom, valueOf } from '../membership/fixtures.ts';
import { appendEntry } from '../../../src/membership/log/scope-log.ts';
import { createChain, createPair } from '../relay/members.ts';
import { createNetwork, sequencesOf } from './network.ts';
import { alices, bobs, batch, ofType, onlineScope, pair, pausedAfter, say, setup, start } from './session-world.ts';

describe('session: scope', () => {
  it('9 founds the scope at the relay entry by entry, then says hello once', () => {
    const world = setup();
    start(world);
    const types = world.a.sent.map((message) => message.type);
    expect(types.slice(0, 3)).toEqual(['append_entry', 'append_entry', 'hello']);
    expect(world.b.sent.map((message) => message.type)).toEqual(['hello', 'received']);
    expect(onlineScope(world.b)).toMatchObject({ caughtUp: true });
  });

  it('10 pushes what the relay lacks, and what is appended later, in order', () => {
    const world = setup();
    const { a, b, network } = world;
    a.own.push(...alices.slice(0, 3));
    start(world);
    a.append(batch(alices, 4));
    b.append(batch(bobs, 1));
    network.settle();
    expect(sequencesOf(b, pair.alice)).toEqual([1, 2, 3, 4]);
    expect(sequencesOf(a, pair.bob)).toEqual([1]);
    expect(onlineScope(a)).toEqual({ caughtUp: true, acknowledged: 4, inFlight: 0 });
  });

  it('10 heals a crash between any two steps by the same hello', () => {
    const world = setup();
    start(world);
    const { a, b, network } = world;
    a.append(batch(alices, 1));
    network.cut();
    a.append(batch(alices, 2));
    network.advance(2000);
    b.autoCommit = false;
    a.append(batch(alices, 3));
    network.settle();
    network.cut();
    b.autoCommit = true;
    network.advance(3000);
    expect(sequencesOf(b, pair.alice)).toEqual([1, 2, 3]);
  });

  it('11 keeps few pushes under way, drops the rest and reads it back in fewer messages', () => {
    const world = setup();
    start(world);
    const { a, b, network } = world;
    network.mailbox.stepMany([], network.nowMs, (size) => new Uint8Array(size));
    alices.forEach((next) => a.append(next));
    const pushes = a.sent.filter((message) => message.type === 'push');
    expect(pushes).toHaveLength(windowPushes);
    expect(ofType(a, 'read_own')).toHaveLength(0);
    network.settle();
    expect(sequencesOf(b, pair.alice)).toEqual(alices.map((next) => next.sequence));
    expect(a.sent.filter((message) => message.type === 'push').length).toBeLessThan(windowPushes + 5);
  });

  it('11 never has more bytes under way than the window', () => {
    const big = createPair(77);
    const chain = createChain(big, big.alice);
    const network = createNetwork(createMemoryRelayStore());
    const a = network.add(big.alice, big.scopeId, big.entries);
    a.own.push(...Array.from({ length: 8 }, () => chain.next(700_000)));
    a.answersReads = true;
    a.step({ type: 'resume' });
    a.step({ type: 'connected' });
    say(a, { type: 'challenge', version: 1, nonce: new Uint8Array(32) });
    say(a, { type: 'welcome', scopes: [{ scopeId: big.scopeId, logSequence: 1 }] });
    say(a, { type: 'state', scopeId: big.scopeId, logSequence: 1, ownHead: null, behind: {}, entries: [] });
    const bytes = a.sent
      .flatMap((message) => (message.type === 'push' ? message.batches : []))
      .reduce((sum, next) => sum + next.length, 0);
    expect(bytes).toBeGreaterThan(windowBytes / 2);
    expect(bytes).toBeLessThanOrEqual(windowBytes + 1_100_000);
  });

  it('11 an answer that comes for an older question is not pushed twice', () => {
    const world = setup();
    start(world);
    const { a, network } = world;
    a.append(batch(alices, 1));
    a.step({ type: 'own_batches', scopeId: pair.scopeId, batches: alices.slice(0, 2), more: false });
    network.settle();
    expect(a.sent.filter((message) => message.type === 'push')).toHaveLength(1);
  });

  it('13 confirms deliveries only after they were committed, in order', () => {
    const world = setup();
    start(world);
    const { a, b, network } = world;
    b.autoCommit = false;
    const before = b.sent.length;
    a.append(batch(alices, 1));
    network.settle();
    a.append(batch(alices, 2));
    network.settle();
    const [first, second] = b.undecided as [number, number];
    b.step({ type: 'committed', scopeId: pair.scopeId, delivery: second });
    expect(b.sent.slice(before)).toEqual([]);
    expect(onlineScope(b)).toMatchObject({ caughtUp: true });
    b.step({ type: 'committed', scopeId: pair.scopeId, delivery: first });
    expect(b.sent.slice(before)).toEqual([{ type: 'received', scopeId: pair.scopeId, delivery: 3 }]);
  });

  it('23 says that all was delivered once what leaves nothing older was dealt with', () => {
    const world = setup();
    start(world);
    const { a, b, network } = world;
    b.autoCommit = false;
    const told = (): number => ofType(b, 'caught_up').length;
    const before = told();
    a.append(batch(alices, 1));
    network.settle();
    expect(told()).toBe(before);
    b.step({ type: 'committed', scopeId: pair.scopeId, delivery: b.undecided[0] as number });
    expect(told()).toBe(before + 1);
  });

  it('23 says nothing of it while something older is still to come', () => {
    const told: string[] = [];
    const view = { scopeId: pair.scopeId, frontier: {}, logSequence: 0, ownHead: null, confirmed: null, seen: null };
    const scope = createScopeSync(view, { self: pair.bob.deviceId }, ({ type }) => told.push(type));
    scope.begin(0);
    scope.opened({
      ...{ type: 'state', scopeId: pair.scopeId, logSequence: 0 },
      entries: [],
      ownHead: null,
      behind: {},
    });
    for (const [delivery, caughtUp] of [
      [1, false],
      [2, true],
    ] as const) {
      const message = {
        ...({ type: 'deliver', scopeId: pair.scopeId, delivery } as const),
        caughtUp,
        batches: [new Uint8Array(8)],
      };
      scope.deliver(message, delivery, 0);
      scope.committed(delivery);
      expect(told.includes('caught_up')).toBe(caughtUp);
    }
  });

  it('13 a late commit of an old connection means nothing', () => {
    const world = setup();
    start(world);
    const { a, b, network } = world;
    b.autoCommit = false;
    a.append(batch(alices, 1));
    network.settle();
    const [old] = b.undecided as [number];
    network.cut();
    network.advance(2000);
    const sent = b.sent.length;
    b.step({ type: 'committed', scopeId: pair.scopeId, delivery: old });
    expect(b.sent.slice(sent)).toEqual([]);
    expect(b.undecided).toHaveLength(2);
  });

  it('14 leaves a relay that sends beyond the window', () => {
    const world = setup();
    start(world);
    const { b } = world;
    b.autoCommit = false;
    const huge = new Uint8Array(1_500_000);
    for (let delivery = 2; delivery < 20 && b.session.state.state === 'online'; delivery++) {
      say(b, { type: 'deliver', scopeId: pair.scopeId, delivery, caughtUp: false, batches: [huge] });
    }
    expect(b.session.state.state).toBe('offline');
    expect(b.undecided.length).toBeLessThan(12);
  });

  it('15 hands out entries before what follows them', () => {
    const world = setup();
    const { a, b, network } = world;
    b.entries.splice(0);
    a.own.push(batch(alices, 1));
    start(world);
    network.settle();
    const order = b.effects.map((effect) => effect.type).filter((type) => type.startsWith('receive'));
    expect(order).toEqual(['receive_entries', 'receive']);
    expect(b.entries).toHaveLength(2);
  });

  it('16 settles a wanted entry: accepted once stored, refused after the winner was handed out', () => {
    const world = setup();
    start(world);
    const { a, b, network } = world;
    const carol = addOf({ world: pair.world, state: pair.state, device: deviceFrom(9001) });
    const dave = addOf({ world: pair.world, state: pair.state, device: deviceFrom(9002) });
    a.step({ type: 'entry_wanted', scopeId: pair.scopeId, sequence: 2, entry: carol });
    b.step({ type: 'entry_wanted', scopeId: pair.scopeId, sequence: 2, entry: dave });
    network.settle();
    expect(ofType(a, 'entry_settled')).toEqual([
      { type: 'entry_settled', scopeId: pair.scopeId, sequence: 2, accepted: true },
    ]);
    const orderOf = ({ effects }: typeof a): readonly string[] =>
      effects.map((effect) => effect.type).filter((type) => type === 'receive_entries' || type === 'entry_settled');
    expect(orderOf(a)).toEqual(['receive_entries', 'entry_settled']);
    expect(orderOf(b)).toEqual(['receive_entries', 'entry_settled']);
    expect(ofType(b, 'entry_settled')).toMatchObject([{ accepted: false }]);
    expect(b.entries).toHaveLength(3);
  });

  it('16 an entry that was stored although the answer got lost is accepted after the reconnection', () => {
    const world = setup();
    start(world);
    const { a, network } = world;
    const carol = addOf({ world: pair.world, state: pair.state, device: deviceFrom(9001) });
    expect(valueOf(appendEntry(pair.state, carol)).sequence).toBe(2);
    a.step({ type: 'entry_wanted', scopeId: pair.scopeId, sequence: 2, entry: carol });
    network.mailbox.stepMany(
      [
        {
          connectionId: 1,
          event: { type: 'append_entry', scopeId: pair.scopeId, sequence: 2, token: null, isNew: false, entry: carol },
        },
      ],
      network.nowMs,
      (size) => new Uint8Array(size),
    );
    network.cut();
    network.advance(2000);
    expect(ofType(a, 'entry_settled')).toMatchObject([{ accepted: true, sequence: 2 }]);
    expect(a.entries).toHaveLength(3);
  });

  it('16 only one entry waits at a time', () => {
    const { a } = setup();
    a.step({ type: 'entry_wanted', scopeId: pair.scopeId, sequence: 2, entry: new Uint8Array(1) });
    a.step({ type: 'entry_wanted', scopeId: pair.scopeId, sequence: 3, entry: new Uint8Array(1) });
    expect(ofType(a, 'entry_settled')).toMatchObject([{ sequence: 3, accepted: false }]);
  });

  it('17 refills a wiped relay and says so', () => {
    const world = setup();
    start(world);
    const { a, b, network } = world;
    alices.slice(0, 3).forEach((next) => a.append(next));
    b.append(batch(bobs, 1));
    network.settle();
    network.replaceStore(createMemoryRelayStore());
    network.advance(3000);
    expect(ofType(a, 'relay_behind')).toMatchObject([
      { chains: expect.arrayContaining([{ deviceId: pair.alice.deviceId, had: 3, has: 0 }]), log: { had: 1, has: -1 } },
    ]);
    expect(onlineScope(a)).toMatchObject({ acknowledged: 3 });
    expect(onlineScope(b)).toMatchObject({ acknowledged: 1 });
    expect(sequencesOf(b, pair.alice)).toEqual([1, 2, 3]);
  });

  it('17 gets its own batches back when the disk is older than the relay', () => {
    const { network } = pausedAfter(3);
    const restored = network.add(pair.alice, pair.scopeId, pair.entries);
    restored.step({ type: 'resume' });
    network.settle();
    expect(ofType(restored, 'own_chain_behind')).toEqual([
      { type: 'own_chain_behind', scopeId: pair.scopeId, relayHead: 3 },
    ]);
    expect(sequencesOf(restored, pair.alice)).toEqual([1, 2, 3]);
    expect(restored.sent.some((message) => message.type === 'push')).toBe(false);
  });

  it('17 pushes nothing onto another batch at the own head', () => {
    const world = setup();
    start(world);
    const { a, network } = world;
    a.append(batch(alices, 1));
    network.settle();
    a.step({ type: 'pause' });
    const forked = network.add(pair.alice, pair.scopeId, pair.entries);
    const chain = createChain(pair, pair.alice);
    chain.next(41);
    forked.own.push(chain.next(41), chain.next(41));
    forked.own.splice(0, 1, { ...batch(bobs, 1), sequence: 1 });
    forked.own.splice(1);
    forked.step({ type: 'resume' });
    network.settle();
    expect(ofType(forked, 'own_chain_behind')).toMatchObject([{ relayHead: 1 }]);
    expect(forked.sent.some((message) => message.type === 'push')).toBe(false);
  });

  it('18 §10.34 a full scope waits a minute and goes on', () => {
    const world = setup({ deviceBytesPerDay: 1200 });
    start(world);
    const { a, b, network } = world;
    alices.slice(0, 4).forEach((next) => a.append(next));
    network.settle();
    expect(onlineScope(a)?.refused?.code).toBe('E_QUOTA');
    expect(a.session.state.state).toBe('online');
    const before = onlineScope(a)?.acknowledged ?? 0;
    expect(before).toBeGreaterThan(0);
    expect(before).toBeLessThan(4);
    network.nowMs += 86_400_000 - 5000;
    a.step({ type: 'pause' });
    a.step({ type: 'resume' });
    network.settle();
    network.advance(62_000);
    expect(onlineScope(a)?.acknowledged).toBeGreaterThan(before);
    expect(sequencesOf(b, pair.alice).length).toBeGreaterThan(0);
  });

  it('18 §10.33 a scope that the relay refuses leaves the session online', () => {
    const world = setup({ open: false });
    start(world);
    expect(onlineScope(world.a)?.refused).toMatchObject({ code: 'E_FORBIDDEN' });
    // Its operator may allow it meanwhile, or another device founds it with a token of its own.
    const helloes = world.a.sent.length;
    world.network.advance(61_000);
    expect(world.a.sent.slice(helloes).map(({ type }) => type)).toContain('append_entry');
    expect(world.a.session.state.state).toBe('online');
  });

  it('9 §10.33 the registration token goes with the founding entry alone', () => {
    const network = createNetwork(createMemoryRelayStore());
    const a = network.add(pair.alice, pair.scopeId, pair.entries, 'srt1_token');
    a.step({ type: 'resume' });
    network.settle();
    expect(a.sent.filter(({ type }) => type === 'append_entry')).toMatchObject([
      { sequence: 0, token: 'srt1_token' },
      { sequence: 1, token: null },
    ]);
  });

  it('19 tells state only when a person would see a change', () => {
    const world = setup();
    start(world);
    const { a, network } = world;
    const before = ofType(a, 'state_changed').length;
    alices.slice(0, 20).forEach((next) => a.append(next));
    network.settle();
    expect(ofType(a, 'state_changed').length - before).toBeLessThanOrEqual(2);
  });
});
