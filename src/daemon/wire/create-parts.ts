import { homedir } from 'node:os';
import { staysOnDevice } from '../../contract/manifest.ts';
import { checkpointIntervalMs } from '../../log/audit-checkpoint.ts';
import { activeMembers } from '../../membership/parse/standing.ts';
import { policyBundleHash } from '../../policy/bundle-hash.ts';
import { createReplica } from '../../replica/create-replica.ts';
import type { Replica } from '../../replica/port.ts';
import { createVault } from '../../vault/vault.ts';
import type { CollectionBinding } from '../../replica/names/binding.ts';
import { createAuditHost } from '../engines/audit-host.ts';
import { loadBindings } from '../engines/bindings.ts';
import { createClockWatch } from '../ground/clock-watch.ts';
import { coalesce } from '../ground/coalesce.ts';
import { createEditGate } from '../../api/gate/edit-gate.ts';
import { statesOf } from './states-of.ts';
import { createEventRing } from '../ground/event-ring.ts';
import { createHeartbeat } from '../engines/heartbeat.ts';
import { createLargeFolders } from '../chunks/large-folders.ts';
import type { LinksTold } from '../links/link-memory.ts';
import { type LinksHost, createLinksHost } from '../links/links-host.ts';
import { configured, secretsOf } from './configured.ts';
import { placeDeps } from './place-control.ts';
import { createIntakeHost, slice } from '../engines/intake-host.ts';
import { readSalvaged } from '../disk/salvaged.ts';
import { isCaughtUp } from '../members/liveness-host.ts';
import { createChoosingHost } from '../members/choosing-host.ts';
import { createMembershipHost } from '../members/membership-host.ts';
import { followOwnLabel } from '../members/own-label.ts';
import { labelWriter } from '../keys/config-file.ts';
import { type Later, inTurn } from '../ground/planned-step.ts';
import { pooledRandom } from '../ground/pooled-random.ts';
import { type OpenHome, randomBytes } from '../keys/open-home.ts';
import { createOutbox } from '../relays/outbox.ts';
import type { DaemonOptions, Parts } from './parts.ts';
import { createPresenceHost } from '../relays/presence-host.ts';
import { createPolicyWatch } from '../engines/policy-watch.ts';
import { labelOf } from '../keys/scope-names.ts';
import { createSetWatch, tellingNeeds } from '../engines/set-watch.ts';
import type { StoreHealth } from '../disk/store-health.ts';
import { createStoreHost } from '../disk/store-host.ts';
import { createEngineSwitch, createSyncSwitch } from '../engines/switches.ts';
import { tell } from './tell.ts';
import { createTombstonesHost } from '../relays/tombstones-host.ts';
import { withVitalWrites } from '../disk/vital-writes.ts';

const keptEvents = 10_000;

// Each change of state is a transaction of its own: a burst of edits shall not pay for showing every step between.
const refreshDelayMs = 50;

