import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HooksBody } from '../../src/api/types/notices.ts';
import { type Desktop, hasDesktop, openDesktop } from '../helpers/desktop.ts';
import { type Home, type Stage, openStage, pairedHomes, until } from '../helpers/processes.ts';

let stage: Stage;
let desktop: Desktop | undefined;

beforeEach(async () => {
  stage = await openStage();
});

afterEach(async () => {
  await stage.close();
  desktop?.close();
  desktop = undefined;
});

async function waiting(home: Home): Promise<readonly { readonly id: string }[]> {
  return (await home.json<{ items: readonly { id: string }[] }>('reviews', 'ls')).items;
}

/** An alias of the desk, which waits on the laptop. */
async function propose(desk: Home, laptop: Home, name: string): Promise<void> {
  const before = (await waiting(laptop)).length;
  const fields = { kind: 'alias', name, shell: 'bash', body: `secret ${name}` };
  expect(await desk.client().putRecord('shell', name, fields)).toMatchObject({ ok: true });
  await until('it waits on the laptop', async () => (await waiting(laptop)).length > before);
}

async function decideAll(laptop: Home): Promise<void> {
  for (const { id } of await waiting(laptop)) {
    await laptop.json('reviews', 'accept', id);
  }
}

// The bus and what answers on it are those of Debian: dbus, python3-gi, and busctl or gdbus.
describe.skipIf(!hasDesktop)('two devices, and a desktop (needs dbus-daemon and python3-gi)', () => {
  it('N1, N2, N3 the desktop is told once of a queue that was empty, and never what waits in it', {
    timeout: 300_000,
  }, async () => {
    desktop = await openDesktop();
    const relay = await stage.startRelay();
    const { desk, laptop } = await pairedHomes(stage, relay);
    await laptop.killDaemon('SIGTERM');
    await laptop.startDaemon(desktop.environment);
    expect(await laptop.json('notify', 'test')).toEqual({ shown: true, reason: null, enabled: true });
    await desktop.until(1);

    await propose(desk, laptop, 'first');
    await desktop.until(2);
    await propose(desk, laptop, 'second');
    await laptop.killDaemon('SIGTERM');
    await laptop.startDaemon(desktop.environment);
    await decideAll(laptop);
    await until('nothing waits', async () => (await waiting(laptop)).length === 0);
    // The queue is looked at twice a second, and when the daemon ends: what is empty for less counts as never empty.
    await laptop.killDaemon('SIGTERM');
    await laptop.startDaemon(desktop.environment);
    await propose(desk, laptop, 'third');
    await desktop.until(3);
    expect(desktop.shown).toHaveLength(3);
    expect(JSON.stringify(desktop.shown)).not.toMatch(/first|second|third|secret|alias|desk/);

    await laptop.json('config', 'set', 'notifications.enabled', 'false');
    const off = await laptop.run('notify', 'test');
    expect(off.stdout).toContain(
      'A notification was shown. They are off: sourcesync config set notifications.enabled true',
    );
  });
});

describe('a daemon without a desktop', () => {
  it('N3 says why nothing can be shown, and goes on', { timeout: 60_000 }, async () => {
    const home = stage.home('desk');
    await home.json('init', '--label', 'desk', '--yes');
    await home.startDaemon({ DBUS_SESSION_BUS_ADDRESS: `unix:path=${home.folder}/nobody` });
    const said = await home.run('notify', 'test');
    expect(said).toMatchObject({ code: 1, stdout: expect.stringMatching(/bus of the session|Neither busctl/) });
    expect(await home.run('status')).toMatchObject({ code: 0 });
  });
});

describe('hooks of a daemon', () => {
  it('H1, H2, H5, H6 run on what happens, are looked at when they fail, and end with the daemon', {
    timeout: 240_000,
  }, async () => {
    const home = stage.home('desk');
    await home.json('init', '--label', 'desk', '--yes');
    const told = join(home.folder, 'told');
    const script = join(home.folder, 'tell.sh');
    writeFileSync(script, `#!/bin/sh\ncat >> '${told}'\n`, { mode: 0o700 });
    const config = join(home.folder, 'config', 'config.toml');
    await home.startDaemon();
    writeFileSync(
      config,
      `${existsSync(config) ? readFileSync(config, 'utf8') : ''}
[hooks.tell]
events = ["record.changed"]
command = ["${script}"]
[hooks.gone]
events = ["record.changed"]
command = ["${home.folder}/gone.sh"]
[hooks.hang]
events = ["record.changed"]
command = ["/bin/sh", "-c", "echo $$ > '${home.folder}/pid'; trap '' TERM; sleep 100; sleep 100"]
`,
      { mode: 0o600 },
    );
    await until('the hooks are read', async () => (await home.json<HooksBody>('hooks', 'ls')).items.length === 3);
    const fields = { kind: 'alias', name: 'll', shell: 'bash', body: 'what nobody else is told' };
    expect(await home.client().putRecord('shell', 'll', fields)).toMatchObject({ ok: true });
    await until('it was told', async () => existsSync(told) && readFileSync(told, 'utf8').endsWith('\n'));
    const [line = ''] = readFileSync(told, 'utf8').split('\n');
    expect(JSON.parse(line)).toMatchObject({
      ...{ hook: 'tell', test: false, dropped: 0 },
      events: [{ type: 'record.changed', data: { collection: 'shell', id: 'll' } }],
    });
    expect(line).not.toContain('nobody else');

    await until('the other one was looked for', async () => {
      const { items } = await home.json<HooksBody>('hooks', 'ls');
      return items.some(({ name, problem, last }) => name === 'gone' && problem !== null && last?.ok === false);
    });
    const doctor = await home.json<{ ok: boolean; checks: readonly { name: string; remedy: string }[] }>('doctor');
    expect(doctor.ok).toBe(true);
    expect(doctor.checks.find(({ name }) => name === 'hook gone')?.remedy).toContain('is not there');
    expect((await home.run('status')).stdout).toContain('1 hook fails: gone. See: sourcesync hooks ls');
    expect(await home.run('hooks', 'test', 'hang')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('runs right now'),
    });
    expect(await home.run('hooks', 'test', 'nope')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no hook nope'),
    });

    const pid = Number(readFileSync(join(home.folder, 'pid'), 'utf8'));
    await home.killDaemon('SIGTERM');
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');

    chmodSync(config, 0o666);
    await home.startDaemon();
    expect(await home.json('hooks', 'ls')).toMatchObject({ items: [], problem: expect.stringContaining('chmod go-w') });
    expect(await home.run()).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('3 hooks fail: tell, gone, hang.'),
    });
  });
});
