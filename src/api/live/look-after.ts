import type { PresencePort } from '../ports/presence-port.ts';
import type { Places } from './places.ts';
import { tellEverywhere } from './tell-presence.ts';

const expiryIntervalMs = 5000;
const roundsOfProbe = 3;

/** While editors are here: ends the presence of those who fell silent, and asks every third time who is still there. */
export interface LookAfter {
  start(): void;
  stop(): void;
}

export function createLookAfter(places: Places, port: PresencePort): LookAfter {
  let timer: NodeJS.Timeout | undefined;
  let rounds = 0;

  function look(): void {
    rounds++;
    for (const place of places.all()) {
      tellEverywhere(port, place, place.presence.expire(performance.now()));
      for (const editor of rounds % roundsOfProbe === 0 ? place.room.editors : []) {
        editor.probe();
      }
    }
  }

  return {
    start() {
      timer ??= setInterval(look, expiryIntervalMs);
    },
    stop() {
      clearInterval(timer);
      timer = undefined;
    },
  };
}
