import type { JsonObject } from '../base/json.ts';
import { admitChange } from '../admission/admit-change.ts';
import { base64urlFromBytes } from '../base/bytes.ts';
import type { ChangeId, ScopeId } from '../base/ids.ts';
import { traceChange } from '../admission/trace.ts';
import type { SyncEvent } from '../contract/events.ts';
import { accept } from '../contract/verdict.ts';
import { createAlarmList } from './alarms.ts';
import { announceScopes, announcedScopes } from './announce.ts';
import { createAttested } from './attested.ts';
import { brake } from './brake.ts';
import { countOf } from './author.ts';
import { enterAudit } from './enter-audit.ts';
import { createCheckpoints } from './checkpoints.ts';
import { checkpointAudit } from './checkpoint-audit.ts';
import { createPasses } from './collect-passes.ts';
import { createConfirmed } from './confirmed.ts';
import { type Core, commit } from './core.ts';
import { auditDamage, mendAudit } from './mend-audit.ts';
import { noteDamaged, verifyRecords } from './damage.ts';
import { createDeadEnds } from './dead-ends.ts';
import { decide } from './decide.ts';
import { edit } from './edit.ts';
import { createFrontierNews } from './frontier-news.ts';
import { createHoldList } from './holds.ts';
import { createLossWindows } from './loss-windows.ts';
import { createPast } from './past.ts';
import { createJournal } from './journal.ts';
import { createLateList } from './late-list.ts';
import { createLeaseBook } from './lease-book.ts';
import { createLogReader } from './log-reader.ts';
import { learning, rejudgeBatches } from './held-batches.ts';
import { move } from './move.ts';
import { createMoves } from './move-state.ts';
import { closeOldHolds } from './old-holds.ts';
import { laws, oldChanges } from './old-changes.ts';
import { createOldNews } from './old-news.ts';
import { createOwners, listOldOwnerSets } from './owners.ts';
import type { Explanation } from './explanation.ts';
import type { Replica } from './port.ts';
import type { ReplicaDeps } from './deps.ts';
import { createMassChanges } from './mass-changes.ts';
import { rejudgeTimed } from './clock-waits.ts';
import { admissionContext, releasedBefore } from './counting.ts';
import { receiveEntries, receiveResolution } from './membership.ts';
import { forgetUnbelieved } from './judge-attested.ts';
import { proveChange } from './prove.ts';
import { proveConsistency, proveEvent } from './prove-audit.ts';
import { closeMended, rebuildObstacle, rebuildRecord } from './rebuild.ts';
import { receive } from './receive.ts';
import { drop, rejudge, release } from './release.ts';
import { createReading } from './reading.ts';
import { createIntake } from './intake.ts';
import { createOwnForks } from './own-forks.ts';
import { createPolicyView } from './policy-view.ts';
import { planRollback, rollback, rollbackPage } from './rollback.ts';
import { revokeLease } from './revoke-lease.ts';
import { notePolicy, policyChanged } from './policy-in-force.ts';
import { draftRole, draftRotation } from './rotation.ts';
import { reviewDetail } from './review-detail.ts';
import { createScopes } from './scopes.ts';
import { upgradeRecords } from './upgrade-record.ts';

import { verifyHeld } from './verify-held.ts';
import { createTurn } from './turn.ts';
import { createWaiting } from './waiting.ts';
import { mendingOf } from './mending.ts';
import { takeInMore } from './take-in.ts';
import { createWakes } from './wakes.ts';
import { createWatch } from './watch.ts';

