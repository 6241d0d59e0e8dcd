import { assert } from '../base/assert.ts';
import { isJsonObject } from '../base/json.ts';
import { maximumDriftMs, wallMs } from '../clock/stamp.ts';
import type { Change, PresentedLease } from '../contract/change.ts';
import type { Manifest } from '../contract/manifest.ts';
import { type Refusal, refuse } from '../contract/verdict.ts';
import { parseLease } from '../membership/lease/lease-json.ts';
import { type RecordAct, judgePresented } from '../membership/lease/lease-presented.ts';
import { parseUse } from '../membership/lease/lease-use.ts';
import type { ChangeContext } from './change-question.ts';

/** What the judgement of a presented lease needs of a {@link ChangeContext}. */
export type LeasingContext = Pick<ChangeContext, 'batch' | 'scope' | 'nowMs' | 'revocations' | 'policyHashesAt'>;

/**
 * Why a change does not count by the lease that it presents; undefined when it does. Signatures, bounds and times are
 * those that the change brings with it, so that every device answers alike, early or late.
 */
export function leaseRefusal(
  change: Change,
  presented: PresentedLease,
  { policyClass }: Pick<Manifest, 'policyClass'>,
  { scope, batch, nowMs, revocations, policyHashesAt }: LeasingContext,
): Refusal | undefined {
  const lease = parseLease(presented.lease);
  const use = parseUse(presented.use);
  assert(lease.ok && use.ok, 'a decoded change presents a lease of the exact form');
  const writtenAtMs = wallMs(change.stamp);
  if (writtenAtMs > nowMs + maximumDriftMs) {
    return refuse('quarantine', 'capability_expired', 'not_yet', fromTheFuture);
  }
  const policies = policyHashesAt(writtenAtMs);
  const { authorId } = change;
  const { approval } = presented;
  const policyBundleHash = policies.find((hash) => hash === lease.value.lease.policyBundleHash) ?? policies[0] ?? null;
  const verdict = judgePresented(
    lease.value,
    use.value,
    { position: batch.logSequence, writtenAtMs, authorId, act: actOf(change), policyClass, approval },
    { state: scope, policyBundleHash, revocations },
  );
  return 'reasonCode' in verdict ? { ...verdict, verdict: 'quarantine' } : undefined;
}

/** What a change leaves of its record, where it says so as a whole. */
function actOf({ collection, objectId: id, operation, value }: Change): RecordAct | undefined {
  switch (operation) {
    case 'put':
      return isJsonObject(value) ? { collection, id, fields: value } : undefined;
    case 'delete':
    case 'tombstone':
      return { collection, id, fields: null };
    case 'patch':
    case 'command':
      return undefined;
  }
}

const fromTheFuture =
  'The change says that it was written in the future, and a lease is a matter of time. It is held until the clocks agree; check them.';
