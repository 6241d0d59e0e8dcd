import { createHash } from 'node:crypto';

/** Virtual time: events in order of time, then of planning. Nothing here ever waits. */
export interface Timeline {
  /** Milliseconds of virtual time. */
  readonly nowMs: number;
  /** Plans work; the answer takes it back. */
  after(delayMs: number, work: () => void): () => void;
  /** Runs what is planned up to and with a time. */
  runUntil(timeMs: number): void;
}

interface Planned {
  readonly timeMs: number;
  readonly order: number;
  work: (() => void) | undefined;
}

export function createTimeline(startMs: number): Timeline {
  const heap: Planned[] = [];
  let nowMs = startMs;
  let order = 0;

  function isBefore(left: Planned, right: Planned): boolean {
    return left.timeMs < right.timeMs || (left.timeMs === right.timeMs && left.order < right.order);
  }

  function push(planned: Planned): void {
    let index = heap.length;
    heap.push(planned);
    while (index > 0) {
      const above = (index - 1) >> 1;
      if (!isBefore(planned, heap[above] as Planned)) {
        break;
      }
      heap[index] = heap[above] as Planned;
      index = above;
    }
    heap[index] = planned;
  }

  function pop(): Planned {
    const first = heap[0] as Planned;
    const last = heap.pop() as Planned;
    if (heap.length > 0) {
      sink(last);
    }
    return first;
  }

  function sink(planned: Planned): void {
    let index = 0;
    for (;;) {
      let below = 2 * index + 1;
      const right = below + 1;
      if (right < heap.length && isBefore(heap[right] as Planned, heap[below] as Planned)) {
        below = right;
      }
      if (below >= heap.length || isBefore(planned, heap[below] as Planned)) {
        break;
      }
      heap[index] = heap[below] as Planned;
      index = below;
    }
    heap[index] = planned;
  }

  return {
    get nowMs(): number {
      return nowMs;
    },
    after(delayMs, work) {
      const planned: Planned = { timeMs: nowMs + Math.max(0, delayMs), order: order++, work };
      push(planned);
      return () => {
        planned.work = undefined;
      };
    },
    runUntil(timeMs) {
      while (heap[0] !== undefined && heap[0].timeMs <= timeMs) {
        const { timeMs: at, work } = pop();
        nowMs = at;
        work?.();
      }
      nowMs = Math.max(nowMs, timeMs);
    },
  };
}

/** Everything that happened, as one hash: equal seeds have equal traces. */
export interface Trace {
  note(text: string, bytes?: Uint8Array): void;
  digest(): string;
  /** The last lines, for a person. */
  readonly lines: readonly string[];
}

const keptLines = 4000;

export function createTrace(timeline: Timeline, keepsLines: boolean): Trace {
  const hash = createHash('sha256');
  const lines: string[] = [];
  return {
    lines,
    note(text, bytes) {
      const line = `${timeline.nowMs.toFixed(3)} ${text}\n`;
      hash.update(line);
      if (bytes !== undefined) {
        hash.update(bytes);
      }
      if (keepsLines) {
        lines.push(line.trimEnd());
        lines.splice(0, lines.length - keptLines);
      }
    },
    digest: () => hash.digest('hex'),
  };
}
