import { randomInt } from 'node:crypto';
import type { ScopeId } from '../../base/ids.ts';
import { createRelayLink } from '../../net/connect.ts';
import type { RelayLink, RelayLinkHandlers } from '../../net/relay-link.ts';
import { emptyView, scopeView } from '../../replica/scope-view.ts';
import { createSession } from '../../sync/create-session.ts';
import type { RelayState, ScopeView } from '../../sync/ground/session.ts';
import { travelling } from '../keys/scope-names.ts';
import { createEntryAnswers } from './entry-answers.ts';
import { relayDeliveries } from './relay-deliveries.ts';
import type { RelayHostDeps, RelayTold } from './relay-deps.ts';
import type { RelayHost } from './relay-host.ts';
import { relayReadings, unconfirmedBy } from './relay-readings.ts';
import { createRelayStanding } from './relay-standing.ts';
import { createRelayWatch } from './relay-watch.ts';

export function createRelayHost(deps: RelayHostDeps, told: RelayTold): RelayHost {
  const { replica, store, log, presence } = deps;
  const { address, registrationToken } = deps.relay;
  const { url } = address;
  const answers = createEntryAnswers();
  const watch = createRelayWatch({ url, replica, store, log });
  const standing = createRelayStanding(deps, told);
  const viewOf = (scopeId: ScopeId): ScopeView =>
    scopeView({ replica, store, relayUrl: url }, scopeId, watch.relayViewOf(scopeId));

  const handlers: RelayLinkHandlers = {
    views: () => travelling(replica).map(({ scopeId }) => viewOf(scopeId)),
    ...relayReadings(replica, store),
    ...relayDeliveries({ ...deps, watch, answers }, told, askForAnnounced),
    relayShown: watch.shown,
    whispered: presence.whispered,
    left: presence.left,
    stateChanged: standing.stateChanged,
  };
  const session = createSession({
    self: replica.self,
    views: handlers.views(),
    registrationToken,
    random: () => randomInt(1 << 24) / (1 << 24),
  });
  const { storeFailed } = told;
  const link = createRelayLink({ address, session, keys: deps.keys.device, handlers, storeFailed });
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
      return standing.failing;
    },
    get networkDown(): boolean {
      return standing.networkDown;
    },
    get nextAttemptAtMs(): number | null {
      return standing.nextAttemptAtMs;
    },
    get unconfirmed(): number {
      return unconfirmedBy(replica, store, url);
    },
    ...stepsOf(link),
    scopeAdded: (scopeId) => link.step({ type: 'scope_added', view: viewOf(scopeId) }),
    async appendEntry(scopeId, sequence, entry) {
      const answer = answers.wait(scopeId, sequence);
      link.step({ type: 'entry_wanted', scopeId, sequence, entry });
      return answer;
    },
    async stop() {
      await link.stop();
      try {
        watch.save();
      } catch (cause) {
        if (!storeFailed(cause)) {
          throw cause;
        }
      }
    },
  };
}

type Steps = 'appended' | 'entriesHeld' | 'whisper' | 'pause' | 'resume' | 'connectNow' | 'storeIsWell';

/** What is handed to the session as it is. */
function stepsOf(link: RelayLink): Pick<RelayHost, Steps> {
  return {
    appended(scopeId, { sequence, bytes }) {
      link.step({ type: 'appended', scopeId, sequence, bytes });
    },
    entriesHeld(scopeId, logSequence) {
      link.step({ type: 'entries_held', scopeId, logSequence });
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
  };
}
