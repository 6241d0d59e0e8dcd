import type { BatchId, ScopeId } from '../../src/base/ids.ts';
import { activeMembers } from '../../src/membership/parse/standing.ts';
import { createMemoryRelayStore } from '../../src/relay/memory-store.ts';
import type { RelayStore } from '../../src/relay/port.ts';
import { logAt } from './membership-logs.ts';

const everything = Number.MAX_SAFE_INTEGER;

/** What a relay holds of some scopes, on a disk of its own: an old backup, or the other side of a fork. */
export function copyOfRelay(disk: RelayStore, scopeIds: readonly ScopeId[]): RelayStore {
  const copy = createMemoryRelayStore();
  const arrivals = scopeIds.flatMap((scopeId) =>
    disk.arrivals(scopeId, 0, everything).map((arrival) => ({ scopeId, ...arrival })),
  );
  for (const scopeId of scopeIds) {
    disk.entries(scopeId, 0, everything).forEach((bytes, sequence) => copy.appendEntry(scopeId, sequence, bytes));
    const members = logAt(disk, scopeId);
    if (members !== undefined) {
      copy.setMembers(
        scopeId,
        activeMembers(members).map(({ deviceId }) => deviceId),
      );
    }
  }
  for (const { scopeId, deviceId, sequence, cursor } of arrivals.sort((left, right) => left.cursor - right.cursor)) {
    const batchId = disk.batchIdAt(scopeId, deviceId, sequence) as BatchId;
    copy.appendBatch({ scopeId, deviceId, sequence, batchId, bytes: disk.read(cursor) });
  }
  return copy;
}
