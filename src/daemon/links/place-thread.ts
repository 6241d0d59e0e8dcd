import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type Result, err } from '../../base/result.ts';
import { packageRoot } from '../ground/package-root.ts';
import type { PlaceAnswers, PlaceJob, PlaceQuestion } from './place-job.ts';

/** A thread in which places are taken apart, so that the daemon goes on answering; it ends with what it holds once it is idle. */
export interface PlaceThread {
  /** One question after the other. Or in words why there is no answer: it took too long, or the thread ended. */
  ask<K extends PlaceQuestion['kind']>(
    job: Extract<PlaceJob, { readonly kind: K }>,
  ): Promise<Result<PlaceAnswers[K], string>>;
  /** Ends the thread; the next question starts another. */
  end(): Promise<void>;
}

export interface PlaceThreadOptions {
  readonly program?: string;
  /** For one question, and for the start of the thread with the first. */
  readonly deadlineMs?: number;
  readonly idleMs?: number;
}

const workerProgram = join(packageRoot, 'dist', 'program', 'place-worker.js');
/** Nothing that a person has comes near this, not even on a machine that does ten other things. */
const usualDeadlineMs = 60_000;
const usualIdleMs = 5_000;
/** Far more than the largest place needs; without it a text that is made to would take the memory of the daemon. */
const mostHeapMebibytes = 512;

export function createPlaceThread({
  program = workerProgram,
  deadlineMs = usualDeadlineMs,
  idleMs = usualIdleMs,
}: PlaceThreadOptions = {}): PlaceThread {
  let worker: Worker | undefined;
  let queue: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  let idle: NodeJS.Timeout | undefined;

  async function end(): Promise<void> {
    clearTimeout(idle);
    const ended = worker;
    worker = undefined;
    await ended?.terminate();
  }

  async function run(job: PlaceJob): Promise<Result<never, string>> {
    clearTimeout(idle);
    worker ??= start(program);
    const answer = await answerOf(worker, job, deadlineMs);
    if (answer === undefined || 'failure' in answer) {
      await end();
      return err(answer?.failure ?? `What reads it took more than ${deadlineMs / 1000} seconds, and was ended.`);
    }
    return answer.message as Result<never, string>;
  }

  return {
    ask(job) {
      waiting++;
      const asked = queue.then(() => run(job));
      queue = asked
        .catch(() => undefined)
        .then(() => {
          waiting--;
          if (waiting === 0) {
            idle = setTimeout(() => void end(), idleMs).unref();
          }
        });
      return asked;
    },
    end,
  };
}

function start(program: string): Worker {
  const worker = new Worker(program, {
    // Not what the daemon was started with: whoever watches its loop does not mean this one.
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: mostHeapMebibytes },
  });
  // What ends it between two questions is seen by the next one; a missing listener would end the daemon.
  worker.on('error', () => undefined);
  worker.unref();
  return worker;
}

type Answer = { readonly message: unknown } | { readonly failure: string } | undefined;

/** Undefined where it did not come in time. The process lives on for an answer that somebody waits for. */
async function answerOf(worker: Worker, job: PlaceJob, deadlineMs: number): Promise<Answer> {
  let clear = (): void => undefined;
  const answer = await new Promise<Answer>((resolve) => {
    const onMessage = (message: unknown): void => resolve({ message });
    const onError = ({ message }: Error): void => resolve({ failure: `What reads it ended: ${message}.` });
    const onExit = (): void => resolve({ failure: 'What reads it ended before it answered.' });
    const timer = setTimeout(resolve, deadlineMs, undefined);
    worker.ref();
    worker.once('message', onMessage).once('error', onError).once('exit', onExit);
    clear = () => {
      clearTimeout(timer);
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      worker.unref();
    };
    worker.postMessage(job);
  });
  clear();
  return answer;
}
