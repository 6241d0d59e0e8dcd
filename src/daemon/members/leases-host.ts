import type { Grant, LeasePort } from '../../api/ports/leases.ts';
import type { ControlFault } from '../../api/ports/fault.ts';
import type { LeaseBody } from '../../api/types/leases.ts';
import { assert } from '../../base/assert.ts';
import type { JsonObject } from '../../base/json.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { agentUrn } from '../../contract/agent.ts';
import type { AuditFacts } from '../../contract/audit.ts';
import { type PolicyClass, policyClasses } from '../../contract/manifest.ts';
import { type Refusal, reasonText, refuse } from '../../contract/verdict.ts';
import type { DeviceKeys, RandomBytes } from '../../crypto/keys.ts';
import { uniqueUrnOf } from '../../membership/parse/contract-fields.ts';
import { leaseFileText, revocationsFileText } from '../../membership/lease/lease-file.ts';
import { type Lease, type LeaseBounds, type ParsedLease, parseLease } from '../../membership/lease/lease-json.ts';
import { type Revocations, createRevocation } from '../../membership/lease/lease-revocation.ts';
import { createLease, maximumLeaseLifetimeMs, verifyLease } from '../../membership/lease/lease.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import type { Answer } from '../../policy/effective.ts';
import { permissionAnswer } from '../../policy/gates.ts';
import { lifetimeKey } from '../../policy/vocabulary.ts';
import { clockFloorMs } from '../../replica/names/clock-floor.ts';
import type { Replica } from '../../replica/port.ts';
import type { Bindings } from '../../replica/names/binding.ts';
import type { Store } from '../../store/ground/port.ts';
import { findScope } from './find-scope.ts';

export interface LeasesHostDeps {
  readonly store: Store;
  readonly keys: DeviceKeys;
  readonly ownerId: string;
  readonly replica: Pick<Replica, 'audit' | 'scopes' | 'policy' | 'revocations' | 'revokeLease'>;
  readonly bindings: Bindings;
  readonly policyBundleHash: () => string;
  readonly randomBytes: RandomBytes;
  readonly nowMs: () => number;
}

const leasesSetting = 'leases';
const shortestPart = 6;
const keptLeases = 1000;

/** The leases that this device signed and the revocations that it made, both kept in its store. */
export function createLeasesHost(deps: LeasesHostDeps): LeasePort {
  const { store, replica } = deps;
  const stored = (name: string): readonly JsonObject[] => (store.settings.get(name) ?? []) as readonly JsonObject[];
  const leases = (): readonly ParsedLease[] => stored(leasesSetting).map(parsedOwn);
  const revocations = (): Revocations => replica.revocations();

  /** Setting and audit row commit together. */
  function save(name: string, objects: readonly JsonObject[], facts: AuditFacts): void {
    store.transaction(() => {
      store.settings.set(name, objects);
      replica.audit(facts);
    });
  }

  function bodyOf(parsed: ParsedLease): LeaseBody {
    const refusal = refusalOf(deps, parsed, revocations());
    return leaseBody(parsed, scopeOf(deps, parsed).kind, refusal);
  }

  return {
    list: () => leases().map(bodyOf),
    grant(wanted) {
      const scope = findScope(replica, store, wanted.scope);
      if (!scope.ok) {
        return scope;
      }
      const state = scope.value;
      const terms = termsOf(deps, state, wanted);
      if (!terms.ok) {
        return terms;
      }
      const lease = createLease({ ...wanted, ...terms.value, state, ...signing(deps), grantor: deps.keys });
      const parsed = parsedOwn(lease);
      const refusal = refusalOf(deps, parsed, new Map());
      if (refusal !== undefined) {
        return err(faultOf(refusal, deps, state));
      }
      const kept = stored(leasesSetting).slice(1 - keptLeases);
      save(leasesSetting, [...kept, lease], grantedFacts(deps, parsed));
      const entries = store.scopes.entries(state.scopeId).map(({ bytes }) => bytes);
      return ok({ ...bodyOf(parsed), file: leaseFileText(lease, entries) });
    },
    revoke(named, scopeName) {
      const found = leaseToRevoke(deps, leases(), named, scopeName);
      if (!found.ok) {
        return found;
      }
      const { leaseId, state } = found.value;
      if (revocations().has(leaseId)) {
        return err({ kind: 'conflict', message: `${leaseId} is revoked already.` });
      }
      const revocation = createRevocation({ leaseId, state, signer: deps.keys, nowMs: deps.nowMs() });
      const taken = replica.revokeLease(state, revocation);
      if (!taken.ok) {
        return err(faultOf(taken.error, deps, state));
      }
      return ok({ leaseId, scopeId: state.scopeId, file: revocationsFileText([...revocations().values()]) });
    },
  };
}

