/** Whispers of one connection in a second, and how many may come at once. Beyond it they are dropped without a word. */
const whispersPerSecond = 40;
const whisperBurst = 80;

/** A token bucket that says no. */
export interface Allowance {
  take(nowMs: number): boolean;
}

export function createAllowance(openedMs: number): Allowance {
  let tokens = whisperBurst;
  let lastMs = openedMs;
  return {
    take(nowMs) {
      tokens = Math.min(whisperBurst, tokens + (Math.max(0, nowMs - lastMs) / 1000) * whispersPerSecond);
      lastMs = nowMs;
      if (tokens < 1) {
        return false;
      }
      tokens--;
      return true;
    },
  };
}
