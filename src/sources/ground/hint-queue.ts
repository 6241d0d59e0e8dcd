/** Paths that something may have happened to, each held back until it has been quiet for a while. */
export interface HintQueue {
  /** Notes a path, or that it is still moving; it is due after `delayMs` without another touch. */
  touch(path: string, delayMs: number): void;
  /** Takes out what is due, with how long ago it was first touched. */
  take(): readonly Hint[];
  /** Puts a hint back: it was looked at too early. */
  putBack(hint: Hint, delayMs: number): void;
  readonly size: number;
  close(): void;
}

export interface Hint {
  readonly path: string;
  readonly ageMs: number;
}

export interface HintTiming {
  readonly quietMs: number;
  readonly removalDelayMs: number;
}

/** Calls `onDue` when something can be taken. One timer serves all paths. */
export function createHintQueue(onDue: () => void): HintQueue {
  const waiting = new Map<string, { readonly firstMs: number; readonly dueMs: number }>();
  let timer: { readonly handle: NodeJS.Timeout; readonly dueMs: number } | undefined;

  // The wall clock may jump; this one only runs.
  const elapsedMs = (): number => performance.now();
  const arm = (dueMs: number): void => {
    if (timer !== undefined && timer.dueMs <= dueMs) {
      return;
    }
    clearTimeout(timer?.handle);
    timer = { handle: setTimeout(fire, Math.max(1, Math.ceil(dueMs - elapsedMs()))), dueMs };
  };
  const armNext = (): void => {
    let dueMs = Number.POSITIVE_INFINITY;
    for (const hint of waiting.values()) {
      dueMs = Math.min(dueMs, hint.dueMs);
    }
    if (Number.isFinite(dueMs)) {
      arm(dueMs);
    }
  };
  const fire = (): void => {
    timer = undefined;
    const nowMs = elapsedMs();
    if ([...waiting.values()].some((hint) => hint.dueMs <= nowMs)) {
      onDue();
    } else {
      armNext();
    }
  };
  const put = (path: string, firstMs: number, delayMs: number): void => {
    const dueMs = elapsedMs() + delayMs;
    waiting.set(path, { firstMs, dueMs });
    arm(dueMs);
  };

  return {
    touch: (path, delayMs) => put(path, waiting.get(path)?.firstMs ?? elapsedMs(), delayMs),
    take(): readonly Hint[] {
      const nowMs = elapsedMs();
      const due: Hint[] = [];
      for (const [path, hint] of waiting) {
        if (hint.dueMs <= nowMs) {
          waiting.delete(path);
          due.push({ path, ageMs: nowMs - hint.firstMs });
        }
      }
      armNext();
      return due;
    },
    putBack: (hint, delayMs) => put(hint.path, elapsedMs() - hint.ageMs, delayMs),
    get size(): number {
      return waiting.size;
    },
    close(): void {
      clearTimeout(timer?.handle);
      timer = undefined;
      waiting.clear();
    },
  };
}
