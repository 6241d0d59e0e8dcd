import { admitChange } from '../admission/admit-change.ts';
import type { ChangeId, ScopeId } from '../base/ids.ts';
import { traceChange } from '../admission/trace.ts';
import { accept } from '../contract/verdict.ts';
import { announceScopes, announcedScopes } from './members/announce.ts';
import { countOf } from './edit/author.ts';
import { enterAudit } from './care/enter-audit.ts';
import { checkpointAudit } from './kernel/checkpoint-audit.ts';
import { createCore } from './create-core.ts';
import { type Core, type Known, commit } from './kernel/core.ts';
import { auditDamage, mendAudit } from './care/mend-audit.ts';
import { noteDamaged, verifyRecords } from './care/damage.ts';
import { decide } from './decide/decide.ts';
import { edit } from './edit/edit.ts';
import { learning, rejudgeBatches } from './receive/held-batches.ts';
import { move } from './decide/move.ts';
import { createOwners, listOldOwnerSets } from './owners.ts';
import type { Explanation } from './names/explanation.ts';
import type { Replica } from './port.ts';
import type { ReplicaDeps } from './kernel/deps.ts';
import { createMassChanges } from './mass-changes.ts';
import { rejudgeTimed } from './decide/clock-waits.ts';
import { admissionContext, releasedBefore } from './kernel/counting.ts';
import { receiveEntries, receiveResolution } from './members/membership.ts';
import { forgetUnbelieved } from './members/judge-claims.ts';
import { proveChange } from './care/prove.ts';
import { proveConsistency, proveEvent } from './care/prove-audit.ts';
import { closeMended, rebuildObstacle, rebuildRecord } from './care/rebuild.ts';
import { receive } from './receive/receive.ts';
import { drop, rejudge, release } from './apply/release.ts';
import { createReading } from './reading.ts';
import { planRollback, rollback, rollbackPage } from './edit/rollback.ts';
import { revokeLease } from './members/revoke-lease.ts';
import { policyChanged } from './decide/policy-in-force.ts';
import { draftRole, draftRotation } from './members/rotation.ts';
import { reviewDetail } from './decide/review-detail.ts';
import { upgradeRecords } from './apply/upgrade-record.ts';

import { verifyHeld } from './members/verify-held.ts';
import { mendingOf } from './mending.ts';
import { takeInMore } from './receive/take-in.ts';
import { createWatch } from './watch.ts';

export function createReplica(deps: ReplicaDeps): Replica {
  const core = createCore(deps);
  return {
    self: core.device.id,
    edit: (collection, writes, word = false, alongside) => edit(core, collection, writes, word, alongside),
    move: (collection, moves, alongside) => move(core, collection, moves, alongside),
    ...createOwners(core),
    receive: (scopeId, batches) => receive(core, scopeId, batches),
    takeInMore: () => takeInMore(core),
    ...mendingOf(core),
    pendingBatches: (scopeId) =>
      [...core.backlog.intake.list(), ...core.backlog.wakes.list()].filter((left) => left.scopeId === scopeId).length,
    decide: (reviewIds, decision, fields = null) =>
      decide(core, reviewIds, decision === 'merge' ? { kind: decision, fields } : { kind: decision }),
    reviewDetail: (item) => reviewDetail(core, item),
    release: (id) => release(core, id),
    drop: (id) => drop(core, id),
    rejudge: (collection) => rejudge(core, collection),
    ...createMassChanges(core),
    policy: () => core.rules.policy.current(),
    policyChanged: () => policyChanged(core),
    rejudgeTimed: () => rejudgeTimed(core),
    rejudgeBatches: () => {
      core.logs.scopes.all().forEach((scope) => {
        forgetUnbelieved(core, scope);
      });
      rejudgeBatches(core);
      listOldOwnerSets(core);
    },
    revocations: () => core.rules.leases.revocations(),
    revokeLease: (scope, revocation) => revokeLease(core, scope, revocation),
    upgradeRecords: (collection) => upgradeRecords(core, collection),
    ...createReading(core),
    planRollback: (collection, requests) => planRollback(core, collection, requests),
    rollback: (collection, requests) => rollback(core, collection, requests),
    rollbackPage: (collection, page) => rollbackPage(core, collection, page),
    explain: (changeId) => explain(core, changeId),
    proveChange: (changeId) => proveChange(core, changeId),
    scopes: () =>
      core.logs.scopes.all().map((state) => ({
        state,
        kind: state.kind,
        holdsKey: core.logs.scopes.epochKey(state.scopeId, state.epochs.at(-1)?.epoch ?? 0) !== undefined,
        local: core.logs.scopes.isLocal(state.scopeId),
      })),
    scopeOf: (binding) => core.logs.scopes.serving(binding.scope),
    adoptScope: (entries, epochKeys, options) =>
      learning(core, () => core.logs.scopes.adopt(entries, epochKeys, options?.local ?? false)),
    receiveEntries: (scopeId, _from, entries) => learning(core, () => receiveEntries(core, scopeId, entries)),
    receiveResolution: (scopeId, entries) => learning(core, () => receiveResolution(core, scopeId, entries)),
    draftRotation: (scopeId, subject) => draftRotation(core, scopeId, subject),
    draftRole: (scopeId, subject, grant) => draftRole(core, scopeId, subject, grant),
    verifyHeld: (scope) => verifyHeld(core, scope),
    epochKey: (scopeId, epoch) => core.logs.scopes.epochKey(scopeId, epoch),
    announceScopes: (scopes) => {
      announceScopes(core, scopes);
    },
    announcedScopes: () => announcedScopes(core),
    ownChangesAfter: (scopeId, sequence) => ownChangesAfter(core, scopeId, sequence),
    verifyRecords: (page) => verifyRecords(core, page),
    noteDamaged: (collection, id) => noteDamaged(core, collection, id),
    rebuildObstacle: (damaged) => rebuildObstacle(core, damaged),
    rebuildRecord: (damaged) => rebuildRecord(core, damaged),
    closeMended: (items) => closeMended(core, items),
    ...createWatch(core),
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
    proveEvent: (wanted) => proveEvent(core, wanted),
    proveConsistency: (from, to) => proveConsistency(core, from, to),
  };
}

function ownChangesAfter(
  core: Pick<Core, 'store' | 'device' | 'logs'>,
  scopeId: ScopeId,
  after: number,
): ReturnType<Replica['ownChangesAfter']> {
  const last = core.store.log.heads(scopeId).get(core.device.id)?.sequence ?? 0;
  const batches = [];
  for (let sequence = after + 1; sequence <= last; sequence++) {
    const changes = core.logs.reader.changes(scopeId, core.device.id, sequence);
    batches.push({ sequence, changes: countOf(changes.map(({ collection }) => collection)) });
  }
  return batches;
}

function explain(core: Known, changeId: ChangeId): Explanation | undefined {
  const row = core.store.history.get(changeId);
  const record = row && core.logs.reader.record(row);
  const change = row && core.logs.reader.change(row);
  const scope = row && core.logs.scopes.get(row.scopeId);
  if (row === undefined || record === undefined || change === undefined || scope === undefined) {
    return undefined;
  }
  const context = { ...admissionContext(core, scope, record.header, row.index), ...releasedBefore(core.store, row) };
  const admission = admitChange(record.bytes, context);
  return {
    change,
    disposition: row.disposition,
    steps: traceChange(record.bytes, context),
    verdict: admission.kind === 'refused' ? admission.refusal : accept,
  };
}
