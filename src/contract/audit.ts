import type { DeviceId } from '../base/ids.ts';
import type { JsonObject } from '../base/json.ts';

export const auditOutcomes = ['allow', 'deny', 'require_review', 'quarantine', 'error', 'informational'] as const;
export type AuditOutcome = (typeof auditOutcomes)[number];

/** The AuditEvent contract: identifiers and hashes only, never content. */
export interface AuditEvent {
  /** `urn:srcos:audit:<hex>` */
  readonly id: string;
  readonly type: 'AuditEvent';
  readonly specVersion: '0.1.0';
  readonly eventType: string;
  /** RFC 3339 in UTC. */
  readonly occurredAt: string;
  readonly actorId: string;
  readonly subjectId: string;
  readonly deviceId: DeviceId;
  readonly policyDomain: string;
  readonly outcome: AuditOutcome;
  /** One of the reason codes, or `none`. */
  readonly reasonCode: string;
  readonly details: JsonObject;
  readonly previousEventHash?: string;
  /** `sha256:<hex>` over the event less eventHash and signature. */
  readonly eventHash: string;
}

/**
 * A place of the chain as a store reads it: the row may not open, or not be there. It is `lost` where that was noted: what
 * stood there cannot be had again, and the chain goes on behind it.
 */
export type AuditRow = AuditEvent | 'damaged' | 'missing' | 'lost';

/** Events of which nothing is left, by their places from 1 on. */
export interface LostEvents {
  readonly from: number;
  readonly to: number;
  readonly atMs: number;
}

/** What a caller knows of an event; the chain adds identity, order and hash. */
export type AuditFacts = Pick<
  AuditEvent,
  'eventType' | 'actorId' | 'subjectId' | 'policyDomain' | 'outcome' | 'reasonCode' | 'details'
>;
