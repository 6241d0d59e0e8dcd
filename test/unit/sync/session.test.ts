import { describe, expect, it } from 'vitest';
import type { RelayMessage } from '../../../src/sync/wire/messages.ts';
import type { TestDevice } from './network.ts';
import { alices, batch, ofType, onlineScope, pair, say, setup, start } from './session-world.ts';

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
