/** Work that is repeated when it is asked for, one at a time and never more often than its interval. */
export interface Upkeep {
  ask(): void;
  stop(): void;
}

export function createUpkeep(intervalMs: number, work: () => Promise<void>): Upkeep {
  let isRunning = false;
  let isAsked = false;
  let isStopped = false;
  let startedMs = Number.NEGATIVE_INFINITY;
  let waiting: NodeJS.Timeout | undefined;

  function begin(): void {
    waiting = undefined;
    isAsked = false;
    isRunning = true;
    startedMs = performance.now();
    void work().finally(() => {
      isRunning = false;
      if (isAsked) {
        plan();
      }
    });
  }

  function plan(): void {
    if (!isStopped) {
      waiting ??= setTimeout(begin, Math.max(0, startedMs + intervalMs - performance.now())).unref();
    }
  }

  return {
    ask() {
      isAsked = true;
      if (!isRunning) {
        plan();
      }
    },
    stop() {
      isStopped = true;
      clearTimeout(waiting);
    },
  };
}
