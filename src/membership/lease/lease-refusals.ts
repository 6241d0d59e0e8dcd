import { type Refusal, refuse } from '../../contract/verdict.ts';

const notAllowed = 'Nothing is allowed by it.';
const askAgain = 'Ask for a new one with: sourcesync lease grant';

/** Every reason for which a lease or a use of it does not count; one place, so that words and codes stay together. */
export const noLease: Readonly<
  Record<
    | 'elsewhere'
    | 'logBehind'
    | 'logFork'
    | 'selfGranted'
    | 'grantorUnknown'
    | 'signature'
    | 'grantorRevoked'
    | 'authority'
    | 'lifetime'
    | 'policyChanged'
    | 'revoked'
    | 'clock'
    | 'future'
    | 'expired'
    | 'otherAgent'
    | 'stolen'
    | 'anotherAct'
    | 'outOfBounds'
    | 'useFuture'
    | 'useOld'
    | 'nonceUsed'
    | 'needsHuman'
    | 'approvalTime',
    Refusal
  >
> = {
  elsewhere: refuse(
    'reject',
    'workspace_scope_mismatch',
    'scope_foreign',
    `The lease is for another scope. ${notAllowed}`,
  ),
  logBehind: refuse(
    'hold',
    'agent_untrusted',
    'log_behind',
    `The lease names a later state of the scope than is known here. ${notAllowed} Try again after syncing.`,
  ),
  logFork: refuse(
    'reject',
    'relay_untrusted',
    'log_fork',
    `The lease rests on another log of the scope than the one here. ${notAllowed} Compare the devices.`,
  ),
  selfGranted: refuse(
    'reject',
    'agent_untrusted',
    'self_granted',
    `The agent of the lease is its own grantor, or a device. ${notAllowed} ${askAgain}`,
  ),
  grantorUnknown: refuse(
    'reject',
    'agent_untrusted',
    'device_unknown',
    `Whoever granted the lease is no device of the scope. ${notAllowed}`,
  ),
  signature: refuse(
    'reject',
    'signature_invalid',
    'signature',
    `The lease was changed after it was signed, or its grantor never signed it. ${notAllowed}`,
  ),
  grantorRevoked: refuse(
    'reject',
    'capability_expired',
    'device_revoked',
    `The device that granted the lease is revoked. ${notAllowed} ${askAgain}`,
  ),
  authority: refuse(
    'reject',
    'agent_untrusted',
    'authority_missing',
    `The device that granted the lease does not hold the authority to lease. ${notAllowed}`,
  ),
  lifetime: refuse(
    'reject',
    'policy_denied',
    'lifetime',
    `A lease lives at most 24 hours where it may touch critical things, and 30 days otherwise. ${notAllowed}`,
  ),
  policyChanged: refuse(
    'reject',
    'policy_denied',
    'policy_changed',
    `The lease was granted under another policy than the one in force. ${notAllowed} ${askAgain}`,
  ),
  revoked: refuse('reject', 'capability_expired', 'revoked', `The lease is revoked. ${notAllowed} ${askAgain}`),
  clock: refuse(
    'reject',
    'capability_expired',
    'clock_skew',
    'The clock of this device cannot be trusted, and a lease is a matter of time. Set the clock right.',
  ),
  future: refuse(
    'reject',
    'capability_expired',
    'not_yet',
    `The lease is from the future. ${notAllowed} Check the clocks.`,
  ),
  expired: refuse('reject', 'capability_expired', 'expired', `The lease has expired. ${notAllowed} ${askAgain}`),
  otherAgent: refuse('reject', 'agent_untrusted', 'agent_foreign', 'The use is of another agent or another lease.'),
  stolen: refuse(
    'reject',
    'agent_untrusted',
    'signature',
    'The use is not signed by the key of the agent that the lease was granted to. If the lease was stolen, revoke it.',
  ),
  anotherAct: refuse('reject', 'signature_invalid', 'hash_mismatch', 'What is done is not what the agent signed.'),
  outOfBounds: refuse(
    'reject',
    'policy_denied',
    'out_of_bounds',
    'The lease does not reach this far. It was not done.',
  ),
  useFuture: refuse(
    'reject',
    'capability_expired',
    'not_yet',
    'The use is from before the lease, or from the future. Check the clocks.',
  ),
  useOld: refuse('reject', 'capability_expired', 'expired', 'The use is older than five minutes. Sign it anew.'),
  nonceUsed: refuse('reject', 'policy_denied', 'nonce_used', 'This use was made before. Sign each use anew.'),
  needsHuman: refuse(
    'review',
    'manual_review_required',
    undefined,
    'The lease asks for a person to approve each use, and nobody has.',
  ),
  approvalTime: refuse(
    'reject',
    'capability_expired',
    'not_yet',
    'A person is said to have approved the use before it was signed, or in the future. Check the clocks.',
  ),
};
