import { beforeAll, describe, expect, it } from 'vitest';
import { createMemoryRelayStore } from '../../../src/relay/memory-store.ts';
import { createForwardingWatch } from '../../../src/sync/forwarding-watch.ts';
import { windowBytes, windowPushes } from '../../../src/sync/limits.ts';
import type { RelayMessage } from '../../../src/sync/messages.ts';
import { createSeedWindow } from '../../../src/sync/seed-window.ts';
import type { SessionEffect } from '../../../src/sync/session.ts';
import { addOf, deviceFrom, valueOf } from '../membership/fixtures.ts';
import { appendEntry } from '../../../src/membership/log/scope-log.ts';
import { type OwnBatch, type Pair, createChain, createPair } from '../relay/members.ts';
import { type Network, type TestDevice, createNetwork, sequencesOf } from './network.ts';

interface Setup {
  readonly network: Network;
  readonly a: TestDevice;
  readonly b: TestDevice;
}

let pair: Pair;
let alices: readonly OwnBatch[];
let bobs: readonly OwnBatch[];

beforeAll(() => {
  pair = createPair(1);
  const alice = createChain(pair, pair.alice);
  const bob = createChain(pair, pair.bob);
  alices = Array.from({ length: 120 }, () => alice.next());
  bobs = Array.from({ length: 5 }, () => bob.next());
});

/** Alice founds the scope at the relay; bob's session is not started. */
function setup(policy = {}): Setup {
  const network = createNetwork(createMemoryRelayStore(), policy);
  const a = network.add(pair.alice, pair.scopeId, pair.entries);
  const b = network.add(pair.bob, pair.scopeId, pair.entries);
  return { network, a, b };
}

function start({ network, a, b }: Setup): void {
  a.step({ type: 'resume' });
  network.settle();
  b.step({ type: 'resume' });
  network.settle();
}

const batch = (list: readonly OwnBatch[], sequence: number): OwnBatch => list[sequence - 1] as OwnBatch;
const onlineScope = (device: TestDevice) => {
  const { state } = device.session;
  return state.state === 'online' ? state.scopes[pair.scopeId] : undefined;
};
const ofType = <T extends SessionEffect['type']>(device: TestDevice, type: T) =>
  device.effects.filter((effect): effect is Extract<SessionEffect, { type: T }> => effect.type === type);
const say = (device: TestDevice, message: RelayMessage): void => device.step({ type: 'message', message });

describe('session: whispers', () => {
  const body = new Uint8Array(40).fill(7);
  const whisper = (device: TestDevice): void => device.step({ type: 'whisper', scopeId: pair.scopeId, body });

  it('26 are heard by the other device, and by whom they name as gone', () => {
    const world = setup();
    start(world);
    whisper(world.a);
    world.network.settle();
    expect(ofType(world.b, 'whispered')).toEqual([{ type: 'whispered', scopeId: pair.scopeId, body }]);
    expect(ofType(world.a, 'whispered')).toEqual([]);
    world.a.step({ type: 'pause' });
    world.network.settle();
    expect(ofType(world.b, 'left')).toEqual([{ type: 'left', deviceId: pair.alice.deviceId }]);
  });

  it('26 are dropped while the scope is not open, and not sent later', () => {
    const world = setup();
    whisper(world.a);
    start(world);
    world.a.step({ type: 'pause' });
    whisper(world.a);
    world.a.step({ type: 'resume' });
    world.network.settle();
    expect(world.a.sent.map(({ type }) => type)).not.toContain('whisper');
    expect(world.network.relaySent.map(({ message }) => message.type)).not.toContain('whispered');
  });

  it('26 an older relay is answered in its version and hears none', () => {
    const { a } = setup();
    a.step({ type: 'resume' });
    a.step({ type: 'connected' });
    say(a, { type: 'challenge', version: 1, nonce: new Uint8Array(32) });
    expect(ofType(a, 'answer_challenge')).toMatchObject([{ version: 1 }]);
    say(a, { type: 'welcome', scopes: [{ scopeId: pair.scopeId, logSequence: 1 }] });
    say(a, { type: 'state', scopeId: pair.scopeId, logSequence: 1, ownHead: null, behind: {}, entries: [] });
    expect(onlineScope(a)).toBeDefined();
    whisper(a);
    expect(a.sent.map(({ type }) => type)).not.toContain('whisper');
  });
});

