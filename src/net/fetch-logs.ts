import { randomInt } from 'node:crypto';
import type { ScopeId } from '../base/ids.ts';
import type { RelayAddress } from '../base/relay-address.ts';
import type { DeviceKeys } from '../crypto/keys.ts';
import { emptyView } from '../replica/scope-view.ts';
import { createSession } from '../sync/create-session.ts';
import { createRelayLink } from './connect.ts';

export interface WantedLog {
  readonly scopeId: ScopeId;
  /** The log is wanted up to at least this position. */
  readonly logSequence: number;
}

export interface FetchedLog {
  readonly scopeId: ScopeId;
  readonly entries: readonly Uint8Array[];
}

const patienceMs = 20_000;

/** Fetches whole membership logs, unverified, as a member that holds nothing yet. Rejects in words after 20 seconds. */
export async function fetchLogs(options: {
  readonly address: RelayAddress;
  readonly keys: DeviceKeys;
  readonly scopes: readonly WantedLog[];
}): Promise<readonly FetchedLog[]> {
  const { address, keys, scopes } = options;
  const views = scopes.map(({ scopeId }) => emptyView(scopeId));
  const session = createSession({ self: keys.deviceId, views, random: () => randomInt(1 << 24) / (1 << 24) });
  const fetched = new Map<ScopeId, Uint8Array[]>(scopes.map(({ scopeId }) => [scopeId, []]));

  return new Promise((resolve, reject) => {
    const impatience = setTimeout(() => {
      finish(() => {
        reject(new Error(`the relay at ${address.url} did not hand out the membership logs in time`));
      });
    }, patienceMs);
    const link = createRelayLink({
      address,
      session,
      keys,
      handlers: {
        views: () => views,
        readOwn: () => ({ batches: [], more: false }),
        readEntries: () => [],
        readChain: () => [],
        // Nothing is committed, so nothing more is delivered: only the logs are wanted.
        receive: () => ({ left: [], askAgain: false }),
        receiveEntries(scopeId, from, entries) {
          const log = fetched.get(scopeId);
          if (log !== undefined && from <= log.length) {
            log.splice(from, log.length - from, ...entries);
          }
          const complete = scopes.every((wanted) => (fetched.get(wanted.scopeId)?.length ?? 0) > wanted.logSequence);
          if (complete) {
            finish(() => {
              resolve([...fetched].map(([known, all]) => ({ scopeId: known, entries: all })));
            });
          }
        },
        entrySettled: () => undefined,
        acknowledged: () => undefined,
        relayShown: () => undefined,
        caughtUp: () => undefined,
        ownChainComplete: () => false,
        whispered: () => undefined,
        left: () => undefined,
        stateChanged(state) {
          if (state.state === 'refused' || state.state === 'untrusted') {
            finish(() => {
              reject(new Error(state.reason));
            });
          }
        },
      },
    });
    function finish(settle: () => void): void {
      clearTimeout(impatience);
      void link.stop().then(settle);
    }
    link.step({ type: 'resume' });
  });
}
