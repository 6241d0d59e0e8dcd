import { homedir } from 'node:os';
import type { FastifyInstance } from 'fastify';
import type { Control } from '../../api/port.ts';
import type { ScopeId } from '../../base/ids.ts';
import { staysOnDevice } from '../../contract/manifest.ts';
import { checkpointIntervalMs } from '../../log/audit-checkpoint.ts';
import { activeMembers } from '../../membership/parse/standing.ts';
import { policyBundleHash } from '../../policy/bundle-hash.ts';
import { createReplica } from '../../replica/create-replica.ts';
import { createVault } from '../../vault/vault.ts';
import type { CollectionBinding } from '../../replica/names/binding.ts';
import { apiOf } from './api-parts.ts';
import { createAuditHost } from '../engines/audit-host.ts';
import { loadBindings } from '../engines/bindings.ts';
import { closing } from '../ground/closing.ts';
import { createClockWatch } from '../ground/clock-watch.ts';
import { coalesce } from '../ground/coalesce.ts';
import { createControl } from './control.ts';
import { examine } from './doctor.ts';
import { createEditGate } from '../ground/edit-gate.ts';
import { statesOf } from './states-of.ts';
import { createEventRing } from '../ground/event-ring.ts';
import { createHeartbeat } from '../engines/heartbeat.ts';
import { createLinksHost } from '../engines/links-host.ts';
import { configured } from './configured.ts';
import { createIntakeHost, slice } from '../engines/intake-host.ts';
import { beatLiveness, isCaughtUp } from '../members/liveness-host.ts';
import { createMembershipHost } from '../members/membership-host.ts';
import { goOnWithMembership, keepMembership } from '../members/membership-upkeep.ts';
import { createMetrics } from './metrics.ts';
import { type Later, inTurn } from '../ground/planned-step.ts';
import { prepareMerging } from '../engines/prepare-merging.ts';
import { pooledRandom } from '../ground/pooled-random.ts';
import { type OpenHome, randomBytes } from '../keys/open-home.ts';
import { createOutbox } from '../relays/outbox.ts';
import { type PairingHost, createPairingHost } from '../members/pairing-host.ts';
import type { DaemonOptions, Parts } from './parts.ts';
import { createPresenceHost } from '../relays/presence-host.ts';
import { type PeopleHost, createPeopleHost } from '../members/people-host.ts';
import { createPolicyWatch } from '../engines/policy-watch.ts';
import { recallOutbox, relaysOf } from './relay-parts.ts';
import { announceUntold, labelOf, namedScopes } from '../keys/scope-names.ts';
import { createHomeHealth } from './home-health.ts';
import { mendSalvaged } from '../disk/salvaged.ts';
import { createSetWatch, tellingNeeds } from '../engines/set-watch.ts';
import type { StoreHealth } from '../disk/store-health.ts';
import { createStoreHost } from '../disk/store-host.ts';
import { createEngineSwitch, createSyncSwitch } from '../engines/switches.ts';
import { tell } from './tell.ts';
import { createTombstonesHost } from '../relays/tombstones-host.ts';
import { withVitalWrites } from '../disk/vital-writes.ts';

const keptEvents = 10_000;
const heartbeatIntervalMs = 60_000;
// Each change of state is a transaction of its own: a burst of edits shall not pay for showing every step between.
const refreshDelayMs = 50;

