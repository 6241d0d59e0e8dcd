/** Runs of one work, never two at a time: at once after a pause, gathered where they follow closely. */
export interface PacedWork {
  /** A run is wanted soon. */
  plan(): void;
  /** Runs now, or joins the run that is under way; resolves once it is over. */
  run(): Promise<void>;
  /** What was planned is wanted no longer. */
  cancel(): void;
  readonly isRunning: boolean;
}

export interface PacedWorkOptions {
  /** From the beginning of one run to that of the next. */
  readonly everyMs: number;
  readonly nowMs: () => number;
  /** Never rejects. */
  readonly work: () => Promise<void>;
  /** Something is left for another run. */
  readonly isLeft: () => boolean;
}

export function createPacedWork({ everyMs, nowMs, work, isLeft }: PacedWorkOptions): PacedWork {
  let timer: NodeJS.Timeout | undefined;
  let begunMs = Number.NEGATIVE_INFINITY;
  let running: Promise<void> | undefined;

  function plan(): void {
    timer ??= setTimeout(
      () => {
        timer = undefined;
        void run();
      },
      Math.max(0, begunMs + everyMs - nowMs()),
    );
  }

  async function run(): Promise<void> {
    running ??= begin();
    return running;
  }

  async function begin(): Promise<void> {
    begunMs = nowMs();
    await work();
    running = undefined;
    if (isLeft()) {
      plan();
    }
  }

  return {
    plan,
    run,
    cancel() {
      clearTimeout(timer);
      timer = undefined;
    },
    get isRunning() {
      return running !== undefined;
    },
  };
}
