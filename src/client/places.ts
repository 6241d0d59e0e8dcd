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

export function placeCalls({ ask }: Calls): PlaceCalls {
  return {
    places: () => ask('GET /v1/places'),
    place: (name) => ask('GET /v1/places/:name', { path: { name } }),
    followPlace: (name) => ask('POST /v1/places/:name/on', { path: { name } }),
    leavePlace: (name) => ask('POST /v1/places/:name/off', { path: { name } }),
  };
}