export interface Daemon {
  readonly api: FastifyInstance;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Puts every part together; nothing runs before `start`. */
export function createDaemon(given: DaemonOptions): Daemon {
  const health = createHomeHealth(given, () => parts.refreshSoon('store'));
  const options = { ...given, home: { ...given.home, store: health.store } };
  const parts = createParts(options, health);
  const pairing = pairingOf(options, parts);
  const control = controlOf(options, parts, pairing);
  const people = peopleOf(options, parts, { pairing, control });
  const api = apiOf(options, parts, { control, people });
  let heartbeatTimer: NodeJS.Timeout | undefined;
  const background: { stop(): void }[] = [];

  return {
    api,
    async start() {
      health.start();
      background.push(mendSalvaged({ ...parts, ...options, store: options.home.store }));
      recallOutbox(options, parts);
      const beat = (): void => void health.guard(() => beatOnce(options, parts));
      const takeUp = (): void => void health.guard(() => takeUpWaiting(options, parts));
      takeUp();
      health.onWell(() => {
        takeUp();
        beat();
        parts.relay?.all.forEach((relay) => relay.storeIsWell());
        rescanLinks(parts, options.log, 'linked folders could not be looked at again');
      });
      options.onReload?.(() => {
        health.guard(parts.policyWatch.look);
        parts.refreshSoon('configuration');
      });
      parts.storeHost.start();
      beat();
      heartbeatTimer = setInterval(beat, heartbeatIntervalMs);
      parts.relay = relaysOf(options, parts);
      await parts.links.startAll();
      goOnWithMembership({ log: options.log, keys: options.home.keys.device }, parts);
      parts.states.refresh('started');
      background.push(prepareMerging(parts.replica, parts.later));
    },
    stop: async () =>
      closing(options.home.store, async () => {
        clearInterval(heartbeatTimer);
        parts.heartbeat.stop();
        background.forEach((one) => one.stop());
        parts.tombstones.stop();
        parts.intake.stop();
        parts.audit.stop();
        parts.sets.stop();
        parts.refreshSoon.cancel();
        pairing.stop();
        people.stop();
        // First, while a relay is there to take them: the last edits of open editors are written.
        await api.close();
        parts.presence.stop();
        await parts.links.stop();
        await parts.relay?.stop();
        parts.storeHost.stop();
        health.stop();
        parts.refreshSoon.cancel();
      }),
  };
}

/** A regular look at everything that nobody tells of. */
function beatOnce({ log, home }: DaemonOptions, parts: Parts): void {
  parts.heartbeat.beat();
  parts.policyWatch.look();
  parts.replica.rejudgeTimed();
  const isHere = (scopeId: ScopeId): boolean => isCaughtUp(parts.replica, parts.relay?.best.state, scopeId);
  beatLiveness(parts.replica, isHere);
  void parts.tombstones.run(isHere);
  keepMembership({ log, keys: home.keys.device }, parts);
  parts.states.refresh('heartbeat');
}

/** What waited for this process, or for a disk that is well. */
function takeUpWaiting({ home }: DaemonOptions, parts: Parts): void {
  parts.intake.wake();
  rejudgeAll(parts);
  parts.sets.ownersChanged();
  announceUntold(parts.replica, home.store);
}

function createParts(options: DaemonOptions, health: StoreHealth): Parts {
  const { home, paths, config, log } = options;
  const { store, keys } = home;
  const { bindings, problems } = loadBindings(paths.engines, config().engines);
  for (const problem of problems) {
    log.warn({ problem }, 'a manifest was not used');
  }
  const vault = createVault(store.vault);
  const events = createEventRing(keptEvents, Date.now);
  const outbox = createOutbox();
  const later = inTurn();
  const heartbeat = heartbeatOf(store, later, health, () => parts);
  const engineSwitch = createEngineSwitch(health.vitalStore, config, bindings);
  const syncSwitch = createSyncSwitch(health.vitalStore);
  const plain = createReplica({
    store,
    keys: keys.device,
    userId: home.userId,
    bindings,
    nowMs: Date.now,
    slice,
    randomBytes: pooledRandom,
    isEnabled: (engineId) => engineSwitch.isEnabled(engineId),
    ...configured(config, vault, keys.vaultKey),
    policyBundleHash: () => policyBundleHash(bindings.all().map(({ manifest }) => manifest)),
    listener: {
      appended(scopeId, batch) {
        outbox.appended(scopeId, batch);
        parts.relay?.appended(scopeId, batch);
        parts.refreshSoon('edited');
      },
      event(event) {
        tell(parts, event);
      },
      pending() {
        parts.intake.wake();
      },
    },
  });
  const replica = withVitalWrites(plain, health.vitally);
  const gate = createEditGate(replica);
  const changed = (reason: string): void => refreshSoon(reason);
  const clock = createClockWatch({ replica, store, nowMs: Date.now });
  const sets = createSetWatch({ replica, store, bindings, guard: health.guard, later, changed });
  const states = tellingNeeds(
    statesOf(options, bindings, () => parts),
    sets.needs,
  );
  const warn = (message: string, facts: object): void => log.warn(facts, message);
  const links = linksOf(options, bindings, replica, {
    parts: () => parts,
    changed,
    noticed: health.noticed,
    warn,
  });
  const storeHost = createStoreHost({ store, replica, nowMs: Date.now, guard: health.guard, changed });
  const refreshSoon = coalesce(refreshDelayMs, (reason) => {
    health.guard(() => {
      links.lookForExchange();
      states.refresh(reason);
    });
  });
  const membership = createMembershipHost({
    ...{ replica, store: health.vitalStore, relay: () => parts.relay?.first, warn },
    labelOf: (deviceId) => labelOf(replica, deviceId),
  });
  const parts: Parts = {
    ...{ bindings, manifestProblems: problems, events, outbox, later, heartbeat, clock, engineSwitch, syncSwitch },
    ...{ replica, gate, sets, states, refreshSoon, links, storeHost, health, membership, vault, relay: undefined },
    presence: createPresenceHost({
      ...{ replica, bindings, keys: keys.device, nowMs: Date.now, randomBytes: pooledRandom },
      whisper: (scopeId, body) => parts.relay?.whisper(scopeId, body),
    }),
    tombstones: createTombstonesHost(replica, log),
    intake: createIntakeHost({
      ...{ replica, guard: health.guard, later, changed: () => refreshSoon('received') },
    }),
    audit: createAuditHost({ replica, guard: health.guard, later }),
    policyWatch: createPolicyWatch(replica, () => {
      followPolicy(parts, log);
    }),
  };
  return parts;
}

function heartbeatOf(
  store: OpenHome['store'],
  later: Later,
  { guard }: StoreHealth,
  parts: () => Parts,
): Parts['heartbeat'] {
  return createHeartbeat({
    ...{ store, later, guard, nowMs: () => performance.now() },
    storeVerified: () => parts().storeHost.verified,
    checkpoint: () => {
      parts().replica.checkpointAudit(checkpointIntervalMs);
      parts().audit.wake();
    },
    changed: () => parts().refreshSoon('heartbeat'),
  });
}

/** Another policy is in force: what waits is judged again, and what a folder could not write may be allowed now. */
function followPolicy(parts: Parts, log: DaemonOptions['log']): void {
  parts.replica.policyChanged();
  rescanLinks(parts, log, 'linked folders could not follow a change of policy');
  parts.refreshSoon('policy');
}

function rescanLinks({ links, health }: Parts, log: DaemonOptions['log'], failure: string): void {
  links.rescan().catch((cause: unknown) => {
    if (!health.noticed(cause)) {
      log.warn({ err: cause }, failure);
    }
  });
}

/** The linked folders of this home. */
function linksOf(
  { home, paths }: DaemonOptions,
  bindings: Parts['bindings'],
  replica: Parts['replica'],
  daemon: {
    readonly parts: () => Parts;
    readonly changed: (reason: string) => void;
    readonly noticed: (cause: unknown) => boolean;
    readonly warn: (message: string, facts: object) => void;
  },
): Parts['links'] {
  return createLinksHost({
    ...{ store: home.store, replica, bindings, homeFolder: homedir(), stateFolder: paths.state, nowMs: Date.now },
    ...{ randomBytes, changed: daemon.changed, noticed: daemon.noticed, warn: daemon.warn },
    isExchanged: (binding) => isExchanged(daemon.parts(), binding),
  });
}

/** Everything that the other devices have of a collection is here, or nobody else has anything of it. */
function isExchanged({ replica, relay }: Parts, binding: CollectionBinding): boolean {
  const scope = replica.scopeOf(binding);
  const hasNobody = relay === undefined || scope === undefined || staysOnDevice(binding.scope);
  return hasNobody || activeMembers(scope).length < 2 || isCaughtUp(replica, relay.best.state, scope.scopeId);
}

function pairingOf({ home }: DaemonOptions, parts: Parts): PairingHost {
  const { replica, events } = parts;
  return createPairingHost({
    keys: home.keys.device,
    userId: home.userId,
    replica,
    relay: () => parts.relay?.first,
    nowMs: Date.now,
    joined: ({ deviceId }) => {
      events.add({ type: 'device.joined', data: { deviceId } });
      replica.announceScopes(namedScopes(replica, home.store));
    },
    audit: (trustCode, { deviceId, role, person }) => {
      replica.audit({
        eventType: 'policy.decision.allow',
        actorId: home.userId,
        subjectId: deviceId,
        policyDomain: 'membership',
        outcome: 'allow',
        reasonCode: 'none',
        details: { paired: true, trustCode, role, userId: person?.userId ?? home.userId },
      });
    },
  });
}

function peopleOf(
  { home }: DaemonOptions,
  parts: Parts,
  { pairing, control }: { readonly pairing: PairingHost; readonly control: Control },
): PeopleHost {
  const { replica, events, states } = parts;
  return createPeopleHost({
    ...{ replica, pairing, store: home.store, keys: home.keys.device, label: home.label },
    relay: () => parts.relay?.first,
    scopes: () => control.scopes(),
    joined: ({ scopeId, state }) => {
      events.add({ type: 'device.joined', data: { deviceId: replica.self, scopeId, kind: state.kind } });
      parts.relay?.scopeAdded(scopeId);
      announceUntold(replica, home.store);
      states.refresh('scope_joined');
    },
  });
}

function controlOf(options: DaemonOptions, parts: Parts, pairing: PairingHost): Control {
  const { home, paths, configProblem, keys, stop } = options;
  const { bindings, replica, manifestProblems } = parts;
  const metrics = createMetrics(() => control.status());
  const control = createControl({
    ...parts,
    ...{ home, pairing, store: home.store, metrics, keys, stop, relay: () => parts.relay },
    doctor: async () =>
      examine({
        ...{ store: home.store, replica, bindings, paths, configProblem, manifestProblems },
        folders: () => parts.links.list(),
        standing: () => parts.health.standing,
        unsent: () => control.status().unsent,
        ...{ clock: parts.clock, heartbeat: parts.heartbeat },
      }),
    labelOf: (deviceId) => labelOf(replica, deviceId),
  });
  return control;
}

/** An upgrade or a new manifest may have brought what waiting changes lacked. */
function rejudgeAll({ bindings, engineSwitch, replica }: Parts): void {
  replica.rejudgeBatches();
  for (const { manifest } of bindings.all()) {
    replica.upgradeRecords(manifest.collection);
    if (engineSwitch.isEnabled(manifest.engineId)) {
      replica.rejudge(manifest.collection);
    }
  }
}
