import { canonicalBytes } from '../base/canonical-json.ts';
import { concat, utf8 } from '../base/bytes.ts';
import type { DeviceId } from '../base/ids.ts';
import type { JsonObject } from '../base/json.ts';
import { type Result, err, ok } from '../base/result.ts';
import type { AuditEvent, AuditFacts, AuditRow } from '../contract/audit.ts';
import { type Refusal, refuse } from '../contract/verdict.ts';
import { sha256Text } from '../crypto/hash.ts';

/** Where a device's audit chain ends: number of events and hash of the last, null for none and for one that is lost. */
export interface AuditHead {
  readonly count: number;
  readonly head: string | null;
}

export const emptyAuditHead: AuditHead = { count: 0, head: null };

export interface NextAuditInput {
  readonly facts: AuditFacts;
  readonly previous: AuditHead;
  readonly deviceId: DeviceId;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  /** 16 random bytes in hexadecimal. */
  readonly id: string;
}

const domain = utf8('srcos/v1/audit\0');

/** The event that follows `previous` in this device's chain. */
export function nextAuditEvent({ facts, previous, deviceId, nowMs, id }: NextAuditInput): AuditEvent {
  const { eventType, actorId, subjectId, policyDomain, outcome, reasonCode, details } = facts;
  const event: Omit<AuditEvent, 'eventHash'> = {
    id: `urn:srcos:audit:${id}`,
    type: 'AuditEvent',
    specVersion: '0.1.0',
    eventType,
    occurredAt: new Date(nowMs).toISOString(),
    actorId,
    subjectId,
    deviceId,
    policyDomain,
    outcome,
    reasonCode,
    details,
    ...(previous.head === null ? {} : { previousEventHash: previous.head }),
  };
  return { ...event, eventHash: auditHash(event) };
}

/**
 * `"sha256:" ‖ sha256("srcos/v1/audit\0" ‖ canonical(event less eventHash and signature))`.
 * Source: the trust protocol, section 8.
 */
export function auditHash(event: Omit<AuditEvent, 'eventHash'>): string {
  const { eventHash: _hash, signature: _signature, ...hashed } = event as unknown as JsonObject;
  return sha256Text(concat([domain, canonicalBytes(hashed)]));
}

/**
 * Walks a chain from its first event: every hash is recomputed, every link is followed. `expected` is a head that was
 * witnessed elsewhere, which the chain must pass through: it finds a cut-off end and a chain rewritten as a whole.
 * `from` goes on after events verified before. Behind events that are known as lost it goes on with the next one as it
 * stands, and what was signed later speaks for that. Never throws on input.
 */
export function verifyAuditChain(
  rows: Iterable<AuditRow>,
  expected?: AuditHead,
  from: AuditHead = emptyAuditHead,
): Result<AuditHead, Refusal> {
  let head: AuditHead = from;
  let missing = 0;
  for (const row of rows) {
    if (row === 'missing') {
      missing += 1;
      continue;
    }
    const position = head.count + 1;
    if (row === 'lost') {
      head = { count: position, head: null };
      continue;
    }
    if (missing > 0) {
      return err(brokenAudit('audit_gap', `Audit event ${position} is missing, and later ones are there.`));
    }
    if (row === 'damaged' || hashOrNothing(row) !== row.eventHash) {
      return err(brokenAudit('audit_hash', `Audit event ${position} was altered.`));
    }
    const isBehindLost = head.count > 0 && head.head === null;
    if (!isBehindLost && (row.previousEventHash ?? null) !== head.head) {
      const message = `Audit event ${position} does not follow the one before it: events are missing.`;
      return err(brokenAudit('audit_gap', message));
    }
    head = { count: position, head: row.eventHash };
    if (expected?.count === position && expected.head !== head.head) {
      return err(brokenAudit('audit_fork', `The audit chain was rewritten at or before event ${position}.`));
    }
  }
  const witnessed = Math.max(head.count + missing, expected?.count ?? 0);
  if (head.count < witnessed) {
    const message = `The audit chain ends after ${head.count} events, but ${witnessed} were witnessed.`;
    return err(brokenAudit('audit_truncated', message));
  }
  return ok(head);
}

function hashOrNothing(event: AuditEvent): string | undefined {
  try {
    return auditHash(event);
  } catch {
    return undefined;
  }
}

export function brokenAudit(
  detail: 'audit_hash' | 'audit_gap' | 'audit_fork' | 'audit_truncated',
  what: string,
): Refusal {
  return refuse('reject', 'signature_invalid', detail, what);
}
