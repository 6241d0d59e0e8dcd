/** Work that waits its turn: what a person asked for first, then by size, so that nothing small waits for what is large. */
export interface MoveTurns {
  run<T>(turn: Turn, work: () => Promise<T>): Promise<T>;
  /** Something that waits may be what a person asked for, now. */
  look(): void;
}

export interface Turn {
  readonly sizeBytes: number;
  readonly isAsked: () => boolean;
}

/** What a person asked for has a place of its own: it waits for nothing but others of its kind. */
const placesForAsked = 1;

export function createMoveTurns(atOnce: number): MoveTurns {
  const waiting: { readonly turn: Turn; readonly begin: () => void }[] = [];
  let running = 0;

  function next(): void {
    const asked = waiting.findIndex(({ turn }) => turn.isAsked());
    const places = atOnce + (asked < 0 ? 0 : placesForAsked);
    if (running < places) {
      waiting.splice(Math.max(asked, 0), 1)[0]?.begin();
    }
  }

  return {
    look: next,
    run: (turn, work) =>
      new Promise((resolve, reject) => {
        const begin = (): void => {
          running++;
          work()
            .then(resolve, reject)
            .finally(() => {
              running--;
              next();
            });
        };
        const place = waiting.findIndex((one) => one.turn.sizeBytes > turn.sizeBytes);
        waiting.splice(place < 0 ? waiting.length : place, 0, { turn, begin });
        next();
      }),
  };
}
