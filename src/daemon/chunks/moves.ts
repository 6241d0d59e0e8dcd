import type { RecordId } from '../../base/ids.ts';
import type { LargeAnswer } from '../../sources/ground/large-files.ts';
import { errnoOf, problemCodeOf } from '../../sources/ground/problems.ts';
import { MoveEnded, type MoveFault } from './moved.ts';
import type { MoveTurns } from './move-turns.ts';

/** What is to be moved for a path, and how. */
export interface Wanted<T> {
  /** Says what the path needs: whatever is under way for something else ends. */
  readonly key: string;
  readonly sizeBytes: number;
  /** `told` is called with how much is done; it throws where the move is to end. Undefined where the file changed under it. */
  readonly move: (told: (doneBytes: number) => void) => Promise<T | undefined>;
}

/** Moves of one folder, at most one for a path. */
export interface Moves<T> {
  /** What came of it; begins it where nothing did yet. */
  answerFor(id: RecordId, wanted: Wanted<T>): LargeAnswer<T>;
  end(id: RecordId): void;
  /** What waits to be tried again is tried again now. */
  retryNow(id: RecordId): void;
  /** How much of what is under way for a path is done, in words; undefined where nothing is. */
  progressOf(id: RecordId): string | undefined;
  /** Keys of all that is wanted. */
  keys(): readonly string[];
  stop(): Promise<void>;
}

export interface MovesDeps {
  readonly turns: MoveTurns;
  /** Whether a person asked for this path before others. */
  readonly isAsked: (id: RecordId) => boolean;
  readonly isAnyOnline: () => boolean;
  /** There is something for this path, or it is to be tried again. */
  readonly again: (id: RecordId) => void;
}

interface Job<T> {
  readonly key: string;
  readonly sizeBytes: number;
  attempts: number;
  isEnded: boolean;
  doneBytes: number;
  answer: LargeAnswer<T>;
  retry?: NodeJS.Timeout;
}

const firstRetryMs = 500;
const longestRetryMs = 5000;
const slowRetryMs = 60_000;
const changed: MoveFault = { code: 'large_moving', detail: 'it changes while it is read', retry: 'soon' };

export function createMoves<T>({ turns, isAsked, isAnyOnline, again }: MovesDeps): Moves<T> {
  const jobs = new Map<RecordId, Job<T>>();
  const running = new Set<Promise<void>>();

  function begin(id: RecordId, wanted: Wanted<T>, attempts: number): Job<T> {
    const job: Job<T> = newJob(wanted, attempts);
    jobs.set(id, job);
    const turn = { sizeBytes: wanted.sizeBytes, isAsked: () => !job.isEnded && isAsked(id) };
    const work = turns
      .run(turn, () => moved(job, wanted))
      .then((outcome) => (job.isEnded ? undefined : settle(id, job, outcome)))
      .finally(() => running.delete(work));
    running.add(work);
    return job;
  }

  function settle(id: RecordId, job: Job<T>, outcome: LargeAnswer<T> & { readonly retry?: MoveFault['retry'] }): void {
    const { retry = 'never', ...answer } = outcome;
    job.answer = answer;
    if (retry !== 'never') {
      tryLater(id, job, retry === 'slowly' ? slowRetryMs : Math.min(firstRetryMs * 2 ** job.attempts, longestRetryMs));
    }
    again(id);
  }

  function tryLater(id: RecordId, job: Job<T>, delayMs: number): void {
    job.retry = setTimeout(() => {
      if (job.answer.kind === 'not_yet' && job.answer.code === 'large_waits' && !isAnyOnline()) {
        tryLater(id, job, firstRetryMs);
        return;
      }
      tryNow(id, job);
    }, delayMs).unref();
  }

  function tryNow(id: RecordId, job: Job<T>): void {
    clearTimeout(job.retry);
    delete job.retry;
    job.isEnded = true;
    again(id);
  }

  function end(id: RecordId): void {
    const job = jobs.get(id);
    if (job !== undefined) {
      job.isEnded = true;
      clearTimeout(job.retry);
      jobs.delete(id);
    }
  }

  return {
    answerFor(id, wanted) {
      const held = jobs.get(id);
      if (held?.key === wanted.key && !held.isEnded) {
        return held.answer;
      }
      end(id);
      return begin(id, wanted, held?.key === wanted.key ? held.attempts + 1 : 0).answer;
    },
    end,
    retryNow(id) {
      const job = jobs.get(id);
      if (job?.retry !== undefined) {
        tryNow(id, job);
      }
    },
    progressOf(id) {
      const job = jobs.get(id);
      return job && progressIn(job);
    },
    keys: () => [...jobs.values()].map(({ key }) => key),
    async stop() {
      [...jobs.keys()].forEach(end);
      await Promise.all(running);
    },
  };
}

function newJob<T>({ key, sizeBytes }: Wanted<T>, attempts: number): Job<T> {
  const answer = { kind: 'not_yet', code: 'large_moving', detail: inMebibytes(sizeBytes) } as const;
  return { key, sizeBytes, attempts, isEnded: false, doneBytes: 0, answer };
}

function progressIn<T>({ answer, doneBytes, sizeBytes }: Job<T>): string | undefined {
  const isMoving = answer.kind === 'not_yet' && doneBytes > 0;
  return isMoving ? `${inMebibytes(doneBytes)} of ${inMebibytes(sizeBytes)}` : undefined;
}

async function moved<T>(
  job: Job<T>,
  { move }: Wanted<T>,
): Promise<LargeAnswer<T> & { readonly retry?: MoveFault['retry'] }> {
  const told = (doneBytes: number): void => {
    if (job.isEnded) {
      throw new MoveEnded({ code: 'large_moving', detail: '', retry: 'never' });
    }
    job.doneBytes = doneBytes;
  };
  try {
    told(0);
    const value = await move(told);
    return value === undefined ? { kind: 'not_yet', ...changed } : { kind: 'ready', value };
  } catch (cause) {
    return { kind: 'not_yet', ...(cause instanceof MoveEnded ? cause.fault : diskFault(cause)) };
  }
}

/** An error of the disk; whatever else is thrown is a bug. */
function diskFault(cause: unknown): MoveFault {
  const errno = errnoOf(cause);
  if (errno === undefined) {
    throw cause;
  }
  return { code: problemCodeOf(errno, true), detail: (cause as Error).message, retry: 'soon' };
}

function inMebibytes(sizeBytes: number): string {
  return `${(sizeBytes / 1024 / 1024).toFixed(1)} MiB`;
}
