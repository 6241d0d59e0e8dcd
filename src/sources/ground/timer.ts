/** Does one thing later. It keeps no process alive, and starting it again forgets what it was set for before. */
export interface Timer {
  start(delayMs: number): void;
  stop(): void;
}

export function createTimer(work: () => void): Timer {
  let timer: NodeJS.Timeout | undefined;
  return {
    start(delayMs) {
      clearTimeout(timer);
      timer = setTimeout(work, delayMs).unref();
    },
    stop() {
      clearTimeout(timer);
    },
  };
}
