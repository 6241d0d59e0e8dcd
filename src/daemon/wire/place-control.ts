import { homedir } from 'node:os';
import type { PlaceControl } from '../../api/ports/control.ts';
import { realPathOf } from '../../sources/ground/root-checks.ts';
import type { Replica } from '../../replica/port.ts';
import type { PlaceDeps } from '../links/place-units.ts';
import type { PlacesHost } from '../links/places-host.ts';
import type { DaemonOptions } from './parts.ts';

/** What a person does with the places of the workstation. */
export function placeControl(places: PlacesHost): PlaceControl {
  return {
    places: async () => places.list(),
    showPlace: async (name) => places.show(name),
    followPlace: async (name) => places.follow(name),
    leavePlace: async (name) => places.leave(name),
  };
}

/** Where the places of this person lie, and whose writing is ours. */
export function placeDeps({ self }: Pick<Replica, 'self'>, { state }: DaemonOptions['paths']): PlaceDeps {
  // A daemon of a service may have a home folder that is not there.
  const surroundings = { home: realPathOf(homedir()) ?? homedir(), environment: { ...process.env } };
  return { surroundings, self, stateFolder: state, nowMs: Date.now };
}
