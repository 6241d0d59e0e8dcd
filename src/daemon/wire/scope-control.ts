import type { ControlFault } from '../../api/ports/fault.ts';
import type { ScopeControl } from '../../api/ports/control.ts';
import type { ScopeBody } from '../../api/types/devices.ts';
import { base64urlFromBytes } from '../../base/bytes.ts';
import type { CollectionName, ScopeId } from '../../base/ids.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { parseLabel } from '../../membership/parse/labels.ts';
import { activeMembers } from '../../membership/parse/standing.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import type { Store } from '../../store/ground/port.ts';
import { foundScope } from '../ground/found.ts';
import { homeSettings, randomBytes } from '../keys/open-home.ts';
import { profileOf, scopeNameOf, servedBy, travelling } from '../keys/scope-names.ts';
import { givenScopeName } from '../members/given-scope-name.ts';
import type { ControlDeps } from './control-deps.ts';
import { findEngine, noSuchEngine } from './engine-control.ts';

/** The scopes that this device shares with others, and new ones. */
export function scopeControl(deps: ControlDeps): ScopeControl {
  const { home, replica, engines } = deps;
  return {
    scopes: () =>
      replica
        .scopes()
        .filter(({ local }) => !local)
        .map(({ state, holdsKey }) =>
          scopeBody(home.store, state.scopeId, {
            ...{ ...state, holdsKey, devices: activeMembers(state).length },
            serves: servedBy(replica, engines.bindings, state.scopeId),
          }),
        ),
    createScope: async (kind, name) => createScope(deps, kind, name),
    useScope: async (scope, collection, execute) => {
      const binding = findEngine(engines.bindings, collection);
      return binding === undefined ? err(noSuchEngine(collection)) : engines.choosing.use(scope, binding, execute);
    },
  };
}

function scopeBody(
  store: Pick<Store, 'settings'>,
  scopeId: ScopeId,
  facts: Pick<ScopeState, 'kind' | 'epochs' | 'rootKeys'> & {
    readonly holdsKey: boolean;
    readonly devices: number;
    readonly serves: readonly CollectionName[];
  },
): ScopeBody {
  return {
    scopeId,
    kind: facts.kind,
    name: scopeNameOf(store, scopeId),
    devices: facts.devices,
    epoch: facts.epochs.at(-1)?.epoch ?? 0,
    holdsKey: facts.holdsKey,
    rootKey: base64urlFromBytes(facts.rootKeys.sign),
    serves: facts.serves,
  };
}

/** A new workspace or org for every active device of this person's profile; the others learn of it inside the profile. */
function createScope(
  { home, replica, sync, engines, labelOf }: ControlDeps,
  kind: string,
  text: string,
): Result<ScopeBody, ControlFault> {
  const { store } = home;
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
  const given = givenScopeName(
    text,
    travelling(replica).map(({ scopeId }) => scopeNameOf(store, scopeId)),
  );
  if (!given.ok) {
    return given;
  }
  const name = given.value;
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
      label: parseLabel(labelOf(deviceId)) ?? 'device',
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
  sync.relay()?.scopeAdded(scopeId);
  replica.announceScopes([{ scopeId, kind, name, root: sealedRoot }]);
  engines.states.refresh('scope_created');
  return ok(
    scopeBody(store, scope.scopeId, {
      ...{ ...adopted.value, holdsKey: true, devices: members.length },
      serves: servedBy(replica, engines.bindings, scopeId),
    }),
  );
}
