import { describe, expect, it } from 'vitest';
import { scopeIdFromBytes } from '../../../src/base/ids.ts';
import { assert } from '../../../src/base/assert.ts';
import { parseRelayAddress } from '../../../src/base/relay-address.ts';
import { createRelayHosts } from '../../../src/daemon/relays/relay-hosts.ts';
import type { RelayHost } from '../../../src/daemon/relays/relay-host.ts';
import type { RelayState, ScopeSyncState } from '../../../src/sync/ground/session.ts';

const scopeId = scopeIdFromBytes(new Uint8Array(32).fill(1));
const other = scopeIdFromBytes(new Uint8Array(32).fill(2));
const refused = { code: 'E_FORBIDDEN', reason: 'no' } as const;

function online(...scopes: readonly Partial<ScopeSyncState>[]): RelayState {
  const [first = {}, second = { caughtUp: true }] = scopes;
  const whole = { caughtUp: false, acknowledged: 0, inFlight: 0 };
  return { state: 'online', scopes: { [scopeId]: { ...whole, ...first }, [other]: { ...whole, ...second } } };
}

/** A host whose state is given, and which keeps count of what it was told. */
function hostAt(name: string, state: RelayState, told: string[] = []): RelayHost {
  const address = parseRelayAddress(`ws://${name}`);
  assert(address !== undefined, 'a name is an address');
  const tell = (what: string) => () => void told.push(`${name} ${what}`);
  return {
    ...{ address, state, failing: false, networkDown: false, nextAttemptAtMs: null, unconfirmed: 0 },
    ...{
      appended: tell('appended'),
      scopeAdded: tell('scope'),
      entriesHeld: tell('entries'),
      whisper: tell('whisper'),
    },
    ...{ pause: tell('pause'), resume: tell('resume'), connectNow: tell('connect') },
    storeIsWell: tell('well'),
    appendEntry: async () => Promise.resolve(told.push(`${name} entry`) > 0),
    stop: async () => Promise.resolve(tell('stop')()),
  };
}

describe('several relays as one', () => {
  it.each<[string, RelayState, RelayState, string]>([
    ['online before offline', { state: 'offline', reason: '', nextAttemptMs: 0 }, online({}), 'b'],
    ['one that said all before one that still delivers', online({}), online({ caughtUp: true }), 'b'],
    ['one that refuses a scope comes later', online({ caughtUp: true, refused }), online({ caughtUp: true }), 'b'],
    ['the first among equals', online({ caughtUp: true }), online({ caughtUp: true }), 'a'],
    ['offline before untrusted', { state: 'untrusted', reason: '' }, { state: 'connecting' }, 'b'],
    ['online, however far behind, before one that only connects', online({}, {}), { state: 'authenticating' }, 'a'],
  ])('engines are told of the best: %s', (_name, first, second, best) => {
    const hosts = createRelayHosts(hostAt('a', first), [hostAt('b', second)]);
    expect(hosts.best.address.url).toBe(`ws://${best}`);
    expect(hosts.first.address.url).toBe('ws://a');
  });

  it.each<[boolean, RelayState, RelayState]>([
    [true, online({ caughtUp: true }), online({ caughtUp: true })],
    [false, online({ caughtUp: true }), online({})],
    [true, online({ caughtUp: true }), online({ refused })],
    [true, online({ caughtUp: true }), { state: 'offline', reason: '', nextAttemptMs: 0 }],
  ])('have said all: %s', (expected, first, second) => {
    expect(createRelayHosts(hostAt('a', first), [hostAt('b', second)]).haveSaidAll(scopeId)).toBe(expected);
  });

  it('tells all of them everything, and asks the first alone to order membership', async () => {
    const told: string[] = [];
    const hosts = createRelayHosts(hostAt('a', online(), told), [hostAt('b', online(), told)]);
    hosts.scopeAdded(scopeId);
    hosts.entriesHeld(scopeId, 1);
    hosts.pause();
    hosts.resume();
    hosts.connectNow();
    expect(await hosts.appendEntry(scopeId, 1, new Uint8Array(1))).toBe(true);
    await hosts.stop();
    const both = (what: string): string[] => [`a ${what}`, `b ${what}`];
    expect(told).toEqual([
      ...['scope', 'entries', 'pause', 'resume', 'connect'].flatMap(both),
      'a entry',
      ...both('stop'),
    ]);
  });
});
