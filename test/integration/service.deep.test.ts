import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ServiceInstalled, ServiceStatus } from '../../src/cli/ground/service-commands.ts';
import { serviceName } from '../../src/daemon/service/home-service.ts';
import { asShellWord } from '../../src/base/shell-word.ts';
import { listenAt } from '../helpers/notify-listener.ts';
import { type Home, type Stage, openStage } from '../helpers/processes.ts';
import { type UserManager, hasUserManager, startUserManager } from '../helpers/user-manager.ts';

const command = join(import.meta.dirname, '..', '..', 'bin', 'sourcesync.js');
let stage: Stage;
let manager: UserManager;
let home: Home;

const canRun = hasUserManager();

/** What a unit would make something of, were it not escaped. */
const oddName = `a b%h "c" $HOME 'd'`;

async function run(words: string): Promise<{ readonly code: number; readonly said: string }> {
  return manager.run(`${process.execPath} ${command} ${words} --home ${asShellWord(home.folder)}`);
}

async function json<T>(words: string): Promise<T> {
  const { said } = await run(`${words} --json 2>/dev/null`);
  return JSON.parse(said) as T;
}

describe.skipIf(!canRun)('the service under a real systemd of a user (needs root and systemd)', () => {
  beforeEach(async () => {
    stage = await openStage();
    home = stage.home(oddName);
    const folder = join(home.folder, '..', 'home of user');
    mkdirSync(folder);
    manager = await startUserManager(folder);
    await home.json('init', '--label', 'desk', '--yes');
  });

  afterEach(async () => {
    await manager.close();
    await stage.close();
  });

  it('S1, S2, S5 takes the place of a daemon, is left as it is the second time, and goes without a trace', {
    timeout: 240_000,
  }, async () => {
    expect(await run('daemon start')).toMatchObject({ code: 0 });
    const first = await json<ServiceInstalled>('service install');
    expect(first).toMatchObject({ written: true, tookOver: true });
    expect(first.status).toMatchObject({ enabled: true, process: { state: 'running', says: 'Running', restarts: 0 } });
    // The command line of the process is the home, letter by letter.
    const { said } = await manager.run(`tr '\\0' '\\n' < /proc/${first.status.process.pid}/cmdline`);
    expect(said.split('\n').at(-1)).toBe(home.folder);
    const second = await json<ServiceInstalled>('service install');
    expect(second).toMatchObject({
      written: false,
      tookOver: false,
      status: { process: { pid: first.status.process.pid } },
    });
    expect(await run('daemon status')).toMatchObject({ code: 0 });

    await manager.run(`echo '# mine' >> ${asShellWord(first.path)}`);
    expect(await run('service install')).toMatchObject({ code: 1, said: expect.stringContaining('changed by hand') });
    expect(await run('service uninstall')).toMatchObject({ code: 1, said: expect.stringContaining('--force') });
    expect(await json('service status')).toMatchObject({ file: 'hand_changed', process: { state: 'running' } });
    expect(await run('service uninstall --force')).toMatchObject({ code: 0 });
    expect(await json('service status')).toMatchObject({ installed: false, process: { state: 'not_installed' } });
    expect(await run('daemon status')).toMatchObject({ code: 4 });
    expect(await json('service uninstall')).toMatchObject({ removed: false });
  });

  it('S4 is there again after it was killed, stays away after it was stopped, and is what daemon start starts', {
    timeout: 240_000,
  }, async () => {
    const { status } = await json<ServiceInstalled>('service install');
    const unit = `${serviceName(home.folder)}.service`;
    await manager.run(`systemctl --user kill --signal=KILL ${unit}`);
    let now = status;
    while (now.process.pid === status.process.pid || now.process.state !== 'running') {
      now = await json<ServiceStatus>('service status');
    }
    expect(now.process.restarts).toBe(1);

    expect(await run('daemon restart')).toMatchObject({ code: 0 });
    expect((await json<ServiceStatus>('service status')).process.state).toBe('running');
    expect(await run('daemon stop')).toMatchObject({ code: 0 });
    while (now.process.state !== 'stopped') {
      now = await json<ServiceStatus>('service status');
    }
    expect(now.next).toContain('sourcesync daemon start');
    const started = await json<{ pid: number }>('daemon start');
    expect(await json('service status')).toMatchObject({ process: { state: 'running', pid: started.pid } });
  });

  it('S4 a home that is not set up any more is tried once and then left alone', { timeout: 240_000 }, async () => {
    await json('service install');
    await run('daemon stop');
    await manager.run(`mv ${asShellWord(join(home.folder, 'state'))} ${asShellWord(join(home.folder, 'away'))}`);
    await manager.run(`mkdir ${asShellWord(join(home.folder, 'state'))}`);
    expect(await run('daemon start')).toMatchObject({ code: 1, said: expect.stringContaining('sourcesync logs') });
    expect(await json('service status')).toMatchObject({ process: { state: 'failed', restarts: 0 } });
    expect((await run('logs')).said).toContain('sourcesync init');
  });
});

const hasNotify = ['systemd-notify', 'python3'].every((name) => spawnSync(name, ['--version']).status === 0);

describe.skipIf(!hasNotify)('a service manager that asks for it (needs systemd-notify and python3)', () => {
  it.each([
    ['daemon', ['daemon', 'run'], 'STATUS=Running'],
    ['relay', ['relay', 'serve', '--listen', '127.0.0.1:0', '--open'], 'STATUS=Serving ws://127.0.0.1:'],
  ])('S3 hears from a %s that it is ready, lives and stops', { timeout: 120_000 }, async (_name, words, status) => {
    const own = await openStage();
    const asked = own.home('desk');
    await asked.json('init', '--label', 'desk', '--yes');
    const socket = join(asked.folder, 'notify');
    const heard = await listenAt(socket);
    const child = spawn(process.execPath, [command, ...words, '--home', asked.folder], {
      env: { ...process.env, NOTIFY_SOCKET: socket, WATCHDOG_USEC: '900000' },
      stdio: 'ignore',
    });
    try {
      await heard.until((line) => line === 'WATCHDOG=1');
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await heard.until((line) => line === 'STATUS=Stopping');
      expect(await gone).toEqual([0, null]);
      expect(heard.told[0]).toBe('READY=1');
      expect(heard.told[1]?.startsWith(status)).toBe(true);
      expect(heard.told).toContain('STOPPING=1');
    } finally {
      child.kill('SIGKILL');
      heard.close();
      await own.close();
    }
  });
});
