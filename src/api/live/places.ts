import type { RecordAddress } from '../answers/request.ts';
import type { Editor } from './editor.ts';
import { type PresenceTable, createPresenceTable } from './presence-table.ts';
import type { Room } from './room.ts';

/** An editor of this device, or another device with all of its editors. */
type Owner = Editor | string;

/** A record at which editors are, and who is at it. */
export interface Place {
  readonly address: RecordAddress;
  readonly room: Room;
  readonly presence: PresenceTable<Owner>;
}

export interface Places {
  /** Opened where nobody was there. */
  at(address: RecordAddress): Place;
  find(collection: string, id: string): Place | undefined;
  all(): Iterable<Place>;
  /** Forgets it where nobody is there any more. */
  left(place: Place): void;
}

export function createPlaces(openRoom: (address: RecordAddress) => Room): Places {
  const places = new Map<string, Place>();
  return {
    at(address) {
      const key = keyOf(address.collection, address.id);
      const known = places.get(key);
      if (known !== undefined) {
        return known;
      }
      const presence = createPresenceTable<Owner>((from, to) => isEditor(from) && isEditor(to));
      const place: Place = { address, room: openRoom(address), presence };
      places.set(key, place);
      return place;
    },
    find: (collection, id) => places.get(keyOf(collection, id)),
    all: () => places.values(),
    left(place) {
      const key = keyOf(place.address.collection, place.address.id);
      if (place.room.editors.size === 0 && places.get(key) === place) {
        places.delete(key);
      }
    },
  };
}

export function isEditor(owner: Owner): owner is Editor {
  return typeof owner !== 'string';
}

function keyOf(collection: string, id: string): string {
  return `${collection}/${id}`;
}
