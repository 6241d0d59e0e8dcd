import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { assert } from '../../../src/base/assert.ts';

/** A process that was started here, after it has said that it is ready. */
export interface RunningProcess {
  readonly pid: number;
  /** What its ready line said. */
  readonly ready: Readonly<Record<string, unknown>>;
  /** From spawning it to its ready line. */
  readonly startMs: number;
  /** False once it has ended, by itself or not. */
  readonly isRunning: boolean;
  /** Asks it to end and waits until it has; kills it when it does not within ten seconds. */
  stop(): Promise<void>;
  /** Ends it at once, as a crash does. */
  kill(): Promise<void>;
}

const patienceMs = 10_000;
const running = new Set<ChildProcess>();

process.once('exit', () => {
  for (const child of running) {
    child.kill('SIGKILL');
  }
});

/** Nothing that was started here outlives this process when a person or a system ends it. */
export function endOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      process.exit(1);
    });
  }
}

/** Starts a node program; its first line on stdout is JSON and says that it is ready. Stderr goes to a file. */
export async function startProcess(
  nodeArguments: readonly string[],
  logPath: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<RunningProcess> {
  const log = openSync(logPath, 'a');
  const startedMs = performance.now();
  const child = spawn(process.execPath, nodeArguments, {
    stdio: ['ignore', 'pipe', log],
    env: { ...process.env, SOURCESYNC_LOG: 'warn', ...environment },
  });
  closeSync(log);
  const { stdout } = child;
  assert(stdout !== null, 'the ready line comes through a pipe');
  running.add(child);
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => {
      running.delete(child);
      resolve();
    });
  });
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: stdout }).on('line', (said) => {
      // A program that cannot run prints what is wrong, and ends.
      if (!said.includes('"exitCode"')) {
        resolve(said);
      }
    });
    child.once('exit', (code) => {
      reject(
        new Error(
          `A process ended before it was ready (exit code ${code}): ${readFileSync(logPath, 'utf8').slice(-2000)}`,
        ),
      );
    });
  });
  return {
    pid: child.pid as number,
    ready: JSON.parse(line) as Record<string, unknown>,
    startMs: performance.now() - startedMs,
    get isRunning(): boolean {
      return child.exitCode === null && child.signalCode === null;
    },
    async stop() {
      const killer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
      child.kill('SIGTERM');
      await exited;
      clearTimeout(killer);
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** Runs a node program to its end and answers the JSON it printed. */
export async function runProgram(nodeArguments: readonly string[]): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const options = { maxBuffer: 64 * 1024 * 1024, env: { ...process.env, SOURCESYNC_LOG: 'warn' } };
    const child = execFile(process.execPath, nodeArguments, options, (error, stdout, stderr) => {
      running.delete(child);
      if (error === null) {
        resolve(JSON.parse(stdout) as unknown);
      } else {
        reject(new Error(`A program failed: ${stderr.trim() || stdout.trim() || error.message}`));
      }
    });
    running.add(child);
  });
}
