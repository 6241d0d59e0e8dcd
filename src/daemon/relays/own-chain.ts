import type { DeviceId, ScopeId } from '../../base/ids.ts';
import type { Replica } from '../../replica/port.ts';
import type { Store } from '../../store/ground/port.ts';
import type { Outbox } from './outbox.ts';

/** Own batches that come back from a relay to a home that was restored from an old copy. */
export interface OwnChain {
  /** A delivery was committed: which chains grew. */
  received(scopeId: ScopeId, advanced: ReadonlyMap<DeviceId, number>): void;
  /** All of it is here. True when the own chain moved since: whoever pushes it starts over from the log. */
  finished(scopeId: ScopeId): boolean;
}

export function createOwnChain({
  url,
  replica,
  store,
  outbox,
  ownCameBack,
  ownChainMoved,
}: {
  readonly url: string;
  readonly replica: Pick<Replica, 'self' | 'ownChangesAfter'>;
  readonly store: Store;
  readonly outbox: Outbox;
  /** The first of them is here: what this device remembers of itself is older than what it did. */
  readonly ownCameBack: (scopeId: ScopeId) => void;
  /** The own chain of a scope was put together anew: every relay is given what it lacks of it. */
  readonly ownChainMoved: (scopeId: ScopeId) => void;
}): OwnChain {
  const moved = new Set<ScopeId>();

  return {
    received(scopeId, advanced) {
      const sequence = advanced.get(replica.self);
      if (sequence !== undefined) {
        if (!moved.has(scopeId)) {
          ownCameBack(scopeId);
        }
        moved.add(scopeId);
        // What the relay handed out it holds.
        store.log.acknowledge(scopeId, url, sequence);
      }
    },
    finished(scopeId) {
      if (!moved.delete(scopeId)) {
        return false;
      }
      outbox.forget(scopeId);
      for (const batch of replica.ownChangesAfter(scopeId, store.log.acknowledgedAnywhere(scopeId))) {
        outbox.appended(scopeId, batch);
      }
      ownChainMoved(scopeId);
      return true;
    },
  };
}
