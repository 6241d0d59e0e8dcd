import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PageBody, StatusBody, UnsentBody } from '../../src/api/types/bodies.ts';
import { movableClock } from '../helpers/movable-clock.ts';
import { type Home, type RunningRelay, type Stage, openStage, until } from '../helpers/processes.ts';
import { itDeep } from '../helpers/suite.ts';

let stage: Stage;
let relay: RunningRelay;
let desk: Home;

const small = ['--scope-quota', '64KiB'];

beforeAll(async () => {
  stage = await openStage();
  relay = await stage.startRelay('relay', ...small);
  desk = stage.home('desk');
  await desk.json('init', '--label', 'desk', '--relay', relay.url, '--yes');
  await desk.startDaemon();
});

afterAll(async () => {
  await stage.close();
});

async function workspace(): Promise<StatusBody['engines'][number] | undefined> {
  const status = await desk.client().status();
  return status.ok ? status.value.engines.find(({ collection }) => collection === 'workspace') : undefined;
}

const isHealthy = async (): Promise<boolean> => (await workspace())?.state === 'healthy';

/** States that a relay was told to be in, as they come. */
async function relayStates(): Promise<string[]> {
  const states: string[] = [];
  const token = readFileSync(join(desk.folder, 'state', 'keys', 'api.token'), 'utf8').trim();
  const headers = { host: 'localhost', authorization: `Bearer ${token}` };
  const options = { socketPath: join(desk.folder, 'run', 'api.sock'), path: '/v1/events', headers };
  return new Promise((resolve) => {
    request(options, (response) => {
      response.setEncoding('utf8').on('data', (text: string) => {
        const told = text.matchAll(/event: relay\.state_changed\ndata: (.*)/g);
        states.push(...[...told].map(([, data = '{}']) => String(stateOf(JSON.parse(data)))));
      });
      response.on('error', () => undefined);
      resolve(states);
    }).end();
  });
}

function stateOf(data: { readonly state?: unknown; readonly data?: { readonly state?: unknown } }): unknown {
  return data.state ?? data.data?.state;
}

describe('what is written while everything is well', () => {
  itDeep(
    '26 the relay is told to be online once, however much goes through it; a lost relay and its return are told',
    async () => {
      await until('all is well', isHealthy);
      const states = await relayStates();
      for (let n = 0; n < 5; n++) {
        await desk.client().putRecord('workspace', 'w', { kind: 'task', title: `title ${n}` });
        await until('it is confirmed', isHealthy);
      }
      await relay.kill('SIGKILL');
      await until('it is gone', async () => (await workspace())?.state === 'relay_unreachable');
      await relay.restart(...small);
      await desk.json('sync', 'now');
      await until('all is well again', isHealthy);
      await until('it is told', async () => states.at(-1) === 'online');
      expect(states[0]).toBe('offline');
      expect(states.filter((state, index) => state === states[index - 1])).toEqual([]);
    },
  );
});

describe('what a relay does not take', () => {
  itDeep('27 is listed with why, stands while it is tried again, and goes out once there is room', async () => {
    // What does not compress to next to nothing.
    const body = Array.from({ length: 25_000 }, (_, n) => Math.imul(n, 2_654_435_761) >>> 0).join(' ');
    const large = { kind: 'task', title: 'large', props: { body } };
    expect(await desk.client().putRecord('workspace', 'large', large)).toMatchObject({ ok: true });
    await until('it is refused', async () => (await workspace())?.causes.includes('retries_exhausted') === true);
    expect(await workspace()).toMatchObject({ state: 'degraded', counts: { outbox: 1 } });

    const listed = await desk.run('sync', 'unsent', '--json');
    const { items } = JSON.parse(listed.stdout) as PageBody<UnsentBody>;
    expect(listed.code).toBe(3);
    expect(items).toMatchObject([
      { kind: 'workspace', relay: relay.url, code: 'E_QUOTA', batches: 1, changes: { workspace: 1 } },
    ]);
    const status = await desk.run('status');
    expect([status.code, status.stdout]).toEqual([3, expect.stringContaining('sourcesync sync unsent')]);
    const doctor = await desk.run('doctor');
    expect([doctor.code, doctor.stdout]).toEqual([1, expect.stringContaining('does not take what this device sends')]);

    await desk.run('sync', 'now');
    await until('it is refused again', async () => (await workspace())?.causes.includes('retries_exhausted') === true);

    await relay.kill('SIGTERM');
    await relay.restart('--scope-quota', '64MiB');
    await desk.json('sync', 'now');
    await until('it went out', isHealthy);
    expect(await desk.json('sync', 'unsent')).toEqual({ items: [] });
  });
});

describe('a clock that cannot be believed', () => {
  itDeep('is a cause of every engine, for as long as it is behind what this device wrote', async () => {
    await desk.killDaemon('SIGTERM');
    await desk.startDaemon(movableClock(stage.root, -3));
    await until('it is degraded', async () => (await workspace())?.state === 'degraded');
    expect((await workspace())?.causes).toEqual(['clock_untrusted']);
    expect((await desk.run('doctor')).stdout).toContain('The clock is more than ten minutes behind');
    await desk.killDaemon('SIGTERM');
    await desk.startDaemon();
    await until('it is well', isHealthy);
  });
});

describe('exit codes and the document of a failure', () => {
  async function fails(home: Home, ...args: readonly string[]): Promise<unknown> {
    const { code, stdout, stderr } = await home.run(...args, '--json');
    expect(stderr).not.toBe('');
    const document = JSON.parse(stdout) as { exitCode: number; detail: string; title: string };
    expect(document).toMatchObject({ title: expect.stringMatching(/\w/), detail: expect.stringMatching(/\w/) });
    expect(document.exitCode).toBe(code);
    return code;
  }

  it.each([
    [1, ['engines', 'show', 'nowhere']],
    [2, ['engines', 'shew']],
    [2, ['status', '--surplus']],
    [6, ['records', 'rm', 'audit', 'x']],
  ])('%i: %j', async (code, args) => {
    expect(await fails(desk, ...args)).toBe(code);
  });

  it('7: the relay is away, whoever asks for it', async () => {
    await relay.kill('SIGKILL');
    await until('it is gone', async () => (await workspace())?.state === 'relay_unreachable');
    for (const args of [
      ['sync', 'now'],
      ['pair', 'invite'],
    ]) {
      expect([args, await fails(desk, ...args)]).toEqual([args, 7]);
    }
  });

  it('5: nobody was set up; 4: the daemon does not run', async () => {
    expect(await fails(stage.home('empty'), 'reviews', 'ls')).toBe(5);
    expect(await fails(stage.home('empty'), 'daemon', 'start')).toBe(5);
    await desk.killDaemon('SIGTERM');
    expect(await fails(desk, 'status')).toBe(4);
    writeFileSync(join(desk.folder, 'x.json'), '{}');
    expect(await fails(desk, 'records', 'put', 'shell', 'x', '--file', join(desk.folder, 'x.json'))).toBe(4);
  });
});
