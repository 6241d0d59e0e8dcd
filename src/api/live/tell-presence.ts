import { type PresenceState, presenceMessage } from '../ports/messages.ts';
import type { PresenceListener, PresencePort } from '../ports/presence-port.ts';
import { type Place, type Places, isEditor } from './places.ts';

/** News that an editor of this device brought: to the others here, and to the other devices. */
export function tellEverywhere(port: PresencePort, place: Place, news: readonly PresenceState[]): void {
  if (news.length > 0) {
    tellHere(place, news);
    const { collection, id } = place.address;
    port.tell(collection, id, place.presence.states(isEditor));
  }
}

/** Tells the editors here what other devices say. */
export function presenceOfOthers(places: Places): PresenceListener {
  return {
    told({ collection, id, deviceId, states }) {
      const place = places.find(collection, id);
      if (place !== undefined) {
        tellHere(place, place.presence.replace(deviceId, states, performance.now()));
      }
    },
    left(deviceId) {
      for (const place of places.all()) {
        tellHere(place, place.presence.leave(deviceId));
      }
    },
  };
}

/** To whoever said it too: editors take silence for a connection that is lost. */
function tellHere({ room }: Place, news: readonly PresenceState[]): void {
  if (news.length > 0) {
    room.tell(presenceMessage(news));
  }
}
