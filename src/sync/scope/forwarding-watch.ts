import type { PushWindow } from './push-window.ts';

const patienceMs = 30_000;

/** Notices a relay that hands out what others push, and leaves the own pushes unanswered. */
export interface ForwardingWatch {
  reset(): void;
  /** Batches of others arrived. */
  delivered(nowMs: number): void;
  /** True once for each batch that stays unconfirmed; call it about every second. */
  isStuck(pushes: Pick<PushWindow, 'acknowledged' | 'inFlight'>, nowMs: number): boolean;
}

export function createForwardingWatch(): ForwardingWatch {
  let deliveredMs = Number.NEGATIVE_INFINITY;
  /** The oldest push without an answer: what was confirmed before it, and when it was first seen waiting. */
  let waiting: { readonly after: number; readonly sinceMs: number; isTold: boolean } | undefined;

  return {
    reset() {
      waiting = undefined;
      deliveredMs = Number.NEGATIVE_INFINITY;
    },
    delivered(nowMs) {
      deliveredMs = nowMs;
    },
    isStuck({ acknowledged, inFlight }, nowMs) {
      if (inFlight === 0) {
        waiting = undefined;
        return false;
      }
      if (waiting?.after !== acknowledged) {
        waiting = { after: acknowledged, sinceMs: nowMs, isTold: false };
      }
      const isStuck = nowMs - waiting.sinceMs >= patienceMs && deliveredMs > waiting.sinceMs && !waiting.isTold;
      waiting.isTold ||= isStuck;
      return isStuck;
    },
  };
}
