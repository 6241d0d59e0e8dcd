import type { PageBody } from '../api/types/bodies.ts';
import type { PlaceBody, PlaceShowBody } from '../api/types/places.ts';
import type { Answer, Calls } from './call.ts';

/** Places of the workstation whose units are records. */
export interface PlaceCalls {
  /** All that can be looked for; what was not found has no files. */
  places(): Answer<PageBody<PlaceBody>>;
  place(name: string): Answer<PlaceShowBody>;
  followPlace(name: string): Answer<PlaceBody>;
  leavePlace(name: string): Answer<PlaceBody>;
}

export function placeCalls({ get, post }: Calls): PlaceCalls {
  const at = (name: string): string => `/v1/places/${encodeURIComponent(name)}`;
  return {
    places: () => get('/v1/places'),
    place: (name) => get(at(name)),
    followPlace: (name) => post(`${at(name)}/on`),
    leavePlace: (name) => post(`${at(name)}/off`),
  };
}
