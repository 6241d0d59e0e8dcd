import { leaseRefusal } from '../../admission/lease.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { Change, PresentedLease } from '../../contract/change.ts';
import type { Draft, Intent } from '../../contract/strategy.ts';
import type { Refusal } from '../../contract/verdict.ts';
import { parseLease } from '../../membership/lease/lease-json.ts';
import { noLease } from '../../membership/lease/lease-refusals.ts';
import { type LeaseUse, parseUse } from '../../membership/lease/lease-use.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import { batchToBe } from '../kernel/batch-to-be.ts';
import type { Core } from '../kernel/core.ts';
import type { Rules } from '../kernel/rules.ts';
import type { WriteRefusal } from '../names/write.ts';
import type { CollectionBinding } from '../names/binding.ts';

/** Who writes under a presented lease, and the use that was signed for this write. */
export interface Leaseholder {
  readonly agentId: string;
  readonly leaseId: string;
  readonly use: LeaseUse;
}

/** What is presented with a local write, understood; whether it holds is asked once the change is drafted. */
export function leaseholderOf(rules: Rules, { lease, use }: PresentedLease): Result<Leaseholder, WriteRefusal> {
  const granted = parseLease(lease);
  if (!granted.ok) {
    return err({ kind: 'invalid', message: granted.error.message });
  }
  const used = parseUse(use);
  if (!used.ok) {
    return err({ kind: 'invalid', message: used.error.message });
  }
  if (rules.leases.isSpent(used.value.use.nonce)) {
    return err({ kind: 'refused', refusal: noLease.nonceUsed, message: noLease.nonceUsed.message });
  }
  const { agentId, leaseId } = granted.value.lease;
  return ok({ agentId, leaseId, use: used.value.use });
}

/** An agent signs what a record becomes: its change brings the whole record, also where a patch would do. */
export function wholeDraft(draft: Draft, intent: Intent): Draft {
  return intent.kind === 'put' && draft.operation === 'patch'
    ? { operation: 'put', parents: draft.parents, value: intent.fields }
    : draft;
}

/** Why a change that is being written does not count by its lease; undefined when it does. */
export function refusalOfLease(
  core: Pick<Core, 'device' | 'rules'>,
  { manifest }: CollectionBinding,
  scope: ScopeState,
  change: Change,
  presented: PresentedLease,
): Refusal | undefined {
  return leaseRefusal(change, presented, manifest, {
    ...{ scope, batch: batchToBe(core.device, scope), nowMs: core.device.nowMs() },
    revocations: core.rules.leases.revocations(),
    policyHashesAt: core.rules.leases.policyHashesAt,
  });
}
