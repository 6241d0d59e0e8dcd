import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Result } from '../../../src/base/result.ts';
import { type Client, type ClientFault, createClient } from '../../../src/client/client.ts';
import { packageRoot } from '../../../src/daemon/ground/package-root.ts';
import { type RunningProcess, runProgram, startProcess } from './processes.ts';

/** A home with its daemon as a process of its own, driven over its socket. */
export interface Device {
  readonly home: string;
  readonly socketPath: string;
  readonly token: string;
  /** The daemon, while it runs. */
  readonly daemon: RunningProcess;
  /** The value of an API answer; throws in words when there is none. */
  ask<T>(call: (client: Client) => Promise<Result<T, ClientFault>>): Promise<T>;
  start(): Promise<RunningProcess>;
  stop(): Promise<void>;
}

export const command: string = join(packageRoot, 'bin', 'sourcesync.js');

/** Runs a command in a home. */
export async function runCommand(home: string, ...words: readonly string[]): Promise<unknown> {
  return runProgram([command, ...words, '--home', home, '--json']);
}

/** What a benchmark's device is told. */
export async function writeConfig(home: string, label: string, relayUrl: string): Promise<void> {
  const sections = [`[device]\nlabel = "${label}"`, `[relay]\nurl = "${relayUrl}"`];
  await mkdir(join(home, 'config'), { recursive: true });
  await writeFile(join(home, 'config', 'config.toml'), `${sections.join('\n\n')}\n`);
}

/** A device of a home that was set up. */
export function createDevice(
  home: string,
  nodeArguments: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Device {
  const socketPath = join(home, 'run', 'api.sock');
  const token = readFileSync(join(home, 'state', 'keys', 'api.token'), 'utf8').trim();
  const client = createClient({ socketPath, token, timeoutMs: 300_000 });
  let daemon: RunningProcess | undefined;

  return {
    home,
    socketPath,
    token,
    get daemon(): RunningProcess {
      if (daemon === undefined) {
        throw new Error('The daemon does not run.');
      }
      return daemon;
    },
    async ask(call) {
      const answer = await call(client);
      if (!answer.ok) {
        throw new Error(answer.error.kind === 'unreachable' ? answer.error.message : answer.error.problem.detail);
      }
      return answer.value;
    },
    async start() {
      daemon = await startProcess(
        [...nodeArguments, command, 'daemon', 'run', '--home', home, '--json'],
        join(home, 'daemon-stderr.log'),
        environment,
      );
      return daemon;
    },
    async stop() {
      await daemon?.stop();
      daemon = undefined;
    },
  };
}
