import { join } from 'node:path';
import { MessageChannel, type MessagePort, Worker, receiveMessageOnPort } from 'node:worker_threads';
import { packageRoot } from '../ground/package-root.ts';
import type { ScriptAnswer, ScriptCall } from './script-call.ts';

/** A thread for scripts of third parties, which can be ended whatever runs in it. */
export interface ScriptThread {
  /** Waits for the answer, or the deadline: its users are transactions, which are synchronous. Starts the thread when needed. */
  run(call: ScriptCall): ScriptAnswer;
}

/** What the thread is given at its start. */
export interface ScriptThreadData {
  readonly port: MessagePort;
  /** Counts answers; whoever waits for one sleeps on it. */
  readonly answered: Int32Array<SharedArrayBuffer>;
}

const workerProgram = join(packageRoot, 'dist', 'program', 'script-worker.js');

/** Built-in functions of QuickJS may run long between two steps; nothing that is honest comes near this. */
const usualDeadlineMs = 3_000;
/** For the thread, and for what each script does first: a machine that has just been switched on is slow. */
const startDeadlineMs = 30_000;
/** A script that was ended so often is not run again by this process: each time, everything had waited for it. */
const mostOverruns = 3;
/** Far more than QuickJS's own limit of its stack can use, so that where it ends does not depend on the machine. */
const stackMebibytes = 16;

export function createScriptThread(deadlineMs: number = usualDeadlineMs): ScriptThread {
  const overrunsByScript = new Map<string, number>();
  let running: Running | undefined;

  function end(): void {
    void running?.worker.terminate();
    running = undefined;
  }

  return {
    run(call) {
      const overruns = overrunsByScript.get(call.script) ?? 0;
      if (overruns >= mostOverruns) {
        return { ok: false, fault: { kind: 'resting' } };
      }
      running = running?.hasEnded() === false ? running : start();
      if (running === undefined) {
        return { ok: false, fault: { kind: 'no_thread' } };
      }
      const waitMs = call.migration === undefined && call.place === undefined ? startDeadlineMs : deadlineMs;
      const answer = exchange(running, waitMs, call) as ScriptAnswer | undefined;
      if (answer === undefined) {
        end();
        overrunsByScript.set(call.script, overruns + 1);
      }
      return answer ?? { ok: false, fault: { kind: 'deadline' } };
    },
  };
}

interface Running extends ScriptThreadData {
  readonly worker: Worker;
  hasEnded(): boolean;
}

/** Undefined where the system has no room for a thread, or it does not begin. */
function start(): Running | undefined {
  const { port1: port, port2: inner } = new MessageChannel();
  const answered = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const worker = startWorker({ port: inner, answered });
  if (worker === undefined) {
    return undefined;
  }
  let hasEnded = false;
  worker.once('exit', () => {
    hasEnded = true;
  });
  // What ends it is seen by its silence; a missing listener would end the daemon.
  worker.on('error', () => undefined);
  worker.unref();
  const running: Running = { worker, port, answered, hasEnded: () => hasEnded };
  if (exchange(running, startDeadlineMs) === undefined) {
    void worker.terminate();
    return undefined;
  }
  return running;
}

function startWorker(workerData: ScriptThreadData): Worker | undefined {
  try {
    return new Worker(workerProgram, {
      ...{ workerData, transferList: [workerData.port] },
      resourceLimits: { stackSizeMb: stackMebibytes },
      // An interpreter that gives up says so there; the fault says it in better words.
      ...{ stdout: true, stderr: true },
    });
  } catch {
    return undefined;
  }
}

/** The next message of the thread, asked for with `call` if there is one; undefined when it did not come in time. */
function exchange({ port, answered }: Running, waitMs: number, call?: ScriptCall): unknown {
  const before = call === undefined ? 0 : Atomics.load(answered, 0);
  if (call !== undefined) {
    port.postMessage(call);
  }
  Atomics.wait(answered, 0, before, waitMs);
  return receiveMessageOnPort(port)?.message as unknown;
}
