import type { DeviceId } from '../base/ids.ts';
import type { JsonObject } from '../base/json.ts';
import type { Manifest } from '../contract/manifest.ts';
import { type Refusal, refuse } from '../contract/verdict.ts';
import { auditHash } from './audit.ts';

/** True for the collection of audit events, whose entries speak of who did what. */
export function isAuditItself({ collection }: Pick<Manifest, 'collection'>): boolean {
  return collection === 'audit';
}

/** Who writes an entry. */
export interface EntryWriter {
  readonly authorId: string;
  readonly deviceId: DeviceId;
}

/**
 * Why fields that fit the AuditEvent contract are no entry of this writer; undefined where they are. An entry speaks for
 * its author or for the device that wrote it, and its hash is that of what it says.
 */
export function auditEntryFault(fields: JsonObject, { authorId, deviceId }: EntryWriter): Refusal | undefined {
  const { actorId, deviceId: said = deviceId, eventHash } = fields;
  if (actorId !== authorId && actorId !== deviceId) {
    return foreign(`It says that ${String(actorId)} acted, and ${authorId} wrote it.`);
  }
  if (said !== deviceId) {
    return foreign(`It says that it is of ${String(said)}, and ${deviceId} wrote it.`);
  }
  return eventHash === hashOf(fields)
    ? undefined
    : refuse(
        'quarantine',
        'signature_invalid',
        'audit_hash',
        'The eventHash of this audit entry is not that of what it says. It has no effect; write the entry again with its own hash.',
      );
}

function foreign(what: string): Refusal {
  const message = `An audit entry speaks for who writes it. ${what} It has no effect; find out which program wrote it.`;
  return refuse('quarantine', 'signature_invalid', 'audit_actor', message);
}

function hashOf(fields: JsonObject): string {
  return auditHash(fields as unknown as Parameters<typeof auditHash>[0]);
}
