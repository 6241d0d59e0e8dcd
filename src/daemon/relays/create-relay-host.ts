import { randomInt } from 'node:crypto';
import type { Logger } from 'pino';
import type { ScopeId } from '../../base/ids.ts';
import type { SyncEvent } from '../../contract/events.ts';
import type { ScopeKind } from '../../contract/manifest.ts';
import { openEpochKeys } from '../../membership/log/epoch-keys.ts';
import { foldScope } from '../../membership/log/scope-log.ts';
import { createRelayLink } from '../../net/connect.ts';
import type { RelayLinkHandlers } from '../../net/relay-link.ts';
import type { Replica } from '../../replica/port.ts';
import type { Store } from '../../store/ground/port.ts';
import { emptyView, scopeView } from '../../replica/scope-view.ts';
import { createSession } from '../../sync/create-session.ts';
import type { RelayState, ScopeView } from '../../sync/session.ts';
import type { HomeKeys } from '../keys/key-file.ts';
import { homeSettings } from '../keys/open-home.ts';
import type { Outbox } from './outbox.ts';
import { createOwnChain } from './own-chain.ts';
import type { PresenceHost } from './presence-host.ts';
import type { RelaySetting } from '../ground/relay-config.ts';
import type { RelayHost } from './relay-host.ts';
import { createRelayWatch } from './relay-watch.ts';

export interface RelayHostDeps {
  readonly relay: RelaySetting;
  readonly keys: HomeKeys;
  readonly replica: Replica;
  readonly store: Store;
  readonly outbox: Outbox;
  readonly log: Logger;
  readonly paused: boolean;
  /** Membership entries of a scope arrived, which other relays may lack. */
  readonly entriesTaken: (scopeId: ScopeId) => void;
  /** This relay has said all it had of a scope. */
  readonly caughtUp: (scopeId: ScopeId) => void;
  /** Own batches came back and changed places: every relay is given what it lacks of them. */
  readonly ownChainMoved: (scopeId: ScopeId) => void;
  /** Something happened that may change the state of engines. */
  readonly changed: (reason: string) => void;
  readonly tell: (event: SyncEvent) => void;
  /** True for an error of the disk, which is known from then on. */
  readonly storeFailed: (cause: unknown) => boolean;
  readonly presence: Pick<PresenceHost, 'whispered' | 'left' | 'connected'>;
}

const entryPatienceMs = 15_000;

