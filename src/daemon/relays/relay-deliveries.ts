import type { ScopeId } from '../../base/ids.ts';
import type { ScopeKind } from '../../contract/manifest.ts';
import { openEpochKeys } from '../../membership/log/epoch-keys.ts';
import { foldScope } from '../../membership/log/scope-log.ts';
import type { RelayLinkHandlers } from '../../net/relay-link.ts';
import { homeSettings } from '../keys/open-home.ts';
import type { EntryAnswers } from './entry-answers.ts';
import { createOwnChain } from './own-chain.ts';
import type { RelayHostDeps, RelayTold } from './relay-deps.ts';
import type { RelayWatch } from './relay-watch.ts';

export interface RelayDeliveriesDeps
  extends Pick<RelayHostDeps, 'relay' | 'keys' | 'replica' | 'store' | 'outbox' | 'log'> {
  readonly watch: RelayWatch;
  readonly answers: EntryAnswers;
}

/** Takes in what one relay hands out and confirms. `askForAnnounced` asks for scopes that were just made known. */
export function relayDeliveries(
  deps: RelayDeliveriesDeps,
  told: RelayTold,
  askForAnnounced: () => void,
): Pick<
  RelayLinkHandlers,
  'receive' | 'receiveEntries' | 'entrySettled' | 'acknowledged' | 'caughtUp' | 'ownChainComplete'
> {
  const { replica, store, outbox, log, watch } = deps;
  const { url } = deps.relay.address;
  const ownChain = createOwnChain({ ...{ url, replica, store, outbox }, ...told });

  return {
    receive(scopeId, batches, caughtUp) {
      const { askAgain, refusals, advanced, left } = replica.receive(scopeId, batches);
      watch.chainsAdvanced(scopeId, advanced);
      ownChain.received(scopeId, advanced);
      for (const { reasonCode, detail } of refusals) {
        log.warn({ scopeId, reasonCode, detail }, 'a batch was not taken in');
      }
      askForAnnounced();
      told.changed('received');
      return { left, askAgain: askAgain || (left.length === 0 && caughtUp && ownChain.finished(scopeId)) };
    },
    receiveEntries(scopeId, from, entries) {
      takeEntries(deps, told, scopeId, from, entries);
      watch.logAdvanced(scopeId, from + entries.length - 1);
      told.entriesTaken(scopeId);
      told.changed('membership');
    },
    entrySettled(scopeId, sequence, accepted) {
      deps.answers.settled(scopeId, sequence, accepted);
      if (accepted) {
        watch.logAdvanced(scopeId, sequence);
      }
    },
    acknowledged(scopeId, sequence) {
      store.log.acknowledge(scopeId, url, sequence);
      watch.acknowledged(scopeId, sequence);
      outbox.acknowledged(scopeId, sequence);
      told.changed('acknowledged');
    },
    caughtUp: told.caughtUp,
    ownChainComplete: ownChain.finished,
  };
}

/** Entries of a scope that is held extend it; those of an announced scope found it here, once they verify as ours. */
function takeEntries(
  { replica, store, keys, log }: RelayDeliveriesDeps,
  { tell }: RelayTold,
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
