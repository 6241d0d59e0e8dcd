import { setImmediate as turn } from 'node:timers/promises';

const longestTurnMs = 10;

/** Gives others their turn once it has taken long since the last one; what is asked for meanwhile waits for no more than that. */
export function createPause(): () => Promise<void> | undefined {
  let since = performance.now();
  return () => {
    if (performance.now() - since <= longestTurnMs) {
      return undefined;
    }
    return turn().then(() => {
      since = performance.now();
    });
  };
}
