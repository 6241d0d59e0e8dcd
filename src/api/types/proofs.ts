import type { JsonValue } from '../../base/json.ts';
import type { AuditEvent } from '../../contract/audit.ts';
import type { AuditCheckpointBody } from './audit.ts';

/** What became of a proof that was held against nothing but itself. */
export type ProofVerdictBody = ProvenBody | FalseProofBody;

export interface FalseProofBody {
  readonly valid: false;
  readonly reasonCode: string;
  readonly detail: string | null;
  /** Why, and what to do next. */
  readonly message: string;
}

export type ProvenBody = ProvenRecordBody | ProvenEventBody | ProvenConsistencyBody;

/** What every proof that holds says, beside its subject. */
export interface ProvenByBody {
  readonly valid: true;
  readonly scopeId: string;
  readonly scopeKind: string;
  /** Ed25519 key of the scope's root in base64url: what `--root` is compared with. */
  readonly rootKey: string;
  readonly deviceId: string;
  /** True when a later entry of the membership log in the proof revokes the device. */
  readonly deviceRevoked: boolean;
  /** What a reader might believe and the proof does not say. */
  readonly notProven: readonly string[];
}

export interface ProvenRecordBody extends ProvenByBody {
  readonly kind: 'record';
  /** Of the batch in its device's chain. */
  readonly sequence: number;
  /** Of the record in the batch, from 1. */
  readonly index: number;
  readonly collection: string;
  readonly id: string;
  readonly changeId: string;
  readonly operation: string;
  readonly author: string;
  readonly managedBy: string;
  /** What the clock of the device said. */
  readonly at: string;
  readonly value: JsonValue;
}

export interface ProvenEventBody extends ProvenByBody {
  readonly kind: 'audit';
  /** In the audit chain of the device, from 1. */
  readonly position: number;
  readonly event: AuditEvent;
  /** What the device signed of the chain that the event is in. */
  readonly checkpoint: AuditCheckpointBody;
}

export interface ProvenConsistencyBody extends ProvenByBody {
  readonly kind: 'audit-consistency';
  readonly from: AuditCheckpointBody;
  readonly to: AuditCheckpointBody;
}
