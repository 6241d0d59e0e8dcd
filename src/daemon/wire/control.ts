import { base64urlFromBytes } from '../../base/bytes.ts';
import type { ScopeId } from '../../base/ids.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { Control } from '../../api/ports/port.ts';
import type { ControlFault } from '../../api/ports/fault.ts';
import type { DoctorBody, RelayBody, StatusBody } from '../../api/types/bodies.ts';
import type { ScopeBody } from '../../api/types/devices.ts';
import type { KeysBody } from '../../api/types/keys.ts';
import { activeMembers } from '../../membership/parse/standing.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import type { Replica } from '../../replica/port.ts';
import type { Bindings, CollectionBinding } from '../../replica/names/binding.ts';
import type { Store } from '../../store/ground/port.ts';
import { parseLabel } from '../../membership/parse/labels.ts';
import { alarmBodies } from '../relays/alarm-bodies.ts';
import { capabilities } from '../engines/capabilities.ts';
import type { EditGate } from '../ground/edit-gate.ts';
import { enableEngine, planEngine } from '../engines/engine-plan.ts';
import type { EngineStates } from '../engines/engine-states.ts';
import { foundScope } from '../ground/found.ts';
import { folderBody } from '../engines/link-body.ts';
import type { LinksHost } from '../engines/links-host.ts';
import { homeSettings, type OpenHome, randomBytes } from '../keys/open-home.ts';
import { packageVersion } from '../ground/package-root.ts';
import type { LostRelay } from '../relays/lost-relay.ts';
import type { Outbox } from '../relays/outbox.ts';
import type { PairingHost } from '../members/pairing-host.ts';
import type { RelayHost } from '../relays/relay-host.ts';
import type { RelayHosts } from '../relays/relay-hosts.ts';
import { isRevokedHere, profileOf, scopeNameOf } from '../keys/scope-names.ts';
import type { RelayState } from '../../sync/session.ts';
import type { StoreHealth } from '../disk/store-health.ts';
import { standingBody } from '../disk/store-standing.ts';
import type { EngineSwitch, SyncSwitch } from '../engines/switches.ts';
import { tombstoneBodies } from '../relays/tombstones-host.ts';
import { unsentBodies } from '../relays/unsent.ts';

/** Who asks to sync now is told whether the relay answers; one that is silent for longer is said to connect. */
const syncNowPatienceMs = 5000;

export interface ControlDeps {
  readonly home: OpenHome;
  readonly replica: Replica;
  readonly store: Store;
  readonly bindings: Bindings;
  readonly gate: EditGate;
  readonly outbox: Outbox;
  readonly states: EngineStates;
  readonly health: Pick<StoreHealth, 'standing'>;
  readonly links: LinksHost;
  readonly pairing: PairingHost;
  readonly relay: () => RelayHosts | undefined;
  /** Where none is in use. */
  readonly lostRelay: () => LostRelay | undefined;
  readonly syncSwitch: SyncSwitch;
  readonly engineSwitch: EngineSwitch;
  readonly doctor: () => Promise<DoctorBody>;
  readonly metrics: () => Promise<string>;
  readonly keys: () => KeysBody;
  readonly stop: () => void;
  readonly labelOf: (deviceId: string) => string;
}

export function createControl(deps: ControlDeps): Control {
  const { bindings, states, replica, links, pairing, syncSwitch } = deps;
  const ofEngine = (id: string): CollectionBinding | undefined =>
    bindings.all().find(({ manifest }) => manifest.engineId === id) ??
    bindings.ofCollection(id.replace('sourceos.sync.', ''));

  function status(): StatusBody {
    return {
      device: {
        ...{ deviceId: replica.self, userId: deps.home.userId, label: deps.home.label, version: packageVersion },
        revoked: isRevokedHere(replica),
      },
      relay: relayBody(deps.relay()?.first, deps.lostRelay),
      relays: (deps.relay()?.all ?? []).map((relay) => ({
        ...relayBody(relay, deps.lostRelay),
        unconfirmed: relay.unconfirmed,
      })),
      sync: { paused: syncSwitch.paused },
      keys: deps.keys(),
      store: standingBody(deps.health.standing),
      engines: bindings.all().map((binding) => states.body(binding)),
      folders: links.list().map(folderBody),
      unsent: unsentBodies(deps.relay()?.all ?? [], deps),
      alarms: alarmBodies(replica.alarms(), deps.labelOf),
      tombstones: tombstoneBodies(replica, deps.store, deps.labelOf),
    };
  }

  return {
    status,
    engines: () => bindings.all().map((binding) => states.body(binding)),
    engine: (id) => {
      const binding = ofEngine(id);
      return binding && states.detail(binding);
    },
    plan: (id) => {
      const binding = ofEngine(id);
      return binding === undefined
        ? err({ kind: 'not_found', message: `No engine is called ${id}. See: sourcesync engines ls` })
        : planEngine(deps, binding, states.body(binding).counts.outbox);
    },
    setEnabled: (id, enabled, first) => {
      const binding = ofEngine(id);
      if (binding === undefined) {
        return err({ kind: 'not_found', message: `No engine is called ${id}. See: sourcesync engines ls` });
      }
      if (enabled) {
        const switched = enableEngine(deps, binding, first);
        if (!switched.ok) {
          return switched;
        }
      } else {
        deps.engineSwitch.set(binding.manifest.engineId, false);
      }
      states.refresh(enabled ? 'enabled' : 'disabled');
      return ok(states.body(binding));
    },
    edit: async (collection, writes, isConfirmed) => deps.gate.edit(collection, writes, isConfirmed),
    capabilities,
    doctor: async () => deps.doctor(),
    pause: () => {
      syncSwitch.set(true);
      deps.relay()?.pause();
      states.refresh('paused');
    },
    resume: () => {
      syncSwitch.set(false);
      deps.relay()?.resume();
      states.refresh('resumed');
    },
    syncNow: async () => {
      deps.relay()?.connectNow();
      await links.rescan();
      await deps.relay()?.settled(syncNowPatienceMs);
    },
    invite: async (options) => pairing.invite(options),
    pairing: () => pairing.body(),
    approve: async (digits) => pairing.approve(digits),
    scopes: () =>
      replica
        .scopes()
        .filter(({ local }) => !local)
        .map(({ state, holdsKey }) =>
          scopeBody(deps.store, state.scopeId, { ...state, holdsKey, devices: activeMembers(state).length }),
        ),
    createScope: async (kind, name) => createScope(deps, kind, name),
    ...linkControl(links, ofEngine),
    stop: deps.stop,
    metrics: async () => deps.metrics(),
  };
}

