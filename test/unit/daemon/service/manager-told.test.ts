import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createManagerTold } from '../../../../src/daemon/service/manager-told.ts';
import { type NotifyListener, listenAt } from '../../../helpers/notify-listener.ts';
import { temporaryFolder } from '../temporary-folder.ts';

let listener: NotifyListener | undefined;

afterEach(() => {
  listener?.close();
  listener = undefined;
});

// The notify protocol is spoken by systemd-notify, which is where systemd is; the listener is in Python.
const hasNotify = ['systemd-notify', 'python3'].every((name) => spawnSync(name, ['--version']).status === 0);

async function under(watchdog: Readonly<Record<string, string>>): Promise<{
  readonly environment: NodeJS.ProcessEnv;
  readonly listener: NotifyListener;
}> {
  const socket = join(temporaryFolder(), 'notify');
  listener = await listenAt(socket);
  return { environment: { PATH: process.env['PATH'], NOTIFY_SOCKET: socket, ...watchdog }, listener };
}

const noWarning = (message: string): void => {
  throw new Error(message);
};

describe.skipIf(!hasNotify)('what a service manager is told', () => {
  it('S3 is ready, what it is at, signs of life, and the end, in this order', async () => {
    const { environment, listener: heard } = await under({ WATCHDOG_USEC: '90000', WATCHDOG_PID: `${process.pid}` });
    const told = createManagerTold(environment, noWarning);
    let says = 'Locked:\n unlock it';
    told.ready(() => says);
    says = 'Running';
    await heard.until((line) => line === 'WATCHDOG=1');
    await told.stopping();
    await heard.until((line) => line === 'STATUS=Stopping');
    expect(heard.told.slice(0, 2)).toEqual(['READY=1', 'STATUS=Locked: unlock it']);
    expect(heard.told.slice(2, 4)).toEqual(['WATCHDOG=1', 'STATUS=Running']);
    expect(heard.told.slice(-2)).toEqual(['STOPPING=1', 'STATUS=Stopping']);
  });

  it('S3 a watchdog of another process gets no sign of this one', async () => {
    const { environment, listener: heard } = await under({ WATCHDOG_USEC: '3000', WATCHDOG_PID: '1' });
    const told = createManagerTold(environment, noWarning);
    told.ready(() => 'Running');
    await heard.until((line) => line === 'READY=1');
    await told.stopping();
    await heard.until((line) => line === 'STOPPING=1');
    expect(heard.told).not.toContain('WATCHDOG=1');
  });

  it('S3 one that is gone is said of once, and nothing waits for it', async () => {
    const warnings: string[] = [];
    const environment = { PATH: process.env['PATH'], NOTIFY_SOCKET: join(temporaryFolder(), 'gone') };
    const told = createManagerTold(environment, (message) => warnings.push(message));
    told.ready(() => 'Running');
    await told.stopping();
    expect(warnings).toEqual([expect.stringContaining('cannot be told')]);
  });
});

describe('a process that nobody asked', () => {
  it('S3 tells nobody', async () => {
    const asked: string[] = [];
    const told = createManagerTold({ PATH: '/nowhere' }, (message) => asked.push(message));
    told.ready(() => {
      asked.push('how it is');
      return '';
    });
    await told.stopping();
    expect(asked).toEqual([]);
  });
});
