/** Passes run one after the other: two that look at one path would each undo the other. */
export interface Turns {
  run<T>(pass: () => Promise<T>): Promise<T>;
  /** Nobody waits for it: where it fails, the next whole pass finds what it had found. */
  inBackground(pass: Promise<unknown>): void;
  /** What kept it busy beside its passes may be over. */
  wakeWhenIdle(): void;
  /** Resolves once nothing runs or waits. */
  settled(): Promise<void>;
  /** Resolves once the passes that were begun are over. */
  ended(): Promise<void>;
}

export interface TurnsDeps {
  /** Something waits beside the passes. */
  isBusy(): boolean;
  isStopped(): boolean;
  passFailed(cause: unknown): void;
  passEnded(): void;
}

export function createTurns(deps: TurnsDeps): Turns {
  let running = 0;
  let lastPass: Promise<unknown> = Promise.resolve();
  let waiters: (() => void)[] = [];

  function isIdle(): boolean {
    return running === 0 && !deps.isBusy();
  }

  function wakeWhenIdle(): void {
    if (isIdle() || deps.isStopped()) {
      const woken = waiters;
      waiters = [];
      for (const wake of woken) {
        wake();
      }
    }
  }

  function passEnded(): void {
    running--;
    deps.passEnded();
    wakeWhenIdle();
  }

  return {
    run(pass) {
      running++;
      const result = lastPass.then(pass);
      lastPass = result.then(passEnded, passEnded);
      return result;
    },
    inBackground(pass) {
      pass.catch((cause: unknown) => {
        deps.passFailed(cause);
      });
    },
    wakeWhenIdle,
    settled: () => (isIdle() ? Promise.resolve() : new Promise((wake) => waiters.push(wake))),
    async ended() {
      await lastPass;
    },
  };
}
