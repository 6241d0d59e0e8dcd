const quietBeforePingMs = 12_000;
/** So long without a word, and nobody is there. */
export const silenceLimitMs = 30_000;

/** Notices that a relay says nothing. */
export interface SilenceWatch {
  begin(nowMs: number): void;
  heard(nowMs: number): void;
  isOver(nowMs: number): boolean;
  /** True when it is time for a ping; the next one is due as long after it. */
  takePing(nowMs: number): boolean;
}

export function createSilenceWatch(): SilenceWatch {
  let heardMs = 0;
  let pingedMs = 0;
  return {
    begin(nowMs) {
      heardMs = nowMs;
      pingedMs = nowMs;
    },
    heard(nowMs) {
      heardMs = nowMs;
    },
    isOver: (nowMs) => nowMs - heardMs > silenceLimitMs,
    takePing(nowMs) {
      const isDue = nowMs - Math.max(heardMs, pingedMs) >= quietBeforePingMs;
      pingedMs = isDue ? nowMs : pingedMs;
      return isDue;
    },
  };
}
