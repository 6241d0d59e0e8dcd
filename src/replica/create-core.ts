import { base64urlFromBytes } from '../base/bytes.ts';
import type { JsonObject } from '../base/json.ts';
import type { SyncEvent } from '../contract/events.ts';
import type { Store } from '../store/ground/port.ts';
import { brake } from './guard/brake.ts';
import { closeOldHolds } from './guard/old-holds.ts';
import { notePolicy } from './decide/policy-in-force.ts';
import { createAlarmList } from './kernel/alarms.ts';
import type { Backlog } from './kernel/backlog.ts';
import type { Chains } from './kernel/chains.ts';
import type { Core, Known, Participant } from './kernel/core.ts';
import type { DeviceDeps, ReplicaDeps, ReplicaListener } from './kernel/deps.ts';
import type { Logs } from './kernel/logs.ts';
import type { Notices } from './kernel/notices.ts';
import type { Rules } from './kernel/rules.ts';
import type { ThisDevice } from './kernel/this-device.ts';
import { createCheckpoints } from './lists/checkpoints.ts';
import { createChosenScopes } from './lists/chosen-scopes.ts';
import { createClaimedHeads } from './lists/claimed-heads.ts';
import { createPasses } from './lists/collect-passes.ts';
import { createConfirmed } from './lists/confirmed.ts';
import { createFrontierDeltas } from './lists/frontier-deltas.ts';
import { createHoldList } from './lists/holds.ts';
import { createIntake } from './waits/intake.ts';
import { createJournal } from './lists/journal.ts';
import { createLateList } from './waits/late-list.ts';
import { createLeaseRegistry } from './lists/lease-registry.ts';
import { createLogReader } from './lists/log-reader.ts';
import { createLossWindows } from './lists/loss-windows.ts';
import { createMoves } from './lists/move-state.ts';
import { laws, oldChanges } from './lists/old-changes.ts';
import { createPast } from './lists/past.ts';
import { createPolicyView } from './lists/policy-view.ts';
import { createRejectedBatches } from './lists/rejected-batches.ts';
import { createScopes } from './lists/scopes.ts';
import { createStalledChains } from './waits/stalled-chains.ts';
import { createTurn } from './lists/turn.ts';
import { createWaiting } from './waits/waiting.ts';
import { createWakes } from './waits/wakes.ts';
import { createOwnForks } from './past/own-forks.ts';

/** The parts, each made once, and what an older version left put in order. */
export function createCore(deps: ReplicaDeps): Core {
  const known = createKnown(deps);
  const { store, device } = known;
  const notices = createNotices(known, deps.listener);
  const backlog = createBacklog(deps);
  const chains = createChains(store);
  const guards = {
    ...{ brake, turn: createTurn(), windows: createLossWindows(store), holds: createHoldList(store) },
    ...{ past: createPast(device.nowMs), forks: createOwnForks(known), brakeOf: deps.settings.brakeOf },
  };
  const participants = [known.logs, known.rules, notices, backlog, chains, guards]
    .flatMap((part: object): unknown[] => Object.values(part))
    .filter(isParticipant);
  const core: Core = { ...known, notices, backlog, chains, guards: { ...guards, participants } };
  notePolicy(core);
  closeOldHolds(core);
  return core;
}

function isParticipant(part: unknown): part is Participant {
  return typeof part === 'object' && part !== null && 'forget' in part;
}

function createKnown(deps: ReplicaDeps): Known {
  const { store } = deps;
  const device = createThisDevice(deps.device);
  const logs = createLogs(store, device);
  return { store, device, logs, rules: createRules(deps, device, logs) };
}

function createThisDevice(deps: DeviceDeps): ThisDevice {
  const processEpoch = { id: base64urlFromBytes(deps.randomBytes(16)), runs: new Set<number>() };
  return { ...deps, id: deps.keys.deviceId, processEpoch };
}

function createLogs(
  store: Pick<Store, 'transaction' | 'settings' | 'log' | 'scopes' | 'upkeep'>,
  { keys }: ThisDevice,
): Logs {
  const chosen = createChosenScopes(store);
  const scopes = createScopes(store, keys, chosen);
  return {
    ...{ scopes, chosen },
    reader: createLogReader(store, scopes),
    unsealed: new Map(),
    moves: createMoves(),
    isOld: oldChanges(store, scopes, laws.decisions),
    isUngated: oldChanges(store, scopes, laws.selfRunningFiles),
  };
}

function createRules(
  { store, bindings, secrets, settings }: ReplicaDeps,
  { id: self }: ThisDevice,
  { scopes, reader }: Logs,
): Rules {
  const { isEnabled, tombstonesExpireAfterMs, policyBundleHash, policyFloor: floor = noFloor } = settings;
  return {
    ...{ bindings, secrets, isEnabled, tombstonesExpireAfterMs, policyBundleHash },
    policy: createPolicyView({ store, bindings, self, scopes, reader, floor }),
    leases: createLeaseRegistry(store),
  };
}

const noRules = {};

function noFloor(): JsonObject {
  return noRules;
}

function createNotices({ store, device }: Pick<Core, 'store' | 'device'>, listener: ReplicaListener): Notices {
  const { id: self, keys, nowMs, randomBytes } = device;
  const pendingEvents: SyncEvent[] = [];
  const checkpoints = createCheckpoints({ store, keys, nowMs, tell: (event) => pendingEvents.push(event) });
  const journal = createJournal({ store, self, nowMs, randomBytes, checkpoints });
  return { journal, checkpoints, alarms: createAlarmList(store), pendingEvents, listener };
}

function createBacklog({ store, bindings, slice }: ReplicaDeps): Backlog {
  return {
    intake: createIntake(store.settings, slice),
    waiting: createWaiting(store, bindings),
    wakes: createWakes(store.settings),
    late: createLateList(store),
  };
}

function createChains(store: Pick<Store, 'settings'>): Chains {
  return {
    claimedHeads: createClaimedHeads(store),
    confirmed: createConfirmed(),
    frontierDeltas: createFrontierDeltas(),
    rejectedBatches: createRejectedBatches(store),
    stalledChains: createStalledChains(),
    passes: createPasses(),
  };
}