function signing({ nowMs, randomBytes }: LeasesHostDeps): { nowMs: number; randomBytes: RandomBytes } {
  return { nowMs: nowMs(), randomBytes };
}

type Terms = Pick<Lease, 'agentId' | 'policyBundleHash' | 'requiresHumanApproval'> & Pick<LeaseBounds, 'policyClass'>;

/**
 * What this device adds to the wishes: the highest class that they reach, which bounds the lifetime, the policy, and a
 * person where a permission map asks for one, so that whoever verifies the lease asks too.
 */
function termsOf(
  deps: LeasesHostDeps,
  state: ScopeState,
  { agent, capability, collections, lifetimeMs, requiresHumanApproval }: Grant,
): Result<Terms, ControlFault> {
  const agentId = agentUrn(agent);
  const denied = deniedByPolicy(deps, agentId, capability) ?? tooLongForPolicy(deps, lifetimeMs);
  if (denied !== undefined) {
    return invalid(denied);
  }
  const served = deps.bindings.all().filter(({ scope }) => scope === state.kind);
  const known = new Set<string>(served.map(({ manifest }) => manifest.collection));
  const foreign = collections === 'all' ? undefined : collections.find((name) => !known.has(name));
  if (foreign !== undefined) {
    return invalid(`No collection ${foreign} lives in this ${state.kind}. See: sourcesync engines ls`);
  }
  const reached = served.filter(({ manifest }) => collections === 'all' || collections.includes(manifest.collection));
  const policyClass = highestOf(reached.map(({ manifest }) => manifest.policyClass));
  if (lifetimeMs > maximumLeaseLifetimeMs(policyClass)) {
    const hours = maximumLeaseLifetimeMs(policyClass) / 3_600_000;
    return invalid(
      `A lease that reaches things of class ${policyClass} lives at most ${hours} hours. Ask for less time or for fewer collections.`,
    );
  }
  const isAsked = capabilityAnswer(deps, agentId, capability).decision === 'require_review';
  return ok({
    ...{ agentId, policyClass, policyBundleHash: deps.policyBundleHash() },
    requiresHumanApproval: requiresHumanApproval || isAsked,
  });
}

/** What policy has against lending a capability to an agent. A person grants here, so that a review is done. */
function deniedByPolicy(deps: LeasesHostDeps, agentId: string, capability: string): string | undefined {
  if (deps.replica.policy().decide('lease', capability).decision === 'deny') {
    return `Policy denies leases of ${capability}. See why with: sourcesync policy explain lease.${capability}`;
  }
  const { decision, about } = capabilityAnswer(deps, agentId, capability);
  return decision === 'deny'
    ? `A permission map denies ${agentId} the capability ${capability}. See why with: sourcesync policy explain ${about}`
    : undefined;
}

function tooLongForPolicy({ replica }: LeasesHostDeps, lifetimeMs: number): string | undefined {
  const hours = replica.policy().longestLeaseHours();
  return hours !== undefined && lifetimeMs > hours * 3_600_000
    ? `Policy lets a lease live at most ${hours} hours. Ask for less time, or see: sourcesync policy explain ${lifetimeKey}`
    : undefined;
}

function capabilityAnswer({ replica }: LeasesHostDeps, agentId: string, capability: string): Answer {
  return permissionAnswer(replica.policy(), `capability:${capability}`, agentId);
}

function highestOf(classes: readonly PolicyClass[]): PolicyClass {
  return policyClasses[Math.max(0, ...classes.map((one) => policyClasses.indexOf(one)))] ?? 'critical';
}

function invalid(message: string): Result<never, ControlFault> {
  return err({ kind: 'invalid', message, reasonCode: 'policy_denied' });
}

