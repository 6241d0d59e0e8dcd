import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { type Client, createClient } from '../../src/client/client.ts';
import { sealAsOwner } from '../../src/daemon/keys/seal-call.ts';
import { packageRoot } from '../../src/daemon/ground/package-root.ts';

/** Real processes in a temporary folder: everything is ended and removed by `close`, whatever happened. */
export interface Stage {
  readonly root: string;
  /** `name` tells several of one stage apart; flags go to `relay serve`. */
  startRelay(name?: string, ...flags: readonly string[]): Promise<RunningRelay>;
  /** `program` is the command line of another build than this one. */
  home(name: string, program?: string): Home;
  close(): Promise<void>;
}

export interface RunningRelay {
  readonly url: string;
  /** Of its TLS key; null without TLS. */
  readonly pin: string | null;
  readonly folder: string;
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Sends a signal that ends nothing. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
  /** The same relay, at the same address, on the same data; with other flags where some are given. */
  restart(...flags: readonly string[]): Promise<void>;
}

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Home {
  readonly folder: string;
  run(...args: readonly string[]): Promise<CommandResult>;
  /** Runs with --json and answers the document, whatever its exit code says of it; throws when the command fails. */
  json<T>(...args: readonly string[]): Promise<T>;
  /** Resolves with its ready line. */
  startDaemon(environment?: Readonly<Record<string, string>>): Promise<unknown>;
  /** Everything that its daemons printed, on either stream. */
  printed(): string;
  /** Ends the daemon, SIGKILL for a crash, and waits until it is gone. */
  killDaemon(signal: NodeJS.Signals): Promise<void>;
  client(): Client;
}

const command = join(packageRoot, 'bin', 'sourcesync.js');
const patienceMs = 60_000;
const pollMs = 25;

export async function openStage(): Promise<Stage> {
  const root = await mkdtemp(join(tmpdir(), 'ss-'));
  const children = new Set<ChildProcess>();

  function start(
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
    program: string = command,
  ): ChildProcess {
    const child = spawn(process.execPath, [program, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
    });
    children.add(child);
    child.once('exit', () => children.delete(child));
    return child;
  }

  return {
    root,
    async startRelay(name = 'relay', ...flags) {
      const folder = join(root, name);
      let child: ChildProcess;
      const serve = async (listen: string, given = flags): Promise<Pick<RunningRelay, 'url' | 'pin'>> => {
        child = start(['relay', 'serve', '--listen', listen, '--data', folder, ...given, '--json']);
        return (await firstLine(child)) as Pick<RunningRelay, 'url' | 'pin'>;
      };
      const { url, pin } = await serve('127.0.0.1:0');
      return {
        ...{ url, pin },
        folder,
        kill: async (signal) => end(child, signal),
        signal: (signal) => void child.kill(signal),
        restart: async (...others) => void (await serve(new URL(url).host, others.length > 0 ? others : flags)),
      };
    },
    home: (name, program = command) =>
      createHome(join(root, name), program, (args, environment) => start(args, environment, program)),
    async close() {
      await Promise.all([...children].map(async (child) => end(child, 'SIGKILL')));
      await rm(root, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function createHome(
  folder: string,
  program: string,
  start: (args: readonly string[], environment?: Readonly<Record<string, string>>) => ChildProcess,
): Home {
  let daemon: ChildProcess | undefined;
  let printed = '';
  const run = async (...args: readonly string[]): Promise<CommandResult> =>
    runCommand([...args, '--home', folder], program);
  return {
    folder,
    run,
    async json<T>(...args: readonly string[]) {
      const { code, stdout, stderr } = await run(...args, '--json');
      if (code !== 0 && isProblem(stdout)) {
        throw new Error(`sourcesync ${args.join(' ')} ended with ${code}: ${stderr}`);
      }
      return JSON.parse(stdout) as T;
    },
    async startDaemon(environment) {
      daemon = start(['daemon', 'run', '--json', '--home', folder], environment);
      for (const stream of [daemon.stdout, daemon.stderr]) {
        stream?.on('data', (data: Buffer) => {
          printed += data.toString('latin1');
        });
      }
      return firstLine(daemon);
    },
    printed: () => printed,
    killDaemon: async (signal) => (daemon === undefined ? undefined : end(daemon, signal)),
    client: () =>
      createClient({
        socketPath: join(folder, 'run', 'api.sock'),
        token: readFileSync(join(folder, 'state', 'keys', 'api.token'), 'utf8').trim(),
        seal: async (call) => sealAsOwner(join(folder, 'state', 'keys'), call),
      }),
  };
}

/** What a command that failed prints in the place of its document; or it printed nothing. */
function isProblem(stdout: string): boolean {
  return stdout === '' || 'exitCode' in (JSON.parse(stdout) as object);
}

export async function runCommand(args: readonly string[], program: string = command): Promise<CommandResult> {
  return new Promise((resolve) => {
    const options = { maxBuffer: 64 * 1024 * 1024, timeout: patienceMs };
    const child = execFile(process.execPath, [program, ...args], options, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, stdout, stderr });
    });
    child.stdin?.end();
  });
}

async function firstLine(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let errors = '';
    child.stderr?.on('data', (data: Buffer) => {
      errors += data.toString('utf8');
    });
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      if (line.includes('"event":"ready"')) {
        resolve(JSON.parse(line));
      }
    });
    child.once('exit', (code) => {
      reject(new Error(`the process ended with ${code} before it was ready: ${errors}`));
    });
  });
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await gone;
  }
}

/** Waits until something holds; throws in words when it does not in time. */
export async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadlineMs = Date.now() + patienceMs;
  while (!(await holds())) {
    if (Date.now() > deadlineMs) {
      throw new Error(`did not come true: ${what}`);
    }
    await pause(pollMs);
  }
}

/** Path and content (latin-1) of every file below a folder; a file that goes away while it is read is left out. */
export async function filesBelow(folder: string): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    // The mark of the link is each device's own.
    if (entry.isFile() && !entry.parentPath.endsWith('/.sourcesync')) {
      const content = await readFile(path, 'latin1').catch(() => undefined);
      if (content !== undefined) {
        files.set(path.slice(folder.length + 1), content);
      }
    }
  }
  return files;
}

export async function sameFiles(left: string, right: string): Promise<boolean> {
  const [one, other] = await Promise.all([filesBelow(left), filesBelow(right)]);
  return one.size === other.size && [...one].every(([path, content]) => other.get(path) === content);
}

/** Two homes of one person with running daemons, paired without digits; the laptop's may be another build. */
export async function pairedHomes(
  stage: Stage,
  relay: RunningRelay,
  programOfLaptop?: string,
): Promise<{ desk: Home; laptop: Home; phrase: string }> {
  const desk = stage.home('desk');
  const laptop = stage.home('laptop', programOfLaptop);
  const init = ['init', '--label', 'desk', '--relay', relay.url, '--yes'];
  const { phrase } = await desk.json<{ phrase: string }>(...init);
  await desk.startDaemon();
  const { code } = await desk.json<{ code: string }>('pair', 'invite', '--trust-code');
  await laptop.json('pair', 'join', code, '--label', 'laptop', '--trust-code');
  await laptop.startDaemon();
  return { desk, laptop, phrase };
}
