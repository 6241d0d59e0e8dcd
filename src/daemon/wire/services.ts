import type { Control } from '../../api/ports/port.ts';
import { createControl } from './control.ts';
import { examine } from './doctor.ts';
import { createMetrics } from './metrics.ts';
import { type PairingHost, createPairingHost } from '../members/pairing-host.ts';
import { type LostRelay, lostRelay } from '../relays/lost-relay.ts';
import type { DaemonOptions, Parts } from './parts.ts';
import { type PeopleHost, createPeopleHost } from '../members/people-host.ts';
import { announceUntold, labelOf, namedScopes } from '../keys/scope-names.ts';

export function pairingOf({ home }: DaemonOptions, parts: Parts): PairingHost {
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

export function peopleOf(
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

export function controlOf(options: DaemonOptions, parts: Parts, pairing: PairingHost): Control {
  const { home, paths, configProblem, keys, stop } = options;
  const { bindings, replica, manifestProblems } = parts;
  const lostOne = (): LostRelay | undefined => lostRelay({ ...options, replica, store: home.store });
  const metrics = createMetrics(() => control.status());
  const control = createControl({
    ...parts,
    ...{ home, pairing, store: home.store, metrics, keys, stop, relay: () => parts.relay, lostRelay: lostOne },
    doctor: async () =>
      examine({
        ...{ store: home.store, replica, bindings, paths, configProblem, manifestProblems },
        folders: () => parts.links.list(),
        standing: () => parts.health.standing,
        unsent: () => control.status().unsent,
        lostRelay: lostOne,
        ...{ clock: parts.clock, heartbeat: parts.heartbeat, nowMs: Date.now },
      }),
    labelOf: (deviceId) => labelOf(replica, deviceId),
  });
  return control;
}