/** One that is kept here, or the whole id of one that another device granted in the named scope. */
function leaseToRevoke(
  { replica, store }: LeasesHostDeps,
  leases: readonly ParsedLease[],
  named: string,
  scopeName: string | undefined,
): Result<{ leaseId: string; state: ScopeState }, ControlFault> {
  const own = leases.filter(({ lease: { leaseId } }) => isMeant(leaseId, named));
  const whole = uniqueUrnOf(named, 'lease');
  const leaseId = own.length === 1 ? own[0]?.lease.leaseId : own.length === 0 ? whole : undefined;
  if (leaseId === undefined) {
    const message = `No lease is called ${named}, or more than one begins so. See: sourcesync lease ls`;
    return err({ kind: 'not_found', message });
  }
  const scope = findScope(replica, store, own[0]?.lease.scopeId ?? scopeName);
  return scope.ok ? ok({ leaseId, state: scope.value }) : scope;
}

function isMeant(leaseId: string, text: string): boolean {
  const own = leaseId.slice(leaseId.lastIndexOf(':') + 1);
  return leaseId === text || (text.length >= shortestPart && own.startsWith(text));
}

/** Where this device lacks the authority, with the command that gives it. */
function faultOf(refusal: Refusal, { keys }: LeasesHostDeps, { members }: ScopeState): ControlFault {
  const { role = 'admin', authorities = [] } = members.get(keys.deviceId) ?? {};
  const remedy =
    refusal.detail === 'authority_missing'
      ? ` An administrator of the scope gives it to this one with: sourcesync devices role ${keys.deviceId} ${role === 'reader' ? 'writer' : role} --authority ${[...authorities, 'lease'].join(' ')}`
      : '';
  return { kind: 'invalid', message: `${refusal.message}${remedy}`, reasonCode: reasonText(refusal) };
}

function refusalOf(deps: LeasesHostDeps, parsed: ParsedLease, revocations: Revocations): Refusal | undefined {
  const policyBundleHash = deps.policyBundleHash();
  // A clock that was set back brings no lease to life again.
  const nowMs = Math.max(deps.nowMs(), clockFloorMs(deps.store));
  const verdict = verifyLease(parsed, { state: scopeOf(deps, parsed), nowMs, policyBundleHash, revocations });
  if ('reasonCode' in verdict) {
    return verdict;
  }
  const denied = deniedByPolicy(deps, parsed.lease.agentId, parsed.lease.capability);
  return denied === undefined ? undefined : refuse('reject', 'policy_denied', 'policy_rule', denied);
}

function scopeOf({ replica }: LeasesHostDeps, { lease }: ParsedLease): ScopeState {
  const scope = replica.scopes().find(({ state }) => state.scopeId === lease.scopeId);
  assert(scope !== undefined, 'a lease is granted in a scope that is held');
  return scope.state;
}

function leaseBody({ lease }: ParsedLease, scopeKind: LeaseBody['scopeKind'], refusal: Refusal | undefined): LeaseBody {
  const { leaseId, agentId, capability, scopeId, grantedBy, bounds, requiresHumanApproval } = lease;
  return {
    ...{ leaseId, agentId, capability, scopeId, scopeKind, grantedBy, requiresHumanApproval },
    ...{ collections: bounds.collections, policyClass: bounds.policyClass },
    issuedAt: new Date(lease.issuedAtMs).toISOString(),
    expiresAt: new Date(lease.expiresAtMs).toISOString(),
    state: stateOf(refusal),
    reasonCode: refusal === undefined ? null : reasonText(refusal),
  };
}

function stateOf(refusal: Refusal | undefined): LeaseBody['state'] {
  if (refusal === undefined) {
    return 'active';
  }
  return refusal.detail === 'expired' || refusal.detail === 'revoked' ? refusal.detail : 'refused';
}

function parsedOwn(lease: JsonObject): ParsedLease {
  const parsed = parseLease(lease);
  assert(parsed.ok, 'a lease that this device made is well-formed');
  return parsed.value;
}

function grantedFacts({ ownerId }: LeasesHostDeps, { lease }: ParsedLease): AuditFacts {
  const { leaseId, agentId, capability, scopeId, auditId, bounds, expiresAtMs } = lease;
  return {
    ...{ eventType: 'agent.lease.granted', actorId: ownerId, subjectId: leaseId, policyDomain: 'agents' },
    ...{ outcome: 'allow', reasonCode: 'none' },
    details: {
      ...{ agentId, capability, scopeId, auditId, collections: bounds.collections },
      expiresAt: new Date(expiresAtMs).toISOString(),
    },
  };
}
