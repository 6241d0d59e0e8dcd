import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Result } from '../base/result.ts';
import { type Client, type ClientFault, createClient } from '../client/client.ts';

/** One device of the demo: a home of its own, driven as a person would, by commands and through its API. */
export interface DemoDevice {
  readonly name: string;
  readonly home: string;
  /** Runs a command of this home and answers its JSON; throws in words when it fails. */
  run(...args: readonly string[]): Promise<unknown>;
  /** The value of an API answer; throws in words when there is none. */
  ask<T>(call: (client: Client) => Promise<Result<T, ClientFault>>): Promise<T>;
  /** The home folder of its person, made by the demo: nobody's own start files are ever looked at. */
  readonly person: string;
  /** A folder of this device's files. */
  folder(name: string): string;
  startDaemon(): Promise<void>;
  stopDaemon(): Promise<void>;
}

export async function createDemoDevice(command: string, root: string, name: string): Promise<DemoDevice> {
  const home = join(root, name);
  const files = join(root, `${name}-files`);
  const person = join(root, `${name}-person`);
  await mkdir(files, { recursive: true });
  await mkdir(person);
  const run = async (...args: readonly string[]): Promise<unknown> =>
    runCommand(command, [...args, '--home', home, '--json'], person);
  let client: Client | undefined;

  return {
    name,
    home,
    person,
    run,
    folder: (folder) => join(files, folder),
    async ask(call) {
      if (client === undefined) {
        const paths = (await run('paths')) as { socket: string; token: string };
        client = createClient({ socketPath: paths.socket, token: readFileSync(paths.token, 'utf8').trim() });
      }
      const answer = await call(client);
      if (!answer.ok) {
        throw new Error(answer.error.kind === 'unreachable' ? answer.error.message : answer.error.problem.detail);
      }
      return answer.value;
    },
    async startDaemon() {
      await run('daemon', 'start');
    },
    async stopDaemon() {
      await run('daemon', 'stop');
    },
  };
}

async function runCommand(command: string, args: readonly string[], person: string): Promise<unknown> {
  // Whatever else leads to settings of whoever runs the demo stays out.
  const { PATH, TMPDIR } = process.env;
  const env = { HOME: person, ...(PATH === undefined ? {} : { PATH }), ...(TMPDIR === undefined ? {} : { TMPDIR }) };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [command, ...args], { maxBuffer: 64 * 1024 * 1024, env }, (error, stdout, stderr) => {
      if (error !== null) {
        reject(new Error(`sourcesync ${args.slice(0, -3).join(' ')} failed: ${stderr.trim() || error.message}`));
        return;
      }
      resolve(JSON.parse(stdout) as unknown);
    });
  });
}
