import type { UnsentBody } from '../../api/types/bodies.ts';
import type { Replica } from '../../replica/port.ts';
import type { Store } from '../../store/ground/port.ts';
import type { Outbox } from './outbox.ts';
import type { RelayHost } from './relay-host.ts';
import { scopeNameOf, travelling } from '../keys/scope-names.ts';

/** Own changes that wait because a relay refuses their scope; what another relay has taken does not wait. */
export function unsentBodies(
  relays: readonly Pick<RelayHost, 'address' | 'state'>[],
  {
    replica,
    store,
    outbox,
  }: { readonly replica: Pick<Replica, 'scopes'>; readonly store: Store; readonly outbox: Outbox },
): readonly UnsentBody[] {
  return travelling(replica).flatMap(({ scopeId, kind }) =>
    outbox.batches(scopeId) === 0
      ? []
      : relays.flatMap(({ address, state }) => {
          const refused = state.state === 'online' ? state.scopes[scopeId]?.refused : undefined;
          return refused === undefined
            ? []
            : [
                {
                  ...{ scopeId, kind, name: scopeNameOf(store, scopeId), relay: address.url },
                  ...{ code: refused.code, reason: refused.reason, batches: outbox.batches(scopeId) },
                  changes: Object.fromEntries(outbox.changesIn(scopeId)),
                },
              ];
        }),
  );
}

/** One of them in words. */
export function unsentMessage({ kind, name, relay, reason, changes }: UnsentBody): string {
  const counts = Object.entries(changes).map(([collection, number]) => `${number} of ${collection}`);
  const what = counts.length === 0 ? 'signs of life' : counts.join(', ');
  const scope = name === '' || name === kind ? kind : `${kind} ${name}`;
  return `${relay} does not take what this device sends of ${scope}: ${reason}. It waits here: ${what}.`;
}