export function createRelayHost(deps: RelayHostDeps): RelayHost {
  const { keys, replica, store, log } = deps;
  const { address, registrationToken } = deps.relay;
  const { url } = address;
  const wanted = new Map<string, (accepted: boolean) => void>();
  const watch = createRelayWatch({ url, replica, store, log });
  const ownChain = createOwnChain({
    ...{ url, replica, store },
    outbox: deps.outbox,
    ownChainMoved: deps.ownChainMoved,
  });
  const viewOf = (scopeId: ScopeId): ScopeView =>
    scopeView({ replica, store, relayUrl: url }, scopeId, watch.relayViewOf(scopeId));
  let failing = false;
  let networkDown = false;
  let told: RelayState['state'] | undefined;
  let nextAttemptAtMs: number | null = null;

  const handlers: RelayLinkHandlers = {
    views: () => travelling(replica).map(viewOf),
    readOwn(scopeId, after, limitBytes) {
      const rows = store.log.after(scopeId, replica.self, after, limitBytes);
      const last = rows.at(-1)?.sequence ?? after;
      return { batches: rows, more: last < (store.log.heads(scopeId).get(replica.self)?.sequence ?? 0) };
    },
    readChain: (scopeId, deviceId, after, limitBytes) => store.log.after(scopeId, deviceId, after, limitBytes),
    readEntries: (scopeId, from, limitBytes) => entriesFrom(store, scopeId, from, limitBytes),
    receive(scopeId, batches, caughtUp) {
      const { askAgain, refusals, advanced, left } = replica.receive(scopeId, batches);
      watch.chainsAdvanced(scopeId, advanced);
      ownChain.received(scopeId, advanced);
      for (const { reasonCode, detail } of refusals) {
        log.warn({ scopeId, reasonCode, detail }, 'a batch was not taken in');
      }
      askForAnnounced();
      deps.changed('received');
      return { left, askAgain: askAgain || (left.length === 0 && caughtUp && ownChain.finished(scopeId)) };
    },
    receiveEntries(scopeId, from, entries) {
      takeEntries(deps, scopeId, from, entries);
      watch.logAdvanced(scopeId, from + entries.length - 1);
      deps.entriesTaken(scopeId);
      deps.changed('membership');
    },
    entrySettled(scopeId, sequence, accepted) {
      wanted.get(`${scopeId}/${sequence}`)?.(accepted);
      if (accepted) {
        watch.logAdvanced(scopeId, sequence);
      }
    },
    acknowledged(scopeId, sequence) {
      store.log.acknowledge(scopeId, url, sequence);
      watch.acknowledged(scopeId, sequence);
      deps.outbox.acknowledged(scopeId, sequence);
      deps.changed('acknowledged');
    },
    relayShown: watch.shown,
    caughtUp: deps.caughtUp,
    ownChainComplete: ownChain.finished,
    whispered: deps.presence.whispered,
    left: deps.presence.left,
    stateChanged(state) {
      if (state.state === 'untrusted') {
        log.error({ relay: url, reason: state.reason }, 'the relay is not the one that was meant; nothing was sent');
      }
      if (state.state === 'online') {
        deps.presence.connected();
      } else {
        replica.fellBehind();
      }
      failing = state.state === 'online' ? false : failing || state.state === 'offline' || state.state === 'refused';
      networkDown = state.state === 'offline' ? state.noRoute === true : networkDown && state.state === 'connecting';
      nextAttemptAtMs =
        state.state === 'offline' ? Date.now() + Math.max(0, state.nextAttemptMs - performance.now()) : null;
      if (state.state !== told) {
        told = state.state;
        deps.tell({ type: 'relay.state_changed', data: { state: state.state } });
      }
      deps.changed('relay');
    },
  };
  const session = createSession({
    self: replica.self,
    views: handlers.views(),
    registrationToken,
    random: () => randomInt(1 << 24) / (1 << 24),
  });
  const link = createRelayLink({ address, session, keys: keys.device, handlers, storeFailed: deps.storeFailed });
  link.step({ type: deps.paused ? 'pause' : 'resume' });

  function askForAnnounced(): void {
    for (const { scopeId } of replica.announcedScopes()) {
      link.step({ type: 'scope_added', view: emptyView(scopeId) });
    }
  }
  askForAnnounced();

  return {
    address,
    get state(): RelayState {
      return link.state;
    },
    get failing(): boolean {
      return failing;
    },
    get networkDown(): boolean {
      return networkDown;
    },
    get nextAttemptAtMs(): number | null {
      return nextAttemptAtMs;
    },
    appended(scopeId, { sequence, bytes }) {
      link.step({ type: 'appended', scopeId, sequence, bytes });
    },
    scopeAdded(scopeId) {
      link.step({ type: 'scope_added', view: viewOf(scopeId) });
    },
    appendEntry: async (scopeId, sequence, entry) =>
      new Promise((resolve) => {
        const name = `${scopeId}/${sequence}`;
        const settle = (accepted: boolean): void => {
          clearTimeout(impatience);
          wanted.delete(name);
          resolve(accepted);
        };
        const impatience = setTimeout(() => {
          settle(false);
        }, entryPatienceMs);
        wanted.set(name, settle);
        link.step({ type: 'entry_wanted', scopeId, sequence, entry });
      }),
    entriesHeld(scopeId, logSequence) {
      link.step({ type: 'entries_held', scopeId, logSequence });
    },
    get unconfirmed(): number {
      return travelling(replica).reduce((sum, scopeId) => {
        const head = store.log.heads(scopeId).get(replica.self)?.sequence ?? 0;
        return sum + Math.max(0, head - store.log.acknowledged(scopeId, url));
      }, 0);
    },
    whisper(scopeId, body) {
      link.step({ type: 'whisper', scopeId, body });
    },
    pause() {
      link.step({ type: 'pause' });
    },
    resume() {
      link.step({ type: 'resume' });
    },
    connectNow() {
      const { state } = link;
      if (state.state === 'online' && Object.values(state.scopes).some(({ refused }) => refused !== undefined)) {
        // What it did not take is offered once more, on a connection of its own.
        link.step({ type: 'pause' });
        link.step({ type: 'resume' });
      } else if (['offline', 'refused', 'untrusted'].includes(state.state)) {
        link.step({ type: 'resume' });
      }
    },
    storeIsWell: link.storeIsWell,
    async stop() {
      await link.stop();
      try {
        watch.save();
      } catch (cause) {
        if (!deps.storeFailed(cause)) {
          throw cause;
        }
      }
    },
  };
}

function travelling(replica: Replica): readonly ScopeId[] {
  return replica
    .scopes()
    .filter(({ local }) => !local)
    .map(({ state }) => state.scopeId);
}

function entriesFrom(store: Store, scopeId: ScopeId, from: number, limitBytes: number): readonly Uint8Array[] {
  const entries: Uint8Array[] = [];
  let sizeBytes = 0;
  for (const { sequence, bytes } of store.scopes.entries(scopeId)) {
    if (sequence >= from && (entries.length === 0 || sizeBytes + bytes.length <= limitBytes)) {
      entries.push(bytes);
      sizeBytes += bytes.length;
    }
  }
  return entries;
}

/** Entries of a scope that is held extend it; those of an announced scope found it here, once they verify as ours. */
function takeEntries(
  { replica, store, keys, log, tell }: RelayHostDeps,
  scopeId: ScopeId,
  from: number,
  entries: readonly Uint8Array[],
): void {
  if (replica.scopes().some(({ state }) => state.scopeId === scopeId)) {
    const extended = replica.receiveEntries(scopeId, from, entries);
    if (!extended.ok) {
      log.warn({ scopeId, reasonCode: extended.error.reasonCode }, 'membership entries were refused');
    }
    return;
  }
  const announced = replica.announcedScopes().find((scope) => scope.scopeId === scopeId);
  const folded = foldScope(entries, scopeId);
  if (announced === undefined || !folded.ok) {
    return;
  }
  const { deviceId, box } = keys.device;
  const { keys: epochKeys } = openEpochKeys({ state: folded.value, entries, recipient: deviceId, box });
  if (replica.adoptScope(entries, epochKeys).ok) {
    store.settings.set(`${homeSettings.scopeName}${scopeId}`, announced.name);
    store.settings.set(`${homeSettings.scopeRoot}${scopeId}`, announced.root);
    tell({ type: 'device.joined', data: { deviceId, scopeId, kind: announced.kind satisfies ScopeKind } });
  }
}
