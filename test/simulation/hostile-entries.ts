import type { DeviceId } from '../../src/base/ids.ts';
import type { JsonObject } from '../../src/base/json.ts';
import { tick, zeroStamp } from '../../src/clock/stamp.ts';
import type { Change } from '../../src/contract/change.ts';
import { encodeChange } from '../../src/log/change.ts';
import type { CollectionBinding } from '../../src/replica/names/binding.ts';
import { auditEvent, entryChange } from '../helpers/audit-entries.ts';
import type { HostilePlace } from './hostile-batches.ts';
import { sharedBindings } from './pool.ts';

/**
 * Entries of the audit as a member forges them among some of its own: somebody else's events, its own under other hashes
 * and ids, behind gaps and twice, in other names, patched and deleted. Nothing is drawn for it, so that every schedule is
 * what it was.
 */
export function hostileEntries(place: HostilePlace): readonly Uint8Array[] {
  const { keys, token, log, nowMs, userId } = place;
  const self = keys.deviceId;
  if (log.kind !== 'profile') {
    return [];
  }
  const victim = [...log.members.keys()].find((deviceId) => deviceId !== self) ?? self;
  const first = auditEvent(self, `${token}1`);
  const second = auditEvent(self, `${token}2`, behind(first));
  const lost = auditEvent(self, `${token}3`, behind(second));
  const fourth = auditEvent(self, `${token}4`, behind(lost));
  const foreign = auditEvent(victim, `${token}5`, behind(fourth));
  const actor = auditEvent(self, `${token}6`, { ...behind(fourth), actorId: victim });
  const entry = (event: JsonObject, more: Partial<Change> = {}, by: DeviceId = self): Uint8Array => {
    const change = {
      schemaVersion: (sharedBindings().ofCollection('audit') as CollectionBinding).manifest.schemaVersion,
      stamp: tick(zeroStamp, nowMs),
      ...entryChange(by, event),
      ...more,
    };
    return encodeChange(change as Parameters<typeof encodeChange>[0]);
  };
  const forged = [
    entry(foreign),
    entry(foreign, {}, victim),
    entry(actor),
    entry({ ...second, outcome: 'deny' }),
    entry(fourth, { objectId: entryChange(self, second).objectId as Change['objectId'] }),
    entry(second, { authorId: userId, managedBy: 'user' }),
    entry(second, { operation: 'patch', value: [{ op: 'replace', path: '/outcome', value: 'deny' }] }),
    entry(second, { operation: 'tombstone', value: null }),
  ];
  const sound = [entry(first), entry(second), entry(fourth), entry(second)];
  return token.length % 2 === 0 ? [...sound, ...forged] : [...forged, ...sound];
}

function behind({ eventHash }: JsonObject): JsonObject {
  return { previousEventHash: String(eventHash) };
}
