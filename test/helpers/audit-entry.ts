import type { JsonObject } from '../../src/base/json.ts';
import { auditHash } from '../../src/log/audit.ts';

/** An entry of the audit collection by this author, under its own hash. */
export function auditEntry(id: string, actorId: string, more: JsonObject = {}): JsonObject {
  const event = {
    ...{ id: `urn:srcos:audit:${id}`, type: 'AuditEvent', specVersion: '0.1.0', eventType: 'sync.engine.started' },
    ...{ occurredAt: '2024-01-01T00:00:00Z', actorId, subjectId: 'urn:srcos:device:one', policyDomain: 'sync' },
    ...{ outcome: 'allow', reasonCode: 'none', ...more },
  };
  return { ...event, eventHash: auditHash(event as unknown as Parameters<typeof auditHash>[0]) };
}
