import type { AuditEvent } from '../../contract/audit.ts';
import type { PageBody } from './bodies.ts';

/** What the device signed of its audit chain: the first `n` events. */
export interface AuditCheckpointBody {
  readonly n: number;
  readonly root: string;
  readonly head: string;
  readonly at: string;
}

export interface AuditVerifyBody {
  readonly valid: boolean;
  readonly events: number;
  readonly head: string | null;
  readonly reasonCode: string | null;
  readonly detail: string | null;
  readonly message: string;
  /** The latest that the chain was held against; null before the first. */
  readonly checkpoint: AuditCheckpointBody | null;
}

export type AuditBody = PageBody<AuditEvent>;
