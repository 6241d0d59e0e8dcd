const lookEveryMs = 5000;
export const lookSoonMs = 1000;

/** Looks regularly, more often while the disk takes nothing. */
export interface LookTimer {
  /** Looks at once, and regularly from then on. */
  start(): void;
  /** The next look is as far off as it is now. */
  plan(): void;
  stop(): void;
}

export function createLookTimer(look: () => void, isSoon: () => boolean): LookTimer {
  let timer: NodeJS.Timeout | undefined;
  let isRunning = false;

  function plan(): void {
    clearTimeout(timer);
    if (isRunning) {
      timer = setTimeout(again, isSoon() ? lookSoonMs : lookEveryMs).unref();
    }
  }

  function again(): void {
    look();
    plan();
  }

  return {
    plan,
    start() {
      isRunning = true;
      again();
    },
    stop() {
      isRunning = false;
      clearTimeout(timer);
    },
  };
}
