import { base64urlFromBytes, equalBytes, hexFromBytes } from '../../base/bytes.ts';
import type { JsonObject } from '../../base/json.ts';
import { type PolicyClass, policyClasses } from '../../contract/manifest.ts';
import { type Refusal, type Verdict, accept } from '../../contract/verdict.ts';
import type { DeviceKeys, RandomBytes } from '../../crypto/keys.ts';
import { type Lease, type LeaseBounds, type ParsedLease, jsonFromLease } from './lease-json.ts';
import { noLease as no } from './lease-refusals.ts';
import type { Revocations } from './lease-revocation.ts';
import type { LeaseUse, ParsedUse } from './lease-use.ts';
import { isSignedBy, withSignature } from '../parse/signed-object.ts';
import { headOf, standingAt } from '../parse/standing.ts';
import type { ScopeState } from '../parse/state.ts';

const hourMs = 3600 * 1000;
/** How long after it was signed a use still counts. */
export const maximumUseAgeMs: number = 5 * 60 * 1000;

/** The longest life of a lease that may touch things of this class. */
export function maximumLeaseLifetimeMs(policyClass: PolicyClass): number {
  return policyClass === 'critical' ? 24 * hourMs : 30 * 24 * hourMs;
}

/** What a lease is judged by. */
export interface LeaseContext {
  readonly state: ScopeState;
  /** The position of the log as of which its grantor is judged; the last unless told. */
  readonly position?: number;
  /** null when the clock cannot be trusted: then no lease holds. */
  readonly nowMs: number | null;
  /** Of the policy in force; null where it is not known, and then it is not asked. */
  readonly policyBundleHash: string | null;
  readonly revocations: Revocations;
}

export interface UseContext extends LeaseContext {
  readonly isUsed: (nonce: string) => boolean;
  /** A person has said yes to this use. */
  readonly approved: boolean;
  /** What is really being done; null where only the agent's word is at hand. */
  readonly done:
    | (Pick<LeaseUse, 'capability' | 'collection' | 'contentHash'> & { readonly policyClass: PolicyClass })
    | null;
}

/** A lease signed by a device, as the contract's object. The caller sees to its authority and to the lifetime. */
export function createLease(
  options: Pick<Lease, 'agentId' | 'capability' | 'policyBundleHash' | 'requiresHumanApproval'> &
    Omit<LeaseBounds, 'position'> & {
      readonly state: ScopeState;
      readonly grantor: DeviceKeys;
      readonly nowMs: number;
      readonly lifetimeMs: number;
      readonly randomBytes: RandomBytes;
    },
): JsonObject {
  const { agentId, capability, policyBundleHash, requiresHumanApproval, agentKey, collections, policyClass } = options;
  const { state, grantor, nowMs, lifetimeMs, randomBytes } = options;
  const lease: Lease = {
    ...{ agentId, capability, policyBundleHash, requiresHumanApproval },
    leaseId: `urn:srcos:lease:${hexFromBytes(randomBytes(16))}`,
    auditId: `urn:srcos:audit:${hexFromBytes(randomBytes(16))}`,
    scopeId: state.scopeId,
    grantedBy: grantor.deviceId,
    bounds: { agentKey, collections, policyClass, position: { sequence: state.sequence, head: headOf(state) } },
    issuedAtMs: nowMs,
    expiresAtMs: nowMs + lifetimeMs,
  };
  return withSignature('lease', jsonFromLease(lease), grantor.sign.secretKey);
}

/** Whether a lease holds now. Pure; never throws. */
export function verifyLease(parsed: ParsedLease, context: LeaseContext): Verdict {
  const { lease } = parsed;
  return (
    refuseGrantor(parsed, context.state, context.position ?? context.state.sequence) ??
    refuseTerms(lease, context) ??
    (context.revocations.has(lease.leaseId) ? no.revoked : undefined) ??
    refuseTime(lease, context.nowMs) ??
    accept
  );
}

/** Whether an act under a lease counts: the lease holds, its agent signed the act, and the act is inside the lease. */
export function verifyUse(parsed: ParsedUse, granted: ParsedLease, context: UseContext): Verdict {
  const leased = verifyLease(granted, context);
  if (leased.verdict !== 'accept') {
    return leased;
  }
  const { use } = parsed;
  return (
    refuseAgent(parsed, granted.lease) ??
    refuseAct(use, granted.lease, context.done) ??
    refuseMoment(use, granted.lease, context) ??
    (context.isUsed(use.nonce) ? no.nonceUsed : undefined) ??
    (granted.lease.requiresHumanApproval && !context.approved ? no.needsHuman : undefined) ??
    accept
  );
}

