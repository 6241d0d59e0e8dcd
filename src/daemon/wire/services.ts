import { ok } from '../../base/result.ts';
import type { Notices } from '../notices/notices-of.ts';
import type { Control } from '../../api/ports/control.ts';
import { placeChecks } from '../links/place-checks.ts';
import { type PlacesHost, createPlacesHost } from '../links/places-host.ts';
import { placeDeps } from './place-control.ts';
import { createControl } from './control.ts';
import { type DoctorDeps, examine } from './doctor.ts';
import { createMetrics } from '../ground/metrics.ts';
import { type PairingHost, createPairingHost } from '../members/pairing-host.ts';
import { type LostRelay, lostRelay } from '../relays/lost-relay.ts';
import type { DaemonOptions, Parts } from './parts.ts';
import { type PeopleHost, createPeopleHost } from '../members/people-host.ts';
import { announceUntold, labelOf, namedScopes } from '../keys/scope-names.ts';

export function pairingOf({ home }: DaemonOptions, parts: Pick<Parts, 'events' | 'replica' | 'relay'>): PairingHost {
  const { replica, events } = parts;
  return createPairingHost({
    keys: home.keys.device,
    userId: home.userId,
    replica,
    relay: () => parts.relay?.first,
    nowMs: Date.now,
    labelOf: (deviceId) => labelOf(replica, deviceId),
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

export function peopleOf(
  { home }: DaemonOptions,
  parts: Pick<Parts, 'events' | 'replica' | 'states' | 'relay'>,
  { pairing, control }: { readonly pairing: PairingHost; readonly control: Pick<Control, 'scopes'> },
): PeopleHost {
  const { replica, events, states } = parts;
  return createPeopleHost({
    ...{
      replica,
      pairing,
      store: home.store,
      keys: home.keys.device,
      label: () => labelOf(replica, replica.self) || home.label,
    },
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

export function controlOf(
  options: DaemonOptions,
  parts: Parts,
  { pairing, notices }: { readonly pairing: PairingHost; readonly notices: Pick<Notices, 'hooks' | 'failingHooks'> },
): Control {
  const { home, stop, around } = options;
  const { replica, bindings, states, engineSwitch, gate, links, choosing, syncSwitch, outbox, health } = parts;
  const places = createPlacesHost(
    { ...placeDeps(replica, options.paths), store: home.store, replica },
    {
      ...{ bindings, links },
      switchOn: ({ manifest: { engineId } }) =>
        engineSwitch.isEnabled(engineId) ? ok(undefined) : control.setEnabled(engineId, true, undefined),
    },
  );
  const control = createControl({
    ...{ home, replica, pairing, places },
    engines: { bindings, states, engineSwitch, gate, links, choosing },
    sync: { relay: () => parts.relay, lostRelay: () => lostOf(options, parts), syncSwitch, outbox },
    process: {
      ...{ health, stop, keys: around.keys, metrics: createMetrics(() => control.status()) },
      failingHooks: notices.failingHooks,
      doctor: async () => examine(doctorDeps(options, parts, { status: control.status, hooks: notices.hooks, places })),
    },
    labelOf: (deviceId) => labelOf(replica, deviceId),
  });
  return control;
}

function lostOf(
  { home, relays, paths, config }: DaemonOptions,
  { replica }: Pick<Parts, 'replica'>,
): LostRelay | undefined {
  return lostRelay({ store: home.store, replica, relays, paths, config: config.current });
}

function doctorDeps(
  options: DaemonOptions,
  parts: Pick<Parts, 'bindings' | 'manifestProblems' | 'heartbeat' | 'clock' | 'replica' | 'links' | 'health'>,
  { status, hooks, places }: Pick<Control, 'status'> & Pick<Notices, 'hooks'> & { readonly places: PlacesHost },
): DoctorDeps {
  const { home, paths, config } = options;
  const { replica, bindings, manifestProblems, links, health, clock, heartbeat } = parts;
  return {
    ...{ store: home.store, replica, bindings, paths, nowMs: Date.now },
    configured: { problem: config.problem, manifestProblems },
    running: {
      folders: () => links.list(),
      standing: () => health.standing,
      unsent: () => status().unsent,
      hooks,
      places: async () => placeChecks(await places.scripted()),
      lostRelay: () => lostOf(options, parts),
      ...{ clock, heartbeat },
    },
  };
}
