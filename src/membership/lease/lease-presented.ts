import { canonicalBytes } from '../../base/canonical-json.ts';
import type { JsonObject } from '../../base/json.ts';
import { writeCapability } from '../../contract/agent.ts';
import type { LeaseApproval } from '../../contract/change.ts';
import type { PolicyClass } from '../../contract/manifest.ts';
import { type Verdict, accept } from '../../contract/verdict.ts';
import { sha256Text } from '../../crypto/hash.ts';
import { type UseContext, verifyUse } from './lease.ts';
import { approvedAtMs } from './lease-approval.ts';
import type { ParsedLease } from './lease-json.ts';
import { noLease } from './lease-refusals.ts';
import { revokedAtMs } from './lease-revocation.ts';
import type { ParsedUse } from './lease-use.ts';

/** One record as an agent leaves it: all of its fields, or null for a deletion. */
export interface RecordAct {
  readonly collection: string;
  readonly id: string;
  readonly fields: JsonObject | null;
}

/** What a lease presented by a change is judged by: nothing of it depends on when the change arrives. */
export interface PresentedWrite {
  /** The position of the log that the change's batch names. */
  readonly position: number;
  /** Time of the change's own stamp. */
  readonly writtenAtMs: number;
  /** Who the change says wrote it. */
  readonly authorId: string;
  /** Undefined for a change that leaves no whole record behind: an agent signs what a record becomes. */
  readonly act: RecordAct | undefined;
  readonly policyClass: PolicyClass;
  /** A person's yes to this use, as the device says that brings the change. */
  readonly approval: LeaseApproval | undefined;
}

/** What stands in the scope where the change is judged. */
export type PresentedContext = Pick<UseContext, 'state' | 'policyBundleHash' | 'revocations'>;

/** `sha256:<hex>` over canonical JSON: the `contentHash` of the use that an agent signs for a write. */
export function contentHashOf({ collection, id, fields }: RecordAct): string {
  return sha256Text(canonicalBytes({ collection, id, fields }));
}

/** Whether a change counts by the lease that it presents. */
export function judgePresented(
  lease: ParsedLease,
  use: ParsedUse,
  write: PresentedWrite,
  context: PresentedContext,
): Verdict {
  const { position, writtenAtMs, act, policyClass, approval } = write;
  const { state, policyBundleHash, revocations } = context;
  const revocation = revocations.get(lease.lease.leaseId);
  // What was written before a lease ended counts, wherever and whenever it arrives.
  const isRevoked = revocation !== undefined && revokedAtMs(revocation) <= writtenAtMs;
  if (lease.lease.agentId !== write.authorId) {
    return noLease.otherAgent;
  }
  if (act === undefined) {
    return noLease.anotherAct;
  }
  const verdict = verifyUse(use, lease, {
    ...{ state, position, policyBundleHash },
    nowMs: writtenAtMs,
    revocations: isRevoked ? revocations : new Map(),
    // One use signs one content of one record: made twice it says the same twice.
    isUsed: () => false,
    approved: approval !== undefined,
    done: {
      capability: writeCapability,
      collection: act.collection,
      contentHash: contentHashOf(act),
      policyClass,
    },
  });
  const isInTime =
    approval === undefined || (use.use.usedAtMs <= approvedAtMs(approval) && approvedAtMs(approval) <= writtenAtMs);
  return verdict.verdict !== 'accept' ? verdict : isInTime ? accept : noLease.approvalTime;
}
