import { createRelayHost } from '../relays/create-relay-host.ts';
import { goOnWithMembership } from '../members/membership-upkeep.ts';
import type { DaemonOptions, Parts } from './parts.ts';
import type { RelaySetting } from '../ground/relay-config.ts';
import type { RelayHost } from '../relays/relay-host.ts';
import { type RelayHosts, createRelayHosts } from '../relays/relay-hosts.ts';
import { mendRest } from '../disk/salvaged.ts';

/** The relays that configuration names, put together with the rest of the daemon; undefined for none. */
export function relaysOf(options: DaemonOptions, parts: Parts): RelayHosts | undefined {
  const { relays, config } = options;
  const [first, ...others] = config.current().localOnly ? [] : relays.map((relay) => relayOf(relay, options, parts));
  return first && createRelayHosts(first, others);
}

function relayOf(relay: RelaySetting, { home, log }: DaemonOptions, parts: Parts): RelayHost {
  const { replica, outbox, events, presence, refreshSoon, syncSwitch, health } = parts;
  const { keys, store } = home;
  const deps = { ...{ relay, keys, replica, store, outbox, presence, log }, paused: syncSwitch.paused };
  return createRelayHost(deps, {
    storeFailed: health.noticed,
    changed: (reason) => {
      refreshSoon(reason);
      if (parts.relay?.first.state.state === 'online' && reason === 'relay') {
        goOnWithMembership({ log, keys: keys.device }, parts);
      }
    },
    entriesTaken: (scopeId) => {
      const held = replica.scopes().find(({ state }) => state.scopeId === scopeId)?.state;
      if (held !== undefined) {
        parts.relay?.entriesHeld(scopeId, held.sequence);
      }
    },
    ownCameBack: (scopeId) => {
      parts.links.doubt(scopeId);
    },
    ownChainMoved: (scopeId) => {
      parts.relay?.scopeAdded(scopeId);
    },
    caughtUp: (scopeId) => {
      if (parts.relay?.haveSaidAll(scopeId) === true) {
        parts.intake.caughtUp(scopeId);
        parts.large.reached();
        mendRest({ ...parts, store, log });
      }
    },
    tell: (event) => {
      events.add(event);
    },
  });
}

/** What no relay had confirmed when the daemon last ended, read back from the log. */
export function recallOutbox(
  { home, relays }: DaemonOptions,
  { replica, outbox }: Pick<Parts, 'outbox' | 'replica'>,
): void {
  for (const { state, local } of replica.scopes()) {
    if (!local && relays.length > 0) {
      const confirmed = relays.map(({ address }) => home.store.log.acknowledged(state.scopeId, address.url));
      for (const batch of replica.ownChangesAfter(state.scopeId, Math.max(...confirmed))) {
        outbox.appended(state.scopeId, batch);
      }
    }
  }
}
