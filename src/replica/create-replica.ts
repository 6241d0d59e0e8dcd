import type { JsonObject } from '../base/json.ts';
import { admitChange } from '../admission/admit-change.ts';
import { base64urlFromBytes } from '../base/bytes.ts';
import type { ChangeId, ScopeId } from '../base/ids.ts';
import { traceChange } from '../admission/trace.ts';
import type { SyncEvent } from '../contract/events.ts';
import { accept } from '../contract/verdict.ts';
import { createAlarmList } from './kernel/alarms.ts';
import { announceScopes, announcedScopes } from './members/announce.ts';
import { createClaimedHeads } from './lists/claimed-heads.ts';
import { brake } from './guard/brake.ts';
import { countOf } from './edit/author.ts';
import { enterAudit } from './care/enter-audit.ts';
import { createCheckpoints } from './lists/checkpoints.ts';
import { checkpointAudit } from './kernel/checkpoint-audit.ts';
import { createPasses } from './lists/collect-passes.ts';
import { createConfirmed } from './lists/confirmed.ts';
import { type Core, type Participant, commit } from './kernel/core.ts';
import { auditDamage, mendAudit } from './care/mend-audit.ts';
import { noteDamaged, verifyRecords } from './care/damage.ts';
import { createStalledChains } from './lists/stalled-chains.ts';
import { decide } from './decide/decide.ts';
import { edit } from './edit/edit.ts';
import { createFrontierDeltas } from './lists/frontier-deltas.ts';
import { createHoldList } from './lists/holds.ts';
import { createLossWindows } from './lists/loss-windows.ts';
import { createPast } from './lists/past.ts';
import { createJournal } from './lists/journal.ts';
import { createLateList } from './lists/late-list.ts';
import { createLeaseRegistry } from './lists/lease-registry.ts';
import { createLogReader } from './lists/log-reader.ts';
import { learning, rejudgeBatches } from './receive/held-batches.ts';
import { move } from './decide/move.ts';
import { createMoves } from './lists/move-state.ts';
import { closeOldHolds } from './guard/old-holds.ts';
import { laws, oldChanges } from './lists/old-changes.ts';
import { createRejectedBatches } from './lists/rejected-batches.ts';
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
import { createIntake } from './lists/intake.ts';
import { createOwnForks } from './past/own-forks.ts';
import { createPolicyView } from './lists/policy-view.ts';
import { planRollback, rollback, rollbackPage } from './edit/rollback.ts';
import { revokeLease } from './members/revoke-lease.ts';
import { notePolicy, policyChanged } from './decide/policy-in-force.ts';
import { draftRole, draftRotation } from './members/rotation.ts';
import { reviewDetail } from './decide/review-detail.ts';
import { createScopes } from './lists/scopes.ts';
import { upgradeRecords } from './apply/upgrade-record.ts';

import { verifyHeld } from './members/verify-held.ts';
import { createTurn } from './lists/turn.ts';
import { createWaiting } from './lists/waiting.ts';
import { mendingOf } from './mending.ts';
import { takeInMore } from './receive/take-in.ts';
import { createWakes } from './lists/wakes.ts';
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
  const parts = {
    scopes,
    journal: createJournal({ store, self, nowMs, randomBytes, checkpoints }),
    checkpoints,
    reader,
    alarms: createAlarmList(store),
    frontierDeltas: createFrontierDeltas(),
    claimedHeads: createClaimedHeads(store),
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
    leases: createLeaseRegistry(store),
    moves: createMoves(),
    late: createLateList(store),
    passes: createPasses(),
    rejectedBatches: createRejectedBatches(store),
    waiting: createWaiting(store, deps.bindings),
    stalledChains: createStalledChains(),
  };
  const core: Core = {
    ...{ ...deps, self, ...parts },
    participants: Object.values<object>(parts).filter(isParticipant),
    isOld: oldChanges(store, scopes, laws.decisions),
    processEpoch: { id: base64urlFromBytes(randomBytes(16)), runs: new Set() },
    isUngated: oldChanges(store, scopes, laws.selfRunningFiles),
    unsealed: new Map(),
    pendingEvents,
  };
  notePolicy(core);
  closeOldHolds(core);
  return core;
}

function isParticipant(part: object): part is Participant {
  return 'forget' in part;
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
