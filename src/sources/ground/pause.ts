import { turn } from './turn.ts';

const longestTurnMs = 10;

/**
 * Gives others their turn once it has taken long since the last one; what is asked for meanwhile waits for no more than
 * that. Of many that work side by side all pause together: one after the other they would hold up the rest as many times as long.
 */
export function createPause(): () => Promise<void> | undefined {
  let since = performance.now();
  let resting: Promise<void> | undefined;
  return () => {
    if (resting === undefined && performance.now() - since > longestTurnMs) {
      resting = turn().then(() => {
        since = performance.now();
        resting = undefined;
      });
    }
    return resting;
  };
}
