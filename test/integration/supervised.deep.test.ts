import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Home, type Stage, openStage } from '../helpers/processes.ts';

const command = join(import.meta.dirname, '..', '..', 'bin', 'sourcesync.js');
let stage: Stage;
let supervisor: ChildProcess | undefined;

beforeEach(async () => {
  stage = await openStage();
});

afterEach(async () => {
  if (supervisor?.exitCode === null) {
    const gone = once(supervisor, 'exit');
    supervisor.kill('SIGTERM');
    await gone;
  }
  await stage.close();
});

/** Answers the ready lines as they come. */
function supervise(home: Home): { ready(): Promise<{ readonly pid: number }>; readonly ended: Promise<unknown> } {
  const child = spawn(process.execPath, [command, 'daemon', 'run', '--supervised', '--json', '--home', home.folder], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  supervisor = child;
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    ready: async () => JSON.parse((await lines.next()).value as string) as { readonly pid: number },
    ended: once(child, 'exit').then(([code]) => code as unknown),
  };
}

describe('a daemon that is supervised', () => {
  it('17. is there again after it was killed, has kept what it said last, and ends when it is stopped', async () => {
    const home = stage.home('desk');
    await home.json('init', '--label', 'desk', '--yes');
    const { ready, ended } = supervise(home);
    const { pid } = await ready();
    process.kill(pid, 'SIGKILL');
    const again = await ready();
    expect(again.pid).not.toBe(pid);
    expect(await home.json('daemon', 'status')).toMatchObject({ running: true });
    expect(await readFile(join(home.folder, 'state', 'daemon.last.log'), 'utf8')).toContain('by SIGKILL');
    await home.json('daemon', 'stop');
    expect(await ended).toBe(0);
  });

  it('17. takes its daemon along when it is told to end', async () => {
    const home = stage.home('desk');
    await home.json('init', '--label', 'desk', '--yes');
    const { ready, ended } = supervise(home);
    await ready();
    supervisor?.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(await home.run('daemon', 'status')).toMatchObject({ code: 4 });
  });

  it('17. is not started again where it cannot run at all', async () => {
    const { ended } = supervise(stage.home('nowhere'));
    expect(await ended).toBe(5);
  });
});
