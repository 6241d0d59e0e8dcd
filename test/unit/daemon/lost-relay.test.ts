import { describe, expect, it } from 'vitest';
import { parseRelayAddress } from '../../../src/base/relay-address.ts';
import type { RelaySetting } from '../../../src/daemon/ground/relay-config.ts';
import { type LostRelayDeps, lostRelay, rememberRelays } from '../../../src/daemon/relays/lost-relay.ts';
import { setupPair } from '../../helpers/setup-pair.ts';

const secret = `srt1_${'a'.repeat(64)}`;

function relayAt(text: string): RelaySetting {
  const address = parseRelayAddress(text);
  if (address === undefined) {
    throw new Error(`believed: ${text} is an address`);
  }
  return { address, registrationToken: secret };
}

const setup = () => {
  const { a, workspace } = setupPair();
  const deps: LostRelayDeps = {
    ...{ store: a.disk, replica: a.replica, relays: [], paths: { config: '/home/config.toml' } },
    config: () => ({ localOnly: false }),
  };
  return { deps, workspace };
};

describe('36. a relay that is configured no more', () => {
  it('is named, with the line that brings it back, and no token', () => {
    const { deps } = setup();
    expect(lostRelay(deps)).toBeUndefined();
    rememberRelays(deps.store, [relayAt('wss://relay.test')]);
    // What is configured no more is not forgotten by that.
    rememberRelays(deps.store, []);
    const lost = lostRelay(deps);
    expect(lost?.message).toContain('wss://relay.test, and no relay is configured any more');
    expect(lost?.remedy).toContain('/home/config.toml, under [relay]: url = "wss://relay.test"');
    expect(JSON.stringify(deps.store.settings.names('').map((name) => deps.store.settings.get(name)))).not.toContain(
      secret,
    );
  });

  it('all of several are', () => {
    const { deps } = setup();
    rememberRelays(deps.store, [relayAt('wss://one.test'), relayAt('wss://other.test')]);
    expect(lostRelay(deps)?.remedy).toContain('urls = ["wss://one.test", "wss://other.test"]');
  });

  it('is missed also where only the log knows that one took something', () => {
    const { deps, workspace } = setup();
    deps.store.log.acknowledge(workspace, 'wss://relay.test', 1);
    expect(lostRelay(deps)?.message).toContain('used a relay');
  });

  it('is not where another one is in use, or none is wanted', () => {
    const { deps } = setup();
    rememberRelays(deps.store, [relayAt('wss://relay.test')]);
    expect(lostRelay({ ...deps, relays: [relayAt('wss://other.test')] })).toBeUndefined();
    expect(lostRelay({ ...deps, config: () => ({ localOnly: true }) })).toBeUndefined();
  });
});