function refuseGrantor(parsed: ParsedLease, state: ScopeState, position: number): Refusal | undefined {
  const { scopeId, grantedBy, bounds } = parsed.lease;
  const { sequence, head } = bounds.position;
  if (scopeId !== state.scopeId) {
    return no.elsewhere;
  }
  if (sequence > state.sequence) {
    return no.logBehind;
  }
  if (!equalBytes(state.heads[sequence] as Uint8Array, head)) {
    return no.logFork;
  }
  if (isOwnGrant(parsed, state)) {
    return no.selfGranted;
  }
  const standing = standingAt(state, grantedBy, sequence, 0);
  if (standing === undefined) {
    return no.grantorUnknown;
  }
  if (!isSignedBy('lease', parsed, standing.member.keys.sign)) {
    return no.signature;
  }
  const { grants, revoked } = standing.member;
  if (revoked !== null && revoked.at <= position) {
    return no.grantorRevoked;
  }
  // A lease has no place in a chain before a cut: an authority that was taken away since carries it no more.
  const later = grants.filter(({ since }) => since > sequence && since <= position);
  const isHeld = [standing, ...later].every(({ authorities }) => authorities.includes('lease'));
  return isHeld ? undefined : no.authority;
}

/** An agent that signed for itself, or a device that would be its own agent: a lease always has two sides. */
function isOwnGrant(parsed: ParsedLease, state: ScopeState): boolean {
  const { agentKey } = parsed.lease.bounds;
  return state.usedKeys.has(base64urlFromBytes(agentKey)) || isSignedBy('lease', parsed, agentKey);
}

function refuseTerms(
  { issuedAtMs, expiresAtMs, bounds, policyBundleHash }: Lease,
  context: LeaseContext,
): Refusal | undefined {
  const lifetimeMs = expiresAtMs - issuedAtMs;
  if (lifetimeMs <= 0 || lifetimeMs > maximumLeaseLifetimeMs(bounds.policyClass)) {
    return no.lifetime;
  }
  const inForce = context.policyBundleHash;
  return inForce === null || inForce === policyBundleHash ? undefined : no.policyChanged;
}

function refuseTime({ issuedAtMs, expiresAtMs }: Lease, nowMs: number | null): Refusal | undefined {
  if (nowMs === null) {
    return no.clock;
  }
  if (nowMs < issuedAtMs) {
    return no.future;
  }
  return nowMs < expiresAtMs ? undefined : no.expired;
}

function refuseAgent(parsed: ParsedUse, lease: Lease): Refusal | undefined {
  const { leaseId, agentId } = parsed.use;
  if (leaseId !== lease.leaseId || agentId !== lease.agentId) {
    return no.otherAgent;
  }
  return isSignedBy('lease-use', parsed, lease.bounds.agentKey) ? undefined : no.stolen;
}

function refuseAct(use: LeaseUse, lease: Lease, done: UseContext['done']): Refusal | undefined {
  const { collections, policyClass } = lease.bounds;
  if (done !== null && use.contentHash !== done.contentHash) {
    return no.anotherAct;
  }
  if (done !== null && (use.capability !== done.capability || use.collection !== done.collection)) {
    return no.anotherAct;
  }
  const collectionFits = use.collection === null || collections === 'all' || collections.includes(use.collection);
  const classFits = done === null || policyClasses.indexOf(done.policyClass) <= policyClasses.indexOf(policyClass);
  return use.capability === lease.capability && collectionFits && classFits ? undefined : no.outOfBounds;
}

function refuseMoment(
  { usedAtMs }: LeaseUse,
  lease: Lease,
  { nowMs, approved }: Pick<UseContext, 'nowMs' | 'approved'>,
): Refusal | undefined {
  if (nowMs === null) {
    return no.clock;
  }
  if (usedAtMs < lease.issuedAtMs || usedAtMs > nowMs) {
    return no.useFuture;
  }
  // A use that a person had to be asked about may have waited for as long as its lease lives.
  const mayWait = approved && lease.requiresHumanApproval;
  return mayWait || nowMs - usedAtMs <= maximumUseAgeMs ? undefined : no.useOld;
}
