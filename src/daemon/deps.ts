import { homedir } from 'node:os';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { createApi } from '../api/create-api.ts';
import type { Control } from '../api/port.ts';
import type { KeysBody } from '../api/types/keys.ts';
import type { CollectionName, RecordId } from '../base/ids.ts';
import type { HomePaths } from '../cli/context.ts';
import type { AuditFacts } from '../contract/audit.ts';
import type { SyncEvent } from '../contract/events.ts';
import { createReplica } from '../replica/create-replica.ts';
import type { Bindings, Replica } from '../replica/port.ts';
import { checkpointIntervalMs } from '../log/audit-checkpoint.ts';
import { createVault } from '../vault/vault.ts';
import { loadBindings } from './bindings.ts';
import { channelPlace, createChannelHost } from './channel-host.ts';
import { createClientsHost } from './clients-host.ts';
import { type Coalesced, coalesce } from './coalesce.ts';
import type { Config } from './config.ts';
import { createControl } from './control.ts';
import { createRelayHost } from './create-relay-host.ts';
import { examine } from './doctor.ts';
import { type EditGate, createEditGate } from './edit-gate.ts';
import { engineFacts } from './engine-facts.ts';
import { type EngineStates, createEngineStates } from './engine-states.ts';
import { type EventRing, createEventRing } from './event-ring.ts';
import { type Heartbeat, createHeartbeat } from './heartbeat.ts';
import { type MembershipHost, createMembershipHost } from './membership-host.ts';
import { createLeasesHost } from './leases-host.ts';
import { type LinksHost, createLinksHost } from './links-host.ts';
import { beatLiveness, isCaughtUp } from './liveness-host.ts';
import { createMetrics } from './metrics.ts';
import { type OpenHome, randomBytes } from './open-home.ts';
import { type Outbox, createOutbox } from './outbox.ts';
import { ownerPublicKey } from './owner-key.ts';
import { type PairingHost, createPairingHost } from './pairing-host.ts';
import { goOnWithMembership, keepMembership } from './membership-upkeep.ts';
import { type PeopleHost, createPeopleHost } from './people-host.ts';
import type { PeoplePort } from '../api/people-port.ts';
import type { RelaySetting } from './relay-config.ts';
import type { RelayHost } from './relay-host.ts';
import { type RelayHosts, createRelayHosts } from './relay-hosts.ts';
import { announceUntold, labelOf, namedScopes } from './scope-names.ts';
import { type StoreHost, createStoreHost } from './store-host.ts';
import { type EngineSwitch, type SyncSwitch, createEngineSwitch, createSyncSwitch } from './switches.ts';

const keptEvents = 10_000;
const heartbeatIntervalMs = 60_000;
// Each change of state is a transaction of its own: a burst of edits shall not pay for showing every step between.
const refreshDelayMs = 50;

export interface DaemonOptions {
  readonly home: OpenHome;
  readonly paths: HomePaths;
  readonly token: string;
  /** The settings in force now. */
  readonly config: () => Config;
  /** Why the configuration file is not in force; null when it is. */
  readonly configProblem: () => string | null;
  /** The relays in use, the first of which orders membership. */
  readonly relays: readonly RelaySetting[];
  readonly log: Logger;
  /** How the keys are kept now. */
  readonly keys: () => KeysBody;
  readonly stop: () => void;
}