describe('session: connection', () => {
  it('3 begins offline, connects on the first tick and answers only the challenge before the welcome', () => {
    const { network, a } = setup();
    expect(a.session.state).toMatchObject({ state: 'offline', reason: 'not started' });
    a.step({ type: 'tick' });
    expect(ofType(a, 'connect')).toEqual([{ type: 'connect', afterMs: 0 }]);
    a.step({ type: 'connected' });
    a.append(batch(alices, 1));
    expect(a.sent).toEqual([]);
    expect(a.session.state.state).toBe('authenticating');
    network.settle();
    expect(a.session.state.state).toBe('online');
  });

  it('4 waits longer after each failure, up to a minute, and little again after a good connection', () => {
    const { a, network } = setup();
    a.step({ type: 'resume' });
    const waits = Array.from({ length: 9 }, () => {
      a.step({ type: 'disconnected', reason: 'refused' });
      return ofType(a, 'connect').at(-1)?.afterMs;
    });
    expect(waits).toEqual([250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
    network.advance(31_000);
    expect(a.session.state.state).toBe('online');
    network.advance(11_000);
    a.step({ type: 'disconnected', reason: 'cut' });
    expect(ofType(a, 'connect').at(-1)?.afterMs).toBe(250);
  });

  it('5 shows a refusal and goes on trying slowly', () => {
    const { a } = setup();
    a.step({ type: 'resume' });
    a.step({ type: 'connected' });
    say(a, { type: 'challenge', version: 1, nonce: new Uint8Array(32) });
    say(a, { type: 'error', code: 'E_VERSION', message: 'upgrade', scopeId: null, about: 'connection' });
    expect(a.session.state).toEqual({ state: 'refused', code: 'E_VERSION', reason: 'upgrade' });
    expect(ofType(a, 'connect').at(-1)?.afterMs).toBe(30_000);
  });

  it('24 a relay of another identity is shown as untrusted, asked slowly, and forgiven once it is the right one', () => {
    const world = setup();
    const { a, network } = world;
    a.step({ type: 'resume' });
    a.step({ type: 'disconnected', reason: 'another key', untrusted: true });
    expect(a.session.state).toEqual({ state: 'untrusted', reason: 'another key' });
    expect(ofType(a, 'connect').at(-1)?.afterMs).toBe(30_000);
    a.step({ type: 'disconnected', reason: 'no answer' });
    expect(a.session.state).toMatchObject({ state: 'offline', reason: 'no answer' });
    a.step({ type: 'disconnected', reason: 'another key', untrusted: true });
    network.advance(40_000);
    expect(a.session.state.state).toBe('online');
    expect(ofType(a, 'state_changed').map(({ state }) => state.state)).toContain('untrusted');
  });

  it('6 pings when it is quiet and gives up on a half-open connection', () => {
    const world = setup();
    start(world);
    const { a, network } = world;
    network.advance(40_000);
    expect(a.sent.filter((message) => message.type === 'ping').length).toBeGreaterThan(1);
    expect(a.session.state.state).toBe('online');
    network.isSilent = true;
    network.advance(15_000);
    expect(a.session.state.state).toBe('online');
    network.advance(16_000);
    expect(ofType(a, 'disconnect').at(-1)?.reason).toContain('30 s');
    network.isSilent = false;
    network.advance(35_000);
    expect(a.session.state.state).toBe('online');
  });

  it('6 gives up on a dial that is never answered', () => {
    const { a, network } = setup();
    network.isSilent = true;
    a.step({ type: 'resume' });
    network.nowMs += 31_000;
    a.step({ type: 'tick' });
    expect(a.session.state.state).toBe('offline');
  });

  it('7 pause is silent until resume', () => {
    const world = setup();
    start(world);
    const { a, network } = world;
    a.step({ type: 'pause' });
    network.settle();
    expect(a.session.state).toEqual({ state: 'paused' });
    const before = a.effects.length;
    a.append(batch(alices, 1));
    network.advance(60_000);
    expect(a.effects.slice(before).filter((effect) => effect.type === 'send')).toEqual([]);
    a.step({ type: 'resume' });
    network.settle();
    expect(onlineScope(a)).toMatchObject({ acknowledged: 1 });
  });

  const breaches: readonly [string, RelayMessage][] = [
    ['a second challenge', { type: 'challenge', version: 1, nonce: new Uint8Array(32) }],
    ['a second welcome', { type: 'welcome', scopes: [] }],
    ['a mailbox message', { type: 'mailbox_message', slot: 1, body: new Uint8Array(1) }],
  ];
  it.each(breaches)('8 leaves a relay that sends %s', (_name, message) => {
    const world = setup();
    start(world);
    say(world.a, message);
    expect(world.a.session.state.state).toBe('offline');
    expect(world.a.effects.some((effect) => effect.type === 'disconnect')).toBe(true);
  });

  it('8 leaves a relay that delivers before its welcome, skips a delivery, or confirms what was not sent', () => {
    const deliver = { type: 'deliver', scopeId: pair.scopeId, caughtUp: true, batches: [new Uint8Array(1)] } as const;
    const early = setup();
    early.a.step({ type: 'resume' });
    early.a.step({ type: 'connected' });
    say(early.a, { ...deliver, delivery: 1 });
    expect(early.a.session.state.state).toBe('offline');
    const faults: readonly RelayMessage[] = [
      { ...deliver, delivery: 7 },
      { type: 'acknowledge', scopeId: pair.scopeId, sequence: 1 },
      { type: 'entries', scopeId: pair.scopeId, from: 5, entries: [new Uint8Array(1)] },
    ];
    for (const message of faults) {
      const world = setup();
      start(world);
      say(world.a, message);
      expect(world.a.session.state.state).toBe('offline');
    }
  });

  it('8 leaves a relay whose frame cannot be read', () => {
    const world = setup();
    start(world);
    world.a.step({ type: 'bad_frame', reason: 'text' });
    expect(world.a.session.state).toMatchObject({ state: 'offline' });
  });
});

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
    const world = setup();
    start(world);
    const { a, network } = world;
    alices.slice(0, 3).forEach((next) => a.append(next));
    network.settle();
    a.step({ type: 'pause' });
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
    const world = setup();
    start(world);
    const { a, network } = world;
    alices.slice(0, 5).forEach((next) => a.append(next));
    network.settle();
    a.step({ type: 'pause' });
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
      const world = setup();
      start(world);
      const { a, network } = world;
      alices.slice(0, 3).forEach((next) => a.append(next));
      network.settle();
      a.step({ type: 'pause' });
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
    const world = setup();
    start(world);
    const { a, network } = world;
    alices.slice(0, 3).forEach((next) => a.append(next));
    network.settle();
    a.step({ type: 'pause' });
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
