import type { JsonObject } from '../../base/json.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { Refusal } from '../../contract/verdict.ts';
import { addRevocation } from '../../membership/lease/lease-revocation.ts';
import { currentEpoch } from '../../membership/parse/standing.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import { authored } from '../edit/authored.ts';
import { closeEndedUses } from '../edit/awaited-uses.ts';
import { type Core, type Known, commit } from '../kernel/core.ts';
import { withdrawUses } from '../apply/withdraw.ts';

/**
 * Takes a revocation that this device signed: it holds here at once, goes out in a batch of its own, and ends what was
 * written under the lease after it. Where the scope cannot be written to now, the next batch that can carries it.
 */
export function revokeLease(core: Core, scope: ScopeState, revocation: JsonObject): Result<undefined, Refusal> {
  const known = addRevocation(core.rules.leases.revocations(), revocation, scope);
  if (!known.ok) {
    return err(known.error);
  }
  commit(core, () => {
    core.rules.leases.tell(scope.scopeId, revocation);
    take(core, scope, revocation);
  });
  if (mayWrite(core, scope)) {
    authored(core, scope, (author) => {
      author.announce({});
    });
  }
  return ok(undefined);
}

/** Takes the revocations that another device told of; one that does not hold is audited and has no effect. */
export function noteRevocations(
  core: Known & Pick<Core, 'notices' | 'backlog'>,
  scope: ScopeState,
  from: string,
  told: readonly JsonObject[],
): void {
  for (const revocation of told) {
    const refusal = take(core, scope, revocation);
    if (refusal !== undefined) {
      core.notices.journal.audit({
        eventType: 'graph.write.rejected',
        actorId: from,
        subjectId: String(revocation['leaseId']),
        policyDomain: 'agents',
        outcome: 'deny',
        reasonCode: refusal.reasonCode,
        details: { detail: refusal.detail ?? null, scopeId: scope.scopeId },
      });
    }
  }
}

function take(
  core: Known & Pick<Core, 'notices' | 'backlog'>,
  scope: ScopeState,
  revocation: JsonObject,
): Refusal | undefined {
  const known = core.rules.leases.revocations();
  const leaseId = String(revocation['leaseId']);
  const next = addRevocation(known, revocation, scope);
  if (!next.ok) {
    return next.error;
  }
  if (next.value.get(leaseId) === known.get(leaseId)) {
    return undefined;
  }
  core.rules.leases.setRevocations(next.value);
  core.notices.journal.audit({
    eventType: 'agent.lease.revoked',
    actorId: String(revocation['revokedBy']),
    subjectId: leaseId,
    policyDomain: 'agents',
    outcome: 'informational',
    reasonCode: 'none',
    details: { scopeId: scope.scopeId },
  });
  withdrawUses(core, leaseId);
  closeEndedUses(core);
  return undefined;
}

function mayWrite(core: Pick<Core, 'device' | 'logs'>, scope: ScopeState): boolean {
  const self = scope.members.get(core.device.id);
  const holdsKey = core.logs.scopes.epochKey(scope.scopeId, currentEpoch(scope).epoch) !== undefined;
  return holdsKey && self?.revoked === null && self.role !== 'reader';
}