export interface Daemon {
  readonly api: FastifyInstance;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** The parts of a daemon, each made once; `relay` is there while one is configured and sync has started. */
interface Parts {
  readonly bindings: Bindings;
  readonly manifestProblems: readonly string[];
  readonly events: EventRing;
  readonly outbox: Outbox;
  readonly heartbeat: Heartbeat;
  readonly engineSwitch: EngineSwitch;
  readonly syncSwitch: SyncSwitch;
  readonly replica: Replica;
  readonly gate: EditGate;
  readonly states: EngineStates;
  readonly refreshSoon: Coalesced;
  readonly links: LinksHost;
  readonly storeHost: StoreHost;
  readonly membership: MembershipHost;
  relay: RelayHosts | undefined;
}

/** Puts every part together; nothing runs before `start`. */
export function createDaemon(options: DaemonOptions): Daemon {
  const parts = createParts(options);
  const pairing = pairingOf(options, parts);
  const control = controlOf(options, parts, pairing);
  const people = peopleOf(options, parts, { pairing, control });
  const api = apiOf(options, parts, { control, people });
  let heartbeatTimer: NodeJS.Timeout | undefined;

  return {
    api,
    async start() {
      recallOutbox(options, parts);
      rejudgeAll(parts);
      announceUntold(parts.replica, options.home.store);
      const beat = (): void => {
        parts.heartbeat.beat();
        beatLiveness(parts.replica, (scopeId) => isCaughtUp(parts.relay?.best.state, scopeId));
        keepMembership({ log: options.log, keys: options.home.keys.device }, parts);
        parts.states.refresh('heartbeat');
      };
      parts.storeHost.start();
      beat();
      heartbeatTimer = setInterval(beat, heartbeatIntervalMs);
      parts.relay = relaysOf(options, parts);
      await parts.links.startAll();
      goOnWithMembership({ log: options.log, keys: options.home.keys.device }, parts);
      parts.states.refresh('started');
    },
    async stop() {
      clearInterval(heartbeatTimer);
      parts.refreshSoon.cancel();
      pairing.stop();
      people.stop();
      await parts.links.stop();
      await parts.relay?.stop();
      await api.close();
      parts.storeHost.stop();
      parts.refreshSoon.cancel();
      options.home.store.close();
    },
  };
}

function createParts(options: DaemonOptions): Parts {
  const { home, paths, config, log } = options;
  const { store, keys } = home;
  const { bindings, problems } = loadBindings(paths.engines, config().engines);
  for (const problem of problems) {
    log.warn({ problem }, 'a manifest was not used');
  }
  const events = createEventRing(keptEvents, Date.now);
  const outbox = createOutbox();
  const heartbeat = createHeartbeat(
    store,
    () => parts.storeHost.verified,
    () => {
      replica.checkpointAudit(checkpointIntervalMs);
    },
  );
  const engineSwitch = createEngineSwitch(store, config, bindings);
  const syncSwitch = createSyncSwitch(store);
  const replica = createReplica({
    store,
    keys: keys.device,
    userId: home.userId,
    bindings,
    nowMs: Date.now,
    randomBytes,
    isEnabled: (engineId) => engineSwitch.isEnabled(engineId),
    listener: {
      appended(scopeId, batch) {
        outbox.appended(scopeId, batch);
        parts.relay?.appended(scopeId, batch);
        parts.refreshSoon('edited');
      },
      event(event) {
        tell(parts, event);
      },
    },
  });
  const gate = createEditGate(replica);
  const states = createEngineStates({
    bindings,
    store,
    nowMs: Date.now,
    outboxOf: (collection) => outbox.changes(collection),
    tell: (event) => {
      events.add(event);
    },
    factsOf: (binding) => {
      const enabled = engineSwitch.isEnabled(binding.manifest.engineId);
      return engineFacts({ binding, enabled, replica, store, outbox, around: surroundings(options, parts) });
    },
  });
  const links = createLinksHost({
    ...{ store, replica, bindings, homeFolder: homedir(), stateFolder: paths.state, nowMs: Date.now },
    warn: (message, facts) => {
      log.warn(facts, message);
    },
  });
  const storeHost = createStoreHost({
    ...{ store, replica, nowMs: Date.now },
    changed: (reason) => {
      refreshSoon(reason);
    },
  });
  const refreshSoon = coalesce(refreshDelayMs, (reason) => {
    states.refresh(reason);
  });
  const membership = createMembershipHost({
    ...{ replica, store, relay: () => parts.relay?.first, labelOf: (deviceId) => labelOf(replica, deviceId) },
    warn: (message, facts) => {
      log.warn(facts, message);
    },
  });
  const parts: Parts = {
    ...{ bindings, manifestProblems: problems, events, outbox, heartbeat, engineSwitch, syncSwitch },
    ...{ replica, gate, states, refreshSoon, links, storeHost, membership, relay: undefined },
  };
  return parts;
}

function tell({ events, links }: Parts, event: SyncEvent): void {
  events.add(event);
  const { collection, id } = event.data;
  if (event.type === 'record.changed' && typeof collection === 'string' && typeof id === 'string') {
    links.recordChanged(collection as CollectionName, id as RecordId);
  }
}

function surroundings(
  { config, configProblem }: DaemonOptions,
  { relay, syncSwitch, heartbeat }: Parts,
): Parameters<typeof engineFacts>[0]['around'] {
  return {
    syncPaused: syncSwitch.paused,
    localOnly: config().localOnly,
    relayConfigured: relay !== undefined,
    relay: relay?.best.state,
    relayFailing: relay?.best.failing ?? false,
    nextAttemptAtMs: relay?.best.nextAttemptAtMs ?? null,
    configurationInvalid: configProblem() !== null,
    heartbeatVerified: heartbeat.verified,
    auditBroken: heartbeat.auditBroken,
  };
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
    doctor: async () => examine({ store: home.store, replica, bindings, paths, configProblem, manifestProblems }),
    labelOf: (deviceId) => labelOf(replica, deviceId),
  });
  return control;
}