export function createParts(
  options: DaemonOptions,
  health: Pick<StoreHealth, 'standing' | 'vitalStore' | 'guard' | 'noticed' | 'vitally'>,
): Parts {
  const { home, paths, config, log } = options;
  const { store, keys } = home;
  const { bindings, problems } = loadBindings(paths.engines, config.current().engines);
  for (const problem of problems) {
    log.warn({ problem }, 'a manifest was not used');
  }
  const vault = createVault(store.vault);
  const events = createEventRing(keptEvents, Date.now, idsOfThisRun());
  const outbox = createOutbox();
  const later = inTurn();
  const heartbeat = heartbeatOf(store, later, health, () => parts);
  const engineSwitch = createEngineSwitch(health.vitalStore, config.current, bindings);
  const syncSwitch = createSyncSwitch(health.vitalStore);
  const plain = replicaOf(options, { bindings, engineSwitch, vault, outbox }, () => parts);
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
  const large = createLargeFolders({ replica, config, keys: keys.device, paths, store, log }, () => parts.relay?.all);
  const links = linksOf(options, { replica, bindings, large }, { changed, warn, noticed: health.noticed }, () => parts);
  const storeHost = createStoreHost({
    ...{ store, replica, nowMs: Date.now, guard: health.guard },
    changed(reason) {
      if (reason === 'store_rebuilt') {
        // What was damaged of the audit chain is no longer: nobody waits a minute to learn that.
        parts.heartbeat.beat();
      }
      changed(reason);
    },
  });
  const refreshSoon = coalesce(refreshDelayMs, (reason) => {
    health.guard(() => {
      links.lookForExchange();
      followOwnLabel({ replica, store: health.vitalStore, write: labelWriter(paths), warn });
      states.refresh(reason);
    });
  });
  const membership = createMembershipHost({
    ...{ replica, store: health.vitalStore, relay: () => parts.relay?.first, warn },
    labelOf: (deviceId) => labelOf(replica, deviceId),
  });
  const parts: Parts = {
    ...{ bindings, manifestProblems: problems, events, outbox, later, heartbeat, clock, engineSwitch, syncSwitch },
    ...{ replica, gate, sets, states, refreshSoon, links, large, storeHost, health, membership, vault },
    relay: undefined,
    presence: createPresenceHost({
      ...{ replica, bindings, keys: keys.device, nowMs: Date.now, randomBytes: pooledRandom },
      whisper: (scopeId, body) => parts.relay?.whisper(scopeId, body),
    }),
    choosing: createChoosingHost({ store, replica, links, later, changed, warn, guard: health.guard }),
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

function linksOf(
  { home: { store }, paths }: DaemonOptions,
  { replica, bindings, large }: Pick<Parts, 'replica' | 'bindings' | 'large'>,
  told: LinksTold,
  parts: () => Parts,
): LinksHost {
  return createLinksHost({
    ...{ store, replica, bindings, nowMs: Date.now, randomBytes, told },
    folders: { home: homedir(), state: paths.state },
    isExchanged: (binding, ofItself) => isExchanged(parts(), store, binding, ofItself),
    places: placeDeps(replica, paths),
    large: large.of,
  });
}

/** The replica of this home, before it is known what it may write on a full disk. */
function replicaOf(
  { home, config }: DaemonOptions,
  { bindings, engineSwitch, vault, outbox }: Pick<Parts, 'bindings' | 'engineSwitch' | 'vault' | 'outbox'>,
  parts: () => Parts,
): Replica {
  return createReplica({
    store: home.store,
    device: { keys: home.keys.device, userId: home.userId, nowMs: Date.now, randomBytes: pooledRandom },
    bindings,
    secrets: secretsOf(config, vault, home.keys.vaultKey),
    settings: {
      ...configured(config),
      isEnabled: (engineId) => engineSwitch.isEnabled(engineId),
      policyBundleHash: () => policyBundleHash(bindings.all().map(({ manifest }) => manifest)),
    },
    slice,
    listener: {
      appended(scopeId, batch) {
        outbox.appended(scopeId, batch);
        parts().relay?.appended(scopeId, batch);
        parts().refreshSoon('edited');
      },
      event(event) {
        tell(parts(), event);
      },
      pending() {
        parts().intake.wake();
      },
    },
  });
}

function heartbeatOf(
  store: OpenHome['store'],
  later: Later,
  { guard }: Pick<StoreHealth, 'guard'>,
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
function followPolicy(
  parts: Pick<Parts, 'replica' | 'refreshSoon' | 'links' | 'health'>,
  log: DaemonOptions['log'],
): void {
  parts.replica.policyChanged();
  rescanLinks(parts, log, 'linked folders could not follow a change of policy');
  parts.refreshSoon('policy');
}

export function rescanLinks(
  { links, health }: Pick<Parts, 'links' | 'health'>,
  log: DaemonOptions['log'],
  failure: string,
): void {
  links.rescan().catch((cause: unknown) => {
    if (!health.noticed(cause)) {
      log.warn({ err: cause }, failure);
    }
  });
}

/** Everything that others have of a collection is here, or nobody has anything of it; and what was damaged is mended. */
function isExchanged(
  { replica, relay }: Pick<Parts, 'replica' | 'relay'>,
  store: Pick<OpenHome['store'], 'settings'>,
  binding: CollectionBinding,
  ofItself: boolean,
): boolean {
  if (readSalvaged(store)?.isMended === false) {
    return false;
  }
  const scope = replica.scopeOf(binding);
  const hasNobody = relay === undefined || scope === undefined || staysOnDevice(binding.scope);
  const isAlone = !ofItself && scope !== undefined && activeMembers(scope).length < 2;
  return hasNobody || isAlone || isCaughtUp(replica, relay.best.state, scope.scopeId);
}

/** Behind those of every earlier run, which has told fewer than a thousand events in each millisecond. */
function idsOfThisRun(): number {
  return Date.now() * 1000;
}
