import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { assert } from '../../base/assert.ts';
import type { HomePaths, ReadyLine, StartedDaemon } from '../../cli/ground/context.ts';
import { exitCodes } from '../../cli/ground/exit-codes.ts';
import type { CommandFault } from '../../cli/ground/fault.ts';
import { packageRoot } from '../ground/package-root.ts';
import { unwritable } from '../ground/unwritable.ts';

/** Starts the daemon of a home as a process of its own and waits for its ready line. Its log goes to a file. */
export async function spawnDaemon(paths: HomePaths, home: string | undefined): Promise<StartedDaemon | CommandFault> {
  const obstacle = unwritable(paths);
  if (obstacle !== undefined) {
    return obstacle;
  }
  mkdirSync(paths.state, { recursive: true, mode: 0o700 });
  const log = openSync(paths.log, 'a', 0o600);
  const homeArguments = home === undefined ? [] : ['--home', home];
  const child = spawn(process.execPath, [join(packageRoot, 'bin', 'sourcesyncd.js'), '--json', ...homeArguments], {
    detached: true,
    stdio: ['ignore', 'pipe', log],
  });
  closeSync(log);
  const { stdout } = child;
  assert(stdout !== null, 'the ready line comes through a pipe');
  const ready = await new Promise<ReadyLine | undefined>((resolve) => {
    // A daemon that cannot start says why in a document, too, and ends.
    createInterface({ input: stdout }).on('line', (line) => {
      const { event, ...ready } = JSON.parse(line) as ReadyLine & { readonly event?: string };
      if (event === 'ready') {
        resolve(ready);
      }
    });
    child.once('exit', () => {
      resolve(undefined);
    });
  });
  stdout.destroy();
  child.unref();
  if (ready === undefined) {
    const code = child.exitCode ?? exitCodes.failed;
    return { exitCode: code as CommandFault['exitCode'], message: lastLines(paths.log) };
  }
  const { pid, socket, locked, message } = ready;
  return { pid, socket, locked, message };
}

function lastLines(path: string): string {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  return lines.slice(-3).join('\n') || `The daemon did not start. Its log is ${path}.`;
}
