import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PresenceState } from '../../../src/api/ports/messages.ts';
import type { PresenceListener } from '../../../src/api/ports/presence-port.ts';
import type { CollectionName, DeviceId, RecordId, ScopeId } from '../../../src/base/ids.ts';
import { type PresenceHost, createPresenceHost } from '../../../src/daemon/relays/presence-host.ts';
import { maximumWhisperBytes } from '../../../src/sync/wire/limits.ts';
import { type Pair, setupPair } from '../../helpers/setup-pair.ts';
import type { TestDevice } from '../../helpers/test-device.ts';

const presence = 'presence' as CollectionName;
const pad = 'pad' as RecordId;
const at = (clock: number, state = '{"at":1}'): PresenceState => ({ client: 7, clock, state });

interface Side {
  readonly host: PresenceHost;
  readonly whispered: { readonly scopeId: ScopeId; readonly body: Uint8Array }[];
  readonly heard: Parameters<PresenceListener['told']>[0][];
  readonly gone: DeviceId[];
}

let pair: Pair;
let a: Side;
let b: Side;

function sideOf(device: TestDevice): Side {
  const side: Omit<Side, 'host'> = { whispered: [], heard: [], gone: [] };
  const host = createPresenceHost({
    ...{ replica: device.replica, bindings: device.bindings, keys: device.keys },
    ...{ nowMs: () => pair.clock.nowMs, randomBytes: pair.random.bytes },
    whisper: (scopeId, body) => side.whispered.push({ scopeId, body }),
  });
  host.listen({ told: (told) => side.heard.push(told), left: (deviceId) => side.gone.push(deviceId) });
  return { host, ...side };
}

/** Hands over what one side whispered since, as a relay would. */
function carry(from: Side, to: Side): void {
  for (const { scopeId, body } of from.whispered.splice(0)) {
    to.host.whispered(scopeId, body);
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  pair = setupPair();
  a = sideOf(pair.a);
  b = sideOf(pair.b);
});

afterEach(() => {
  vi.useRealTimers();
});

