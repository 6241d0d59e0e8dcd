import { mostAtOnce, mostWaiting } from './limits.ts';

/** Lets a few at a time do their work, the others in the order in which they came; undefined for one too many. */
export interface Turns {
  take<T>(work: () => Promise<T>): Promise<T | undefined>;
}

export function createTurns(): Turns {
  const waiting: (() => void)[] = [];
  let running = 0;
  return {
    async take(work) {
      if (running >= mostAtOnce) {
        if (waiting.length >= mostWaiting) {
          return undefined;
        }
        // Whoever ends hands the place on, so that `running` stays.
        await new Promise<void>((resolve) => waiting.push(resolve));
      } else {
        running += 1;
      }
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        if (next === undefined) {
          running -= 1;
        } else {
          next();
        }
      }
    },
  };
}
