import type { CollectionName, RecordId } from '../../base/ids.ts';
import type { SyncEvent } from '../../contract/events.ts';
import type { Parts } from './parts.ts';

/** Tells whoever listens, and the parts of the daemon that follow what happens to records. */
export function tell(
  parts: Pick<Parts, 'bindings' | 'events' | 'sets' | 'links' | 'health' | 'policyWatch' | 'audit'>,
  event: SyncEvent,
): void {
  parts.events.add(event);
  const { collection, id } = event.data;
  if (event.type === 'record.changed' && typeof collection === 'string' && typeof id === 'string') {
    parts.links.recordChanged(collection as CollectionName, id as RecordId);
    parts.sets.recordChanged(collection as CollectionName, id as RecordId);
    if (parts.bindings.ofCollection(collection)?.manifest.mergeStrategy === 'strongest_policy_wins') {
      // Not inside the telling of the transaction that changed it.
      setImmediate(() => parts.health.guard(parts.policyWatch.look));
    }
  }
  if (event.type === 'audit.checkpoint') {
    parts.audit.wake();
  }
  if (event.type === 'owner.synced') {
    parts.sets.ownersChanged();
  }
  if (event.type === 'review.resolved' && typeof collection === 'string') {
    parts.links.lossesDecided(collection as CollectionName);
  }
}
