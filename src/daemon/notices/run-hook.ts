import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { homedir } from 'node:os';

/** How a run ended. */
export interface HookEnd {
  readonly ok: boolean;
  readonly message: string;
  readonly tookMs: number;
  readonly output: string;
}

export interface HookRun {
  /** Resolves, whatever the program does, soon after its time is over. */
  readonly ended: Promise<HookEnd>;
  /** Ends it now, with all that it started. */
  end(): void;
}

export interface HookStart {
  readonly command: readonly [string, ...string[]];
  readonly input: string;
  readonly timeoutMs: number;
  readonly environment: NodeJS.ProcessEnv;
}

/** Of what a hook writes, as much as is kept. */
export const keptOutputBytes: number = 2 * 1024;
/** Who writes more than this has lost its way, and is ended before the daemon does nothing but read. */
export const mostOutputBytes: number = 1024 * 1024;
/** Between being asked to end and being ended. */
const graceMs = 2000;
/** After its end what it wrote last is still in the pipe, which a process that left its group may hold open. */
const lastWordsMs = 500;

/** Runs a program without a shell, in a process group of its own that goes as a whole. */
export function runHook({ command: [file, ...words], input, timeoutMs, environment }: HookStart): HookRun {
  const startedMs = performance.now();
  const output = createKept();
  const endOf = (ok: boolean, message: string): HookEnd => ({
    ...{ ok, message, output: output.text() },
    tookMs: Math.round(performance.now() - startedMs),
  });
  let child: ChildProcessWithoutNullStreams;
  try {
    child = spawn(file, words, { cwd: homedir(), detached: true, env: environment, stdio: 'pipe' });
  } catch (cause) {
    return { ended: Promise.resolve(endOf(false, notRun(cause))), end: () => undefined };
  }
  const ending = createEnding(child);
  const timer = setTimeout(() => ending.because(`It was ended after ${timeoutMs / 1000} s, its time.`), timeoutMs);
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data: Buffer) => {
      if (output.add(data) > mostOutputBytes) {
        stream.pause();
        ending.because(`It was ended because it wrote more than ${mostOutputBytes / 1024} KiB.`);
      }
    });
  }
  // Who does not read what it is told may well be right.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);

  const ended = new Promise<HookEnd>((resolve) => {
    const finish = (end: HookEnd): void => {
      clearTimeout(timer);
      ending.over();
      child.stdout.destroy();
      child.stderr.destroy();
      resolve(end);
    };
    child.once('error', (cause) => finish(endOf(false, notRun(cause))));
    child.once('exit', (code, by) => {
      // What it left running goes with it.
      ending.signal('SIGKILL');
      const message = ending.reason ?? (by === null ? `It ended with ${code}.` : `It ended by ${by}.`);
      const settle = (): void => finish(endOf(ending.reason === undefined && code === 0, message));
      const late = setTimeout(settle, lastWordsMs);
      child.once('close', () => {
        clearTimeout(late);
        settle();
      });
    });
  });
  return {
    ended,
    end: () => ending.because('It was ended: the daemon stops, or the hook is written differently now.'),
  };
}

function notRun(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  return `It could not be run (${code ?? message}).`;
}

interface Ending {
  /** Why it did not end by itself. */
  readonly reason: string | undefined;
  signal(name: NodeJS.Signals): void;
  /** It is asked to end, and then ended. */
  because(reason: string): void;
  over(): void;
}

function createEnding({ pid }: { readonly pid?: number | undefined }): Ending {
  let why: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  const signal = (name: NodeJS.Signals): void => {
    try {
      if (pid !== undefined) {
        process.kill(-pid, name);
      }
    } catch {
      // Nobody of the group is left.
    }
  };
  return {
    get reason(): string | undefined {
      return why;
    },
    signal,
    because(reason) {
      if (why === undefined) {
        why = reason;
        signal('SIGTERM');
        timer = setTimeout(() => signal('SIGKILL'), graceMs);
      }
    },
    over: () => clearTimeout(timer),
  };
}

interface Kept {
  /** Answers how much there was in all. */
  add(data: Buffer): number;
  text(): string;
}

function createKept(): Kept {
  const kept: Buffer[] = [];
  let keptBytes = 0;
  let bytes = 0;
  return {
    add(data) {
      const part = data.subarray(0, keptOutputBytes - keptBytes);
      kept.push(part);
      keptBytes += part.length;
      bytes += data.length;
      return bytes;
    },
    text() {
      const text = Buffer.concat(kept).toString('utf8').trimEnd();
      return bytes > keptBytes ? `${text}\n(and ${bytes - keptBytes} bytes more)` : text;
    },
  };
}
