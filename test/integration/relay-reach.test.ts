import dns from 'node:dns';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { pino } from 'pino';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { assert } from '../../src/base/assert.ts';
import { parseRelayAddress } from '../../src/base/relay-address.ts';
import { createRelayHost } from '../../src/daemon/relays/create-relay-host.ts';
import { createOutbox } from '../../src/daemon/relays/outbox.ts';
import type { RelayHost } from '../../src/daemon/relays/relay-host.ts';
import { createRelayHosts } from '../../src/daemon/relays/relay-hosts.ts';
import { statesOf } from '../../src/daemon/wire/states-of.ts';
import { createMemoryRelayStore } from '../../src/relay/memory-store.ts';
import { startRelay } from '../../src/relay/serve.ts';
import { setupPair } from '../helpers/setup-pair.ts';

type Deps = Parameters<typeof createRelayHost>[0];
type Parameter<N extends 0 | 1 | 2> = Parameters<typeof statesOf>[N];

afterEach(() => {
  vi.restoreAllMocks();
});

const nothing = (): void => undefined;

/** A device that follows a relay at this address, from the first attempt on. */
function hostAt(url: string): RelayHost {
  const { a } = setupPair();
  const address = parseRelayAddress(url);
  assert(address !== undefined, 'a URL is an address');
  const told = {
    entriesTaken: nothing,
    caughtUp: nothing,
    ownChainMoved: nothing,
    ownCameBack: nothing,
    changed: nothing,
    tell: nothing,
  };
  const deps = {
    ...{ relay: { address, registrationToken: null }, keys: { device: a.keys } as Deps['keys'] },
    ...{ replica: a.replica, store: a.disk, outbox: createOutbox(), log: pino({ enabled: false }), paused: false },
    presence: { whispered: nothing, left: nothing, connected: nothing },
  };
  const host = createRelayHost(deps, { ...told, storeFailed: () => false });
  onTestFinished(async () => host.stop());
  return host;
}

const reached = async (host: RelayHost, state: RelayHost['state']['state']): Promise<void> =>
  expect.poll(() => host.state.state, { interval: 5, timeout: 20_000 }).toBe(state);

/** A port at which nobody listens. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** What the state of an engine says of the network, for a device with these relays. */
function conditionsOf(first: RelayHost, ...others: readonly RelayHost[]): readonly string[] {
  const { a } = setupPair();
  const parts = {
    ...{ replica: a.replica, outbox: createOutbox(), relay: createRelayHosts(first, others) },
    ...{ engineSwitch: { isEnabled: () => true }, syncSwitch: { paused: false }, clock: { untrusted: false } },
    ...{ heartbeat: { verified: true, timedOut: false, auditBroken: false }, links: { list: () => [] } },
    ...{ health: { standing: { cause: null }, guard: (work: () => void) => (work(), true) } },
    ...{ sets: { needs: () => [] }, events: { add: nothing } },
  } as unknown as ReturnType<Parameter<2>>;
  const options = {
    home: { store: a.disk },
    config: { current: () => ({ localOnly: false }), problem: () => null, onReload: nothing },
  };
  const states = statesOf(options as unknown as Parameter<0>, a.bindings, () => parts);
  const binding = a.bindings.ofCollection('workspace');
  assert(binding !== undefined, 'the workspace is served');
  return states.detail(binding).conditions.map(({ state }) => state);
}

it('11 a relay is unreachable from the first failure until it lets the device in, attempts in between included', async () => {
  const port = await freePort();
  const host = hostAt(`ws://127.0.0.1:${port}`);
  expect(host.failing).toBe(false);
  await reached(host, 'offline');
  expect(host.failing).toBe(true);

  // Something listens there, and never says what it is.
  const mute = createServer((socket) => socket.on('error', nothing)).listen(port, '127.0.0.1');
  await once(mute, 'listening');
  host.connectNow();
  expect([host.state.state, host.failing]).toEqual(['connecting', true]);
  const [socket] = (await once(mute, 'connection')) as [{ destroy(): void }];
  expect([host.state.state, host.failing, conditionsOf(host)]).toEqual(['connecting', true, ['relay_unreachable']]);
  socket.destroy();
  mute.close();
  await once(mute, 'close');

  const relay = await startRelay({ listen: { host: '127.0.0.1', port }, store: createMemoryRelayStore() });
  assert(relay.ok, 'a relay starts');
  onTestFinished(async () => relay.value.close());
  await reached(host, 'offline');
  host.connectNow();
  await reached(host, 'online');
  expect([host.failing, conditionsOf(host).includes('relay_unreachable')]).toEqual([false, false]);
});

describe('18 the network', () => {
  /** What the system says of names from here on: nobody could be asked, or it is this machine. */
  function names(answer: 'nobody' | 'here'): void {
    const fault = Object.assign(new Error('getaddrinfo EAI_AGAIN'), { code: 'EAI_AGAIN' });
    const here = [{ address: '127.0.0.1', family: 4 }];
    vi.spyOn(dns, 'lookup').mockImplementation(((
      _name: string,
      { all }: dns.LookupOptions,
      done: (fault: Error | null, ...found: readonly unknown[]) => void,
    ) => {
      const found = all === true ? [here] : ['127.0.0.1', 4];
      process.nextTick(() => {
        if (answer === 'nobody') {
          done(fault);
        } else {
          done(null, ...found);
        }
      });
    }) as unknown as typeof dns.lookup);
  }

  it('is down from an attempt that found none until one ends differently', async () => {
    const port = await freePort();
    names('nobody');
    const host = hostAt(`ws://relay.invalid:${port}`);
    await reached(host, 'offline');
    expect([host.networkDown, conditionsOf(host)[0]]).toEqual([true, 'network_down']);
    names('here');
    host.connectNow();
    // An attempt that has not ended says nothing yet.
    expect([host.state.state, host.networkDown]).toEqual(['connecting', true]);
    await reached(host, 'offline');
    expect([host.networkDown, conditionsOf(host)]).toEqual([false, ['relay_unreachable']]);
  });

  it('is down for several relays together only', async () => {
    const port = await freePort();
    const near = hostAt(`ws://127.0.0.1:${port}`);
    names('nobody');
    const far = hostAt(`ws://relay.invalid:${port}`);
    await reached(far, 'offline');
    await reached(near, 'offline');
    expect(conditionsOf(far, near)).toEqual(['relay_unreachable']);
    expect(conditionsOf(far, far)[0]).toBe('network_down');
  });
});
