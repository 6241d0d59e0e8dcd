import type { Control } from '../../api/ports/port.ts';
import type { PlacesHost } from '../engines/places-host.ts';

/** What a person does with the places of the workstation. */
export function placeControl(places: PlacesHost): Pick<Control, 'places' | 'showPlace' | 'followPlace' | 'leavePlace'> {
  return {
    places: async () => places.list(),
    showPlace: async (name) => places.show(name),
    followPlace: async (name) => places.follow(name),
    leavePlace: async (name) => places.leave(name),
  };
}
