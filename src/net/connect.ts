import type { RelayAddress } from '../base/relay-address.ts';
import type { DeviceKeys } from '../crypto/keys.ts';
import { originOf } from '../sync/wire/authenticate.ts';
import type { RelayState, Session } from '../sync/ground/session.ts';
import { type Performers, attempt, withhold } from './perform-effect.ts';
import { createRelayLine } from './relay-line.ts';
import type { RelayLinkHandlers, RelayLink } from './relay-link.ts';
import { createSessionTurns } from './session-turns.ts';

const tickIntervalMs = 1000;

export function createRelayLink(options: {
  readonly address: RelayAddress;
  readonly session: Session;
  readonly keys: DeviceKeys;
  readonly handlers: RelayLinkHandlers;
  /**
   * True for an error of the disk under what the handlers write. From then on nothing more is written, or confirmed to the
   * relay, until the disk is well; what stands in membership logs is tried all the same, and sending goes on.
   */
  readonly storeFailed?: (cause: unknown) => boolean;
}): RelayLink {
  const { address, session, keys, handlers, storeFailed } = options;
  const turns = createSessionTurns(session, (effect) => attempt(performers, effect));
  const line = createRelayLine(address, { opened, hear: turns.step });
  const origin = originOf(address.url) ?? address.url;
  const performers: Performers = { line, turns, handlers, keys, origin, storeFailed, isWithheld: false };
  const ticker = setInterval(() => {
    turns.step({ type: 'tick' });
  }, tickIntervalMs);

  function opened(): string | undefined {
    try {
      turns.step({ type: 'connected', views: handlers.views() });
      return undefined;
    } catch (cause) {
      withhold(performers, cause);
      return 'what this device holds cannot be read';
    }
  }

  return {
    get state(): RelayState {
      return session.state;
    },
    step: turns.step,
    storeIsWell() {
      const { state } = session.state;
      if (performers.isWithheld && !['paused', 'refused', 'untrusted'].includes(state)) {
        line.drop();
        turns.step({ type: 'disconnected', reason: 'the disk of this device is well again' });
        turns.step({ type: 'resume' });
      }
      performers.isWithheld = false;
    },
    async stop() {
      clearInterval(ticker);
      turns.stop();
      await line.end();
    },
  };
}
