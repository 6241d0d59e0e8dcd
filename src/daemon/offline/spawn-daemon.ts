import { spawn } from 'node:child_process';
import { closeSync, fstatSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { assert } from '../../base/assert.ts';
import { isJsonObject } from '../../base/json.ts';
import { parseJsonText } from '../../base/json-text.ts';
import type { HomePaths, ReadyLine, StartedDaemon } from '../../cli/ground/context.ts';
import { exitCodes } from '../../cli/ground/exit-codes.ts';
import type { CommandFault } from '../../cli/ground/fault.ts';
import { boundLog } from '../ground/log-size.ts';
import { packageRoot } from '../ground/package-root.ts';
import { readKeyFile } from '../keys/key-file.ts';
import { withoutKeys } from '../keys/not-set-up.ts';
import { unwritable } from '../ground/unwritable.ts';

/** As the log numbers them: 50 is an error, 60 a fatal one. */
const errorLevel = 50;

/** Starts the daemon of a home as a process of its own and waits for its ready line. Its log goes to a file. */
export async function spawnDaemon(paths: HomePaths, home: string | undefined): Promise<StartedDaemon | CommandFault> {
  const obstacle = unwritable(paths);
  if (obstacle !== undefined) {
    return obstacle;
  }
  // Else the log of a home would begin before the home.
  const keys = readKeyFile(paths.keys);
  if (!keys.ok && keys.error.kind === 'absent') {
    return withoutKeys(paths, keys.error);
  }
  mkdirSync(paths.state, { recursive: true, mode: 0o700 });
  boundLog(paths.log);
  const log = openSync(paths.log, 'a', 0o600);
  // What stands there is of earlier daemons.
  const loggedBytes = fstatSync(log).size;
  const homeArguments = home === undefined ? [] : ['--home', home];
  const child = spawn(process.execPath, [join(packageRoot, 'bin', 'sourcesyncd.js'), '--json', ...homeArguments], {
    detached: true,
    stdio: ['ignore', 'pipe', log],
  });
  closeSync(log);
  const { stdout } = child;
  assert(stdout !== null, 'the ready line comes through a pipe');
  let fault: string | undefined;
  const ready = await new Promise<ReadyLine | undefined>((resolve) => {
    createInterface({ input: stdout }).on('line', (line) => {
      const { event, detail, ...ready } = JSON.parse(line) as SaidAtStart;
      fault = detail ?? fault;
      if (event === 'ready') {
        resolve(ready);
      }
    });
    // Once it has ended, and everything that it said was read.
    child.once('close', () => {
      resolve(undefined);
    });
  });
  stdout.destroy();
  child.unref();
  if (ready === undefined) {
    const code = child.exitCode ?? exitCodes.failed;
    const how = child.signalCode === null ? `exit code ${child.exitCode}` : `by ${child.signalCode}`;
    return {
      exitCode: code as CommandFault['exitCode'],
      message: fault ?? endedInWords(how, readFileSync(paths.log).subarray(loggedBytes).toString('utf8'), paths.log),
    };
  }
  const { pid, socket, locked, message } = ready;
  return { pid, socket, locked, message };
}

/** The ready line; or, of a daemon that cannot start, the document that says why. */
type SaidAtStart = ReadyLine & { readonly event?: string; readonly detail?: string };

/** What is said of a daemon that ended without saying why itself. `said` is what it has logged, for programs. */
export function endedInWords(how: string, said: string, log: string): string {
  const last = said.split('\n').flatMap(wordsOf).at(-1);
  return `The daemon ended before it was ready (${how})${last === undefined ? '' : `: ${last}`}. More stands in its log: ${log}`;
}

/** A line of the log that tells of an error, without what only its makers read. */
function wordsOf(line: string): readonly string[] {
  const parsed = parseJsonText(line);
  const { msg: message, level, err } = parsed.ok && isJsonObject(parsed.value) ? parsed.value : {};
  if (typeof message !== 'string' || Number(level) < errorLevel) {
    return [];
  }
  const cause = isJsonObject(err) ? err['message'] : undefined;
  return [typeof cause === 'string' && cause !== message ? `${message} (${cause})` : message];
}
