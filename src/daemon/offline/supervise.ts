import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { dirname, join } from 'node:path';
import type { HomePaths, ReadyLine } from '../../cli/ground/context.ts';
import { exitCodes } from '../../cli/ground/exit-codes.ts';
import type { CommandFault } from '../../cli/ground/fault.ts';
import { packageRoot } from '../ground/package-root.ts';
import { mostRestarts, planRestart } from './restart-plan.ts';

/** Of what a daemon said last, as much as is kept. */
const lastWordsBytes = 64 * 1024;

export interface SuperviseOptions {
  readonly paths: HomePaths;
  readonly home: string | undefined;
  readonly relayListen: string | undefined;
  /** Called for each daemon that came up. */
  readonly onReady: (ready: ReadyLine) => void;
}

interface End {
  /** What the daemon means by it; null where it was killed. */
  readonly code: number | null;
  readonly how: string;
  readonly wasReady: boolean;
  readonly lastWords: string;
}

/**
 * Runs the daemon of a home as a process of its own, and again when it ends by itself; until it is stopped, or ends so
 * often that a person has to look. What it said last is kept beside its log.
 */
export async function superviseDaemon(options: SuperviseOptions): Promise<CommandFault | undefined> {
  const ranMs: number[] = [];
  const stopping = createStopping();
  try {
    for (;;) {
      const startedMs = performance.now();
      const end = await runOnce(options, stopping);
      if (end.code === exitCodes.done || stopping.isAsked) {
        return undefined;
      }
      if (!end.wasReady && ranMs.length === 0) {
        // It cannot run at all, and has said why itself.
        return { exitCode: (end.code ?? exitCodes.failed) as CommandFault['exitCode'], message: '' };
      }
      const kept = keepLastWords(options.paths, end);
      ranMs.push(performance.now() - startedMs);
      const plan = planRestart(ranMs);
      if (plan.kind === 'give_up') {
        const message = `The daemon ended ${mostRestarts + 1} times in a row (${end.how}) and is not started again. Read ${kept}, mend the cause, and start it.`;
        return { exitCode: exitCodes.failed, message };
      }
      const seconds = Math.round(plan.afterMs / 1000);
      process.stderr.write(`The daemon ended (${end.how}); it is started again in ${seconds} s. See: ${kept}\n`);
      await stopping.orAfter(plan.afterMs);
      if (stopping.isAsked) {
        return undefined;
      }
    }
  } finally {
    stopping.close();
  }
}

async function runOnce({ home, relayListen, onReady }: SuperviseOptions, stopping: Stopping): Promise<End> {
  const flags = ['--json', ...(home === undefined ? [] : ['--home', home])];
  const relay = relayListen === undefined ? [] : ['--embed-relay', relayListen];
  // In a group of its own, so that Ctrl-C reaches it once, through this process.
  const child = spawn(process.execPath, [join(packageRoot, 'bin', 'sourcesyncd.js'), ...flags, ...relay], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let wasReady = false;
  let lastWords = '';
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { event, ...ready } = JSON.parse(line) as ReadyLine & { readonly event?: string };
    if (event === 'ready') {
      wasReady = true;
      onReady(ready);
    }
  });
  child.stderr.on('data', (data: Buffer) => {
    lastWords = (lastWords + data.toString('utf8')).slice(-lastWordsBytes);
    process.stderr.write(data);
  });
  stopping.watch(child);
  return new Promise((resolve) => {
    child.once('close', (code, signal) => {
      const how = signal === null ? `exit code ${code}` : `by ${signal}`;
      resolve({ code, how, wasReady, lastWords });
    });
  });
}

/** Where the last words of the daemon that ended are; a full disk keeps none. */
function keepLastWords({ log }: HomePaths, { lastWords, how }: End): string {
  const path = join(dirname(log), 'daemon.last.log');
  try {
    writeFileSync(path, `${lastWords}The daemon ended (${how}) at ${new Date().toISOString()}.\n`, { mode: 0o600 });
    return path;
  } catch {
    return log;
  }
}

interface Stopping {
  readonly isAsked: boolean;
  /** Who is told to stop as this process is. */
  watch(child: ChildProcess): void;
  /** Resolves after this, or when this process is told to stop. */
  orAfter(delayMs: number): Promise<void>;
  close(): void;
}

function createStopping(): Stopping {
  let isAsked = false;
  let current: ChildProcess | undefined;
  let wake = (): void => undefined;
  const ask = (): void => {
    isAsked = true;
    current?.kill('SIGTERM');
    wake();
  };
  // What cannot be told to a full disk is told to nobody.
  process.stderr.on('error', () => undefined);
  process.on('SIGINT', ask);
  process.on('SIGTERM', ask);
  return {
    get isAsked(): boolean {
      return isAsked;
    },
    watch(child) {
      current = child;
    },
    orAfter: async (delayMs) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, delayMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      }),
    close() {
      process.off('SIGINT', ask);
      process.off('SIGTERM', ask);
    },
  };
}
