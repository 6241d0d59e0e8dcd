/** Runs `work` again and again, ever less often, for as long as something is left to try. */
export interface Retry {
  /** Something is left: soon, or when the next turn is due. */
  want(): void;
  /** Nothing is left: the next turn is a first one again. */
  done(): void;
  stop(): void;
}

const firstDelayMs = 250;
const longestDelayMs = 5000;

export function createRetry(work: () => void): Retry {
  let timer: NodeJS.Timeout | undefined;
  let delayMs = firstDelayMs;
  return {
    want(): void {
      if (timer !== undefined) {
        return;
      }
      timer = setTimeout(() => {
        timer = undefined;
        work();
      }, delayMs).unref();
      delayMs = Math.min(longestDelayMs, delayMs * 2);
    },
    done(): void {
      delayMs = firstDelayMs;
    },
    stop(): void {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
