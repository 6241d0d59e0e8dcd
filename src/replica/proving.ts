import type { ChangeId } from '../base/ids.ts';
import type { Result } from '../base/result.ts';
import type { AuditFacts, LostEvents } from '../contract/audit.ts';
import type { Refusal } from '../contract/verdict.ts';
import type { AuditCheckpoint } from '../log/audit-checkpoint.ts';
import type { ConsistencyProof, EventProof } from '../log/audit-proof.ts';
import type { RecordProof } from '../log/proof.ts';
import { enterAudit } from './care/enter-audit.ts';
import { auditDamage, mendAudit } from './care/mend-audit.ts';
import { proveConsistency, proveEvent } from './care/prove-audit.ts';
import { proveChange } from './care/prove.ts';
import { checkpointAudit } from './kernel/checkpoint-audit.ts';
import { type Core, commit } from './kernel/core.ts';

/** The audit chain of this device, and proofs of it and of changes for others. */
export interface Proving {
  /** Writes one audit event of the caller's own. */
  audit(facts: AuditFacts): void;
  /** Signs the audit chain as it is, where it has new events and the last checkpoint is as old as this. */
  checkpointAudit(atLeastOldMs: number): void;
  /**
   * Enters what the latest checkpoint covers in the collection `audit`, for the other devices to hold and to verify: 64
   * events a call. Answers whether there is more; where the collection cannot be written here there never is.
   */
  enterAudit(): boolean;
  /** The latest own checkpoints, oldest first. */
  auditCheckpoints(): readonly AuditCheckpoint[];
  /** What of the own audit chain is damaged: noted as lost with `execute`, so that the chain goes on behind it. */
  mendAudit(execute: boolean): readonly LostEvents[];
  /** One logged change as a proof for somebody who holds neither keys nor log. */
  proveChange(changeId: ChangeId): Result<RecordProof, Refusal>;
  /** One audit event, by its id or its position from 1, as a proof; undefined when there is no such event. */
  proveEvent(wanted: string | number): Result<EventProof, Refusal> | undefined;
  /** That the audit chain only grew between two checkpoints that are kept; undefined when one is not. */
  proveConsistency(from: number, to: number): Result<ConsistencyProof, Refusal> | undefined;
}

export function provingOf(core: Core): Proving {
  return {
    audit: (facts) => {
      commit(core, () => {
        core.notices.journal.audit(facts);
      });
    },
    checkpointAudit: (atLeastOldMs) => {
      checkpointAudit(core, atLeastOldMs);
    },
    enterAudit: () => enterAudit(core),
    auditCheckpoints: () => core.notices.checkpoints.kept(),
    mendAudit: (execute) => (execute ? mendAudit(core) : auditDamage(core)),
    proveChange: (changeId) => proveChange(core, changeId),
    proveEvent: (wanted) => proveEvent(core, wanted),
    proveConsistency: (from, to) => proveConsistency(core, from, to),
  };
}
