import type { RelayState } from '../../sync/ground/session.ts';
import type { RelayHostDeps, RelayTold } from './relay-deps.ts';
import type { RelayHost } from './relay-host.ts';

/** How it goes with one connection over several attempts, and what others are told of it. */
export interface RelayStanding extends Pick<RelayHost, 'failing' | 'networkDown' | 'nextAttemptAtMs'> {
  stateChanged(state: RelayState): void;
}

export function createRelayStanding(
  { relay, log, replica, presence }: Pick<RelayHostDeps, 'relay' | 'log' | 'replica' | 'presence'>,
  told: Pick<RelayTold, 'tell' | 'changed'>,
): RelayStanding {
  let failing = false;
  let networkDown = false;
  let nextAttemptAtMs: number | null = null;
  let toldLast: RelayState['state'] | undefined;

  return {
    get failing(): boolean {
      return failing;
    },
    get networkDown(): boolean {
      return networkDown;
    },
    get nextAttemptAtMs(): number | null {
      return nextAttemptAtMs;
    },
    stateChanged(state) {
      if (state.state === 'untrusted') {
        const facts = { relay: relay.address.url, reason: state.reason };
        log.error(facts, 'the relay is not the one that was meant; nothing was sent');
      }
      if (state.state === 'online') {
        presence.connected();
      } else {
        replica.fellBehind();
      }
      failing = state.state === 'online' ? false : failing || state.state === 'offline' || state.state === 'refused';
      networkDown = state.state === 'offline' ? state.noRoute === true : networkDown && state.state === 'connecting';
      nextAttemptAtMs =
        state.state === 'offline' ? Date.now() + Math.max(0, state.nextAttemptMs - performance.now()) : null;
      if (state.state !== toldLast) {
        toldLast = state.state;
        told.tell({ type: 'relay.state_changed', data: { state: state.state } });
      }
      told.changed('relay');
    },
  };
}