/** What a person does with linked folders. */
function linkControl(
  links: LinksHost,
  ofEngine: (id: string) => CollectionBinding | undefined,
): Pick<
  Control,
  'links' | 'link' | 'unlink' | 'showLink' | 'resumeLink' | 'adoptLink' | 'cleanLink' | 'ignoredBecause'
> {
  return {
    links: () => links.list(),
    link: async (engineId, root, takesLinks) => {
      const binding = ofEngine(engineId);
      return binding === undefined
        ? err({ kind: 'not_found', message: `No engine is called ${engineId}. See: sourcesync engines ls` })
        : links.link(binding.manifest.engineId, root, takesLinks);
    },
    unlink: async (root) => links.unlink(root),
    showLink: (root) => links.show(root),
    resumeLink: async (root) => links.resume(root),
    adoptLink: async (root) => links.adopt(root),
    cleanLink: async (root, execute) => links.clean(root, execute),
    ignoredBecause: (collection, id) => links.ignoredBecause(collection, id),
  };
}

function relayBody(relay: RelayHost | undefined, lostRelay: ControlDeps['lostRelay']): RelayBody {
  if (relay === undefined) {
    const lost = lostRelay();
    const reason = lost === undefined ? null : `${lost.message} ${lost.remedy}`;
    return { url: null, state: 'none', reason, nextAttemptAt: null };
  }
  const { state } = relay;
  const nextAttemptAt = relay.nextAttemptAtMs === null ? null : new Date(relay.nextAttemptAtMs).toISOString();
  return { url: relay.address.url, state: state.state, reason: reasonOf(state), nextAttemptAt };
}

/** Why a relay does not do what it should: of the connection as a whole, or the first scope that it refuses. */
function reasonOf(state: RelayState): string | null {
  if (state.state === 'online') {
    const refused = Object.values(state.scopes).find((scope) => scope.refused !== undefined)?.refused;
    return refused?.reason ?? null;
  }
  return 'reason' in state ? state.reason : null;
}

function scopeBody(
  store: Store,
  scopeId: ScopeId,
  facts: Pick<ScopeState, 'kind' | 'epochs' | 'rootKeys'> & { readonly holdsKey: boolean; readonly devices: number },
): ScopeBody {
  return {
    scopeId,
    kind: facts.kind,
    name: scopeNameOf(store, scopeId),
    devices: facts.devices,
    epoch: facts.epochs.at(-1)?.epoch ?? 0,
    holdsKey: facts.holdsKey,
    rootKey: base64urlFromBytes(facts.rootKeys.sign),
  };
}

/** A new workspace or org for every active device of this person's profile; the others learn of it inside the profile. */
function createScope(deps: ControlDeps, kind: string, name: string): Result<ScopeBody, ControlFault> {
  const { replica, store, home } = deps;
  const profile = profileOf(replica);
  if (kind !== 'workspace' && kind !== 'org') {
    return err({ kind: 'invalid', message: 'A scope that can be created is a workspace or an org.' });
  }
  if (profile?.members.get(replica.self)?.role !== 'admin') {
    return err({
      kind: 'invalid',
      message: 'Only an administrator of the profile creates scopes. Use the device that was set up first.',
      reasonCode: 'policy_denied',
    });
  }
  const members = activeMembers(profile);
  const scope = foundScope({
    kind,
    name,
    userId: home.userId,
    devices: members.map(({ deviceId, keys, role, authorities }) => ({
      deviceId,
      keys,
      role,
      authorities,
      label: parseLabel(deps.labelOf(deviceId)) ?? 'device',
    })),
    root: { userRootBoxKey: profile.rootKeys.box },
    randomBytes,
    nowMs: Date.now(),
  });
  const adopted = replica.adoptScope([scope.entry], new Map([[1, scope.epochKey]]));
  if (!adopted.ok) {
    return err({ kind: 'failed', message: adopted.error.message });
  }
  const { scopeId, sealedRoot } = scope;
  store.settings.set(`${homeSettings.scopeName}${scopeId}`, name);
  store.settings.set(`${homeSettings.scopeRoot}${scopeId}`, sealedRoot);
  deps.relay()?.scopeAdded(scopeId);
  replica.announceScopes([{ scopeId, kind, name, root: sealedRoot }]);
  deps.states.refresh('scope_created');
  return ok(scopeBody(store, scope.scopeId, { ...adopted.value, holdsKey: true, devices: members.length }));
}