function apiOf(
  { home, paths, token, log }: DaemonOptions,
  parts: Parts,
  { control, people }: { readonly control: Control; readonly people: PeoplePort },
): FastifyInstance {
  const { replica, bindings, events, storeHost, membership } = parts;
  const audited = {
    ...{ store: home.store, ownerId: home.userId, nowMs: Date.now },
    audit: (facts: AuditFacts): void => {
      replica.audit(facts);
    },
  };
  return createApi({
    ...{ replica, bindings, control, people, events, membership, store: home.store, nowMs: Date.now },
    clients: createClientsHost({ ...audited, homeToken: token, randomBytes }),
    channel: createChannelHost({ ...audited, ...channelPlace(parts), ownerKey: () => ownerPublicKey(paths.keys) }),
    leases: createLeasesHost({
      ...{ ...audited, ...channelPlace(parts), replica, bindings, keys: home.keys.device, randomBytes },
    }),
    vault: createVault(home.store.vault),
    storeCare: storeHost,
    labelOf: (deviceId) => labelOf(replica, deviceId),
    onInternalError: (cause) => {
      log.error({ err: cause }, 'a request failed inside');
    },
  });
}

function relaysOf(options: DaemonOptions, parts: Parts): RelayHosts | undefined {
  const { relays, config } = options;
  const [first, ...others] = config().localOnly ? [] : relays.map((relay) => relayOf(relay, options, parts));
  return first && createRelayHosts(first, others);
}

function relayOf(relay: RelaySetting, { home, log }: DaemonOptions, parts: Parts): RelayHost {
  const { replica, outbox, events, refreshSoon, syncSwitch } = parts;
  return createRelayHost({
    ...{ relay, keys: home.keys, replica, store: home.store, outbox, log, paused: syncSwitch.paused },
    changed: (reason) => {
      refreshSoon(reason);
      if (parts.relay?.first.state.state === 'online' && reason === 'relay') {
        goOnWithMembership({ log, keys: home.keys.device }, parts);
      }
    },
    entriesTaken: (scopeId) => {
      const held = replica.scopes().find(({ state }) => state.scopeId === scopeId)?.state;
      if (held !== undefined) {
        parts.relay?.entriesHeld(scopeId, held.sequence);
      }
    },
    ownChainMoved: (scopeId) => {
      parts.relay?.scopeAdded(scopeId);
    },
    caughtUp: (scopeId) => {
      if (parts.relay?.haveSaidAll(scopeId) === true) {
        replica.caughtUp(scopeId);
      }
    },
    tell: (event) => {
      events.add(event);
    },
  });
}

/** What no relay had confirmed when the daemon last ended, read back from the log. */
function recallOutbox({ home, relays }: DaemonOptions, { replica, outbox }: Parts): void {
  for (const { state, local } of replica.scopes()) {
    if (!local && relays.length > 0) {
      const confirmed = relays.map(({ address }) => home.store.log.acknowledged(state.scopeId, address.url));
      for (const batch of replica.ownChangesAfter(state.scopeId, Math.max(...confirmed))) {
        outbox.appended(state.scopeId, batch);
      }
    }
  }
}

/** An upgrade or a new manifest may have brought what waiting changes lacked. */
function rejudgeAll({ bindings, engineSwitch, replica }: Parts): void {
  for (const { manifest } of bindings.all()) {
    if (engineSwitch.isEnabled(manifest.engineId)) {
      replica.rejudge(manifest.collection);
    }
  }
}
