import type { DeviceId, RecordId } from '../base/ids.ts';
import { type JsonObject, isJsonObject } from '../base/json.ts';
import type { LoggedChange } from '../contract/change.ts';
import type { Manifest } from '../contract/manifest.ts';
import { type Refusal, refuse } from '../contract/verdict.ts';
import { auditHash } from './audit.ts';

/** True for the collection of audit events, which the daemons write themselves and nobody else does. */
export function isAuditItself({ collection }: Pick<Manifest, 'collection'>): boolean {
  return collection === 'audit';
}

/**
 * The event that stands before an entry among those of its device: its hash, null where none does; `unread` where a
 * batch between them cannot be read here yet.
 */
export type EventBefore = { readonly hash: string | null } | 'unread';

/** Who signed the batch, and whose device it is. */
export interface EntrySigner {
  readonly deviceId: DeviceId;
  readonly userId: string | undefined;
}

/** The id of an event's entry: no other content has it, and no other device. */
export function auditEntryId({ eventHash }: { readonly eventHash: string }): RecordId {
  return eventHash.slice(hashPrefix.length) as RecordId;
}

/** The hash that a change claims for the event in it; undefined for what is no entry at all. */
export function claimedHash({ operation, value }: Pick<LoggedChange, 'operation' | 'value'>): string | undefined {
  const hash = operation === 'put' && isJsonObject(value) ? value['eventHash'] : undefined;
  return typeof hash === 'string' && hash.startsWith(hashPrefix) ? hash : undefined;
}

/**
 * Why a change of the collection is no audited event of the device that signed it; undefined where it is. An entry is
 * what that device noted of what it, or its person, did; its hash is that of what it says, and it follows the one before.
 * `before` is asked last, and not at all where it is left out.
 */
export function auditEntryFault(
  change: LoggedChange,
  signer: EntrySigner,
  before?: () => EventBefore,
): Refusal | undefined {
  const hash = claimedHash(change);
  if (hash === undefined || !isJsonObject(change.value) || change.parents.length > 0) {
    return refuse('reject', 'policy_denied', 'immutable_entry', immutable);
  }
  return (
    foreignTo(change, change.value, signer) ??
    (hashOf(change.value) === hash && change.objectId === auditEntryId({ eventHash: hash }) ? undefined : otherHash) ??
    (before && brokenLink(change.value, before()))
  );
}

function foreignTo(
  { authorId, managedBy, lease }: LoggedChange,
  { actorId, deviceId }: JsonObject,
  signer: EntrySigner,
): Refusal | undefined {
  if (authorId !== signer.deviceId || managedBy !== 'system' || lease !== undefined) {
    return foreign(`This one is by ${authorId}, and ${signer.deviceId} signed it.`);
  }
  if (deviceId !== signer.deviceId) {
    return foreign(`It says that it is of ${String(deviceId)}, and ${signer.deviceId} signed it.`);
  }
  return actorId === signer.deviceId || actorId === signer.userId
    ? undefined
    : foreign(`It says that ${String(actorId)} acted, and ${signer.deviceId} signed it.`);
}

function foreign(what: string): Refusal {
  const message = `An entry of the audit is what the daemon of a device notes of itself and its person. ${what} It has no effect; find out which program wrote it.`;
  return refuse('reject', 'signature_invalid', 'audit_actor', message);
}

function brokenLink({ previousEventHash = null }: JsonObject, before: EventBefore): Refusal | undefined {
  if (before === 'unread') {
    return beforeUnread;
  }
  // Whose first entry this is may have kept its earlier events to itself.
  return before.hash === null || previousEventHash === before.hash ? undefined : gap;
}

function hashOf(fields: JsonObject): string | undefined {
  try {
    return auditHash(fields as unknown as Parameters<typeof auditHash>[0]);
  } catch {
    return undefined;
  }
}

const hashPrefix = 'sha256:';

const immutable =
  'The audit takes whole events under their own hashes, written once and never changed or deleted. This change has no effect; find out which program wrote it.';

const otherHash = refuse(
  'reject',
  'signature_invalid',
  'audit_hash',
  'The eventHash of this audit entry, or its id, is not that of what it says. It has no effect; ask the owner of the device that signed it.',
);

const gap = refuse(
  'reject',
  'signature_invalid',
  'audit_gap',
  'This audit entry does not follow the one before it in the chain of its device: events are missing, or others took their place. It has no effect; ask the owner of the device that signed it.',
);

const beforeUnread = refuse(
  'quarantine',
  'signature_invalid',
  'audit_gap',
  'What stands before this audit entry in the chain of its device cannot be read here yet. It is held, and judged again when it can; upgrade here.',
);