describe('LC9 presence between devices', () => {
  it('what changes at once is told once, to the scope of the collection', () => {
    a.host.tell(presence, pad, [at(1)]);
    a.host.tell(presence, pad, [at(2)]);
    expect(a.whispered).toEqual([]);
    vi.advanceTimersByTime(100);
    expect(a.whispered.map(({ scopeId }) => scopeId)).toEqual([pair.workspace]);
    carry(a, b);
    expect(b.heard).toEqual([{ collection: presence, id: pad, deviceId: pair.a.replica.self, states: [at(2)] }]);
  });

  it('a few records are told of at a time, and all in the end', () => {
    for (let number = 0; number < 10; number++) {
      a.host.tell(presence, `pad ${number}` as RecordId, [at(1)]);
    }
    vi.advanceTimersByTime(100);
    expect(a.whispered).toHaveLength(4);
    vi.advanceTimersByTime(200);
    expect(a.whispered).toHaveLength(10);
  });

  it('whoever comes to a record hears who is there, and nobody answers an answer', () => {
    a.host.tell(presence, pad, [at(1)]);
    vi.advanceTimersByTime(100);
    a.whispered.length = 0;
    b.host.tell(presence, pad, [{ ...at(1), client: 8 }]);
    vi.advanceTimersByTime(100);
    carry(b, a);
    vi.advanceTimersByTime(100);
    expect(a.whispered).toHaveLength(1);
    carry(a, b);
    vi.advanceTimersByTime(1000);
    // The one answer: for b, a has just come.
    expect(b.whispered).toHaveLength(1);
    carry(b, a);
    vi.advanceTimersByTime(1000);
    expect([a.whispered, b.whispered]).toEqual([[], []]);
  });

  it('what was said before, twice, or long ago has no effect', () => {
    a.host.tell(presence, pad, [at(1)]);
    vi.advanceTimersByTime(100);
    a.host.tell(presence, pad, [at(2)]);
    vi.advanceTimersByTime(100);
    const [first, second] = a.whispered as [Side['whispered'][number], Side['whispered'][number]];
    b.host.whispered(second.scopeId, second.body);
    b.host.whispered(first.scopeId, first.body);
    b.host.whispered(second.scopeId, second.body);
    expect(b.heard.map(({ states }) => states)).toEqual([[at(2)]]);
    b.host.left(pair.a.replica.self);
    b.host.whispered(second.scopeId, second.body);
    expect(b.heard).toHaveLength(1);
    expect(b.gone).toEqual([pair.a.replica.self]);

    pair.clock.nowMs += 11 * 60 * 1000;
    const restarted = sideOf(pair.b);
    restarted.host.whispered(second.scopeId, second.body);
    expect(restarted.heard).toEqual([]);
  });

  it('a daemon that started again is heard, and what it said in its earlier life no more', () => {
    a.host.tell(presence, pad, [at(1)]);
    vi.advanceTimersByTime(100);
    a.host.tell(presence, pad, [at(2)]);
    vi.advanceTimersByTime(100);
    const [first, late] = a.whispered as [Side['whispered'][number], Side['whispered'][number]];
    b.host.whispered(first.scopeId, first.body);
    pair.clock.nowMs += 1000;
    const again = sideOf(pair.a);
    again.host.tell(presence, pad, [at(1, '{"again":true}')]);
    vi.advanceTimersByTime(100);
    carry(again, b);
    b.host.whispered(late.scopeId, late.body);
    expect(b.heard.map(({ states }) => states)).toEqual([[at(1)], [at(1, '{"again":true}')]]);
  });

  it('noise, another scope and what this device said itself are dropped', () => {
    a.host.tell(presence, pad, [at(1)]);
    vi.advanceTimersByTime(100);
    const [{ scopeId, body }] = a.whispered as [Side['whispered'][number]];
    b.host.whispered(scopeId, body.subarray(1));
    b.host.whispered(pair.profile, body);
    b.host.whispered('urn:srcos:scope:unknown' as ScopeId, body);
    a.host.whispered(scopeId, body);
    expect([...a.heard, ...b.heard]).toEqual([]);
  });

  it('what an unknown collection, or one that stays here, says goes nowhere', () => {
    a.host.tell('nope' as CollectionName, pad, [at(1)]);
    a.host.tell('secrets' as CollectionName, pad, [at(1)]);
    vi.advanceTimersByTime(1000);
    expect(a.whispered).toEqual([]);
  });

  it('of too many states as many are told as a whisper holds', () => {
    const crowd = Array.from({ length: 60 }, (_, client) => ({
      client,
      clock: 1,
      state: JSON.stringify('x'.repeat(5000)),
    }));
    a.host.tell(presence, pad, crowd);
    vi.advanceTimersByTime(100);
    expect(a.whispered[0]?.body.length).toBeLessThanOrEqual(maximumWhisperBytes);
    carry(a, b);
    expect(b.heard[0]?.states.length).toBeGreaterThan(3);
    expect(b.heard[0]?.states).toEqual(crowd.slice(0, b.heard[0]?.states.length));
  });

  it('who is here is told again when a relay comes back', () => {
    a.host.tell(presence, pad, [at(1)]);
    vi.advanceTimersByTime(100);
    a.host.connected();
    vi.advanceTimersByTime(100);
    expect(a.whispered).toHaveLength(2);
    a.host.tell(presence, pad, []);
    a.host.connected();
    vi.advanceTimersByTime(100);
    expect(a.whispered).toHaveLength(3);
    a.host.connected();
    vi.advanceTimersByTime(100);
    expect(a.whispered).toHaveLength(3);
  });

  it('what waits is told when the daemon stops, and nothing after that', () => {
    a.host.tell(presence, pad, [at(1)]);
    a.host.stop();
    expect(a.whispered).toHaveLength(1);
    a.host.tell(presence, pad, []);
    vi.advanceTimersByTime(1000);
    expect(a.whispered).toHaveLength(1);
  });

  it('nothing of it is in a store', () => {
    const before = pair.b.appended.length + pair.a.appended.length;
    a.host.tell(presence, pad, [at(1)]);
    vi.advanceTimersByTime(100);
    carry(a, b);
    expect(pair.b.appended.length + pair.a.appended.length).toBe(before);
    expect(pair.b.row(['presence', 'pad'])).toBeUndefined();
  });
});