export function createReplica(deps: ReplicaDeps): Replica {
  const core = createCore(deps);
  return {
    self: core.self,
    edit: (collection, writes, word = false) => edit(core, collection, writes, word),
    move: (collection, moves) => move(core, collection, moves),
    ...createOwners(core),
    receive: (scopeId, batches) => receive(core, scopeId, batches),
    takeInMore: () => takeInMore(core),
    ...mendingOf(core),
    pendingBatches: (scopeId) =>
      [...core.intake.list(), ...core.wakes.list()].filter((left) => left.scopeId === scopeId).length,
    decide: (reviewIds, decision, fields = null) =>
      decide(core, reviewIds, decision === 'merge' ? { kind: decision, fields } : { kind: decision }),
    reviewDetail: (item) => reviewDetail(core, item),
    release: (id) => release(core, id),
    drop: (id) => drop(core, id),
    rejudge: (collection) => rejudge(core, collection),
    ...createMassChanges(core),
    policy: () => core.policy.current(),
    policyChanged: () => policyChanged(core),
    rejudgeTimed: () => rejudgeTimed(core),
    rejudgeBatches: () => {
      core.scopes.all().forEach((scope) => {
        forgetUnbelieved(core, scope);
      });
      rejudgeBatches(core);
      listOldOwnerSets(core);
    },
    revocations: () => core.leases.revocations(),
    revokeLease: (scope, revocation) => revokeLease(core, scope, revocation),
    upgradeRecords: (collection) => upgradeRecords(core, collection),
    ...createReading(core),
    planRollback: (collection, requests) => planRollback(core, collection, requests),
    rollback: (collection, requests) => rollback(core, collection, requests),
    rollbackPage: (collection, page) => rollbackPage(core, collection, page),
    explain: (changeId) => explain(core, changeId),
    proveChange: (changeId) => proveChange(core, changeId),
    scopes: () =>
      core.scopes.all().map((state) => ({
        state,
        kind: state.kind,
        holdsKey: core.scopes.epochKey(state.scopeId, state.epochs.at(-1)?.epoch ?? 0) !== undefined,
        local: core.scopes.isLocal(state.scopeId),
      })),
    scopeOf: (binding) => core.scopes.serving(binding.scope),
    adoptScope: (entries, epochKeys, options) =>
      learning(core, () => core.scopes.adopt(entries, epochKeys, options?.local ?? false)),
    receiveEntries: (scopeId, _from, entries) => learning(core, () => receiveEntries(core, scopeId, entries)),
    receiveResolution: (scopeId, entries) => learning(core, () => receiveResolution(core, scopeId, entries)),
    draftRotation: (scopeId, subject) => draftRotation(core, scopeId, subject),
    draftRole: (scopeId, subject, grant) => draftRole(core, scopeId, subject, grant),
    verifyHeld: (scope) => verifyHeld(core, scope),
    epochKey: (scopeId, epoch) => core.scopes.epochKey(scopeId, epoch),
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
        core.journal.audit(facts);
      });
    },
    checkpointAudit: (atLeastOldMs) => {
      checkpointAudit(core, atLeastOldMs);
    },
    enterAudit: () => enterAudit(core),
    auditCheckpoints: () => core.checkpoints.kept(),
    mendAudit: (execute) => (execute ? mendAudit(core) : auditDamage(core)),
    proveEvent: (wanted) => proveEvent(core, wanted),
    proveConsistency: (from, to) => proveConsistency(core, from, to),
  };
}

function createCore(deps: ReplicaDeps): Core {
  const { store, keys, nowMs, randomBytes } = deps;
  const self = keys.deviceId;
  const scopes = createScopes(store, keys);
  const pendingEvents: SyncEvent[] = [];
  const checkpoints = createCheckpoints({ store, keys, nowMs, tell: (event) => pendingEvents.push(event) });
  const reader = createLogReader(store, scopes);
  const core: Core = {
    ...deps,
    self,
    scopes,
    journal: createJournal({ store, self, nowMs, randomBytes, checkpoints }),
    checkpoints,
    reader,
    alarms: createAlarmList(store),
    news: createFrontierNews(),
    attested: createAttested(store),
    forks: createOwnForks(),
    intake: createIntake(store.settings, deps.slice),
    wakes: createWakes(store.settings),
    confirmed: createConfirmed(),
    brake,
    turn: createTurn(),
    windows: createLossWindows(store),
    holds: createHoldList(store),
    past: createPast(nowMs),
    policy: createPolicyView({
      ...{ store, bindings: deps.bindings, self, scopes, reader },
      floor: deps.policyFloor ?? noFloor,
    }),
    leases: createLeaseBook(store),
    moves: createMoves(),
    late: createLateList(store),
    passes: createPasses(),
    oldNews: createOldNews(store),
    incarnation: { id: base64urlFromBytes(randomBytes(16)), runs: new Set() },
    waiting: createWaiting(store, deps.bindings),
    deadEnds: createDeadEnds(),
    isOld: oldChanges(store, scopes, laws.decisions),
    isUngated: oldChanges(store, scopes, laws.selfRunningFiles),
    unsealed: new Map(),
    pendingEvents,
  };
  notePolicy(core);
  closeOldHolds(core);
  return core;
}

const noRules = {};

function noFloor(): JsonObject {
  return noRules;
}

function ownChangesAfter(core: Core, scopeId: ScopeId, after: number): ReturnType<Replica['ownChangesAfter']> {
  const last = core.store.log.heads(scopeId).get(core.self)?.sequence ?? 0;
  const batches = [];
  for (let sequence = after + 1; sequence <= last; sequence++) {
    const changes = core.reader.changes(scopeId, core.self, sequence);
    batches.push({ sequence, changes: countOf(changes.map(({ collection }) => collection)) });
  }
  return batches;
}

function explain(core: Core, changeId: ChangeId): Explanation | undefined {
  const row = core.store.history.get(changeId);
  const record = row && core.reader.record(row);
  const change = row && core.reader.change(row);
  const scope = row && core.scopes.get(row.scopeId);
  if (row === undefined || record === undefined || change === undefined || scope === undefined) {
    return undefined;
  }
  const context = { ...admissionContext(core, scope, record.header, row.index), ...releasedBefore(core, row) };
  const admission = admitChange(record.bytes, context);
  return {
    change,
    disposition: row.disposition,
    steps: traceChange(record.bytes, context),
    verdict: admission.kind === 'refused' ? admission.refusal : accept,
  };
}
