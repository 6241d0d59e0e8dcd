import type { DeviceId } from '../../src/base/ids.ts';
import type { JsonObject } from '../../src/base/json.ts';
import type { Change } from '../../src/contract/change.ts';
import { auditHash } from '../../src/log/audit.ts';
import { auditEntryId } from '../../src/log/audit-entry.ts';

/** An audited event of this device under its own hash; `more` says otherwise before it is hashed. */
export function auditEvent(deviceId: DeviceId, id: string, more: JsonObject = {}): JsonObject {
  const event = {
    ...{ id: `urn:srcos:audit:${id}`, type: 'AuditEvent', specVersion: '0.1.0', eventType: 'graph.write.accepted' },
    ...{ occurredAt: '2024-01-01T00:00:00Z', actorId: deviceId, deviceId, subjectId: 'urn:srcos:device:one' },
    ...{ policyDomain: 'sync', outcome: 'allow', reasonCode: 'none', details: {}, ...more },
  };
  return { ...event, eventHash: auditHash(event as unknown as Parameters<typeof auditHash>[0]) };
}

/** The change by which the daemon of a device enters an event in the audit collection. */
export function entryChange(deviceId: DeviceId, event: JsonObject): Partial<Change> {
  return {
    collection: 'audit' as Change['collection'],
    objectId: auditEntryId({ eventHash: String(event['eventHash']) }),
    operation: 'put',
    parents: [],
    authorId: deviceId,
    managedBy: 'system',
    value: event,
  };
}
