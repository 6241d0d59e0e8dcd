import { chmod, readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StatusBody } from '../../src/api/types/bodies.ts';
import type { KeysBody } from '../../src/api/types/keys.ts';
import { type Home, type Stage, openStage, pairedHomes, until } from '../helpers/processes.ts';

const alias = { kind: 'alias', name: 'll', body: 'ls -l' };
const passphrase = 'correct horse battery staple';

let stage: Stage;
let home: Home;
let right: string;
let wrong: string;

beforeEach(async () => {
  stage = await openStage();
  home = stage.home('desk');
  right = await secretFile('right', passphrase);
  wrong = await secretFile('wrong', 'another passphrase');
});

afterEach(async () => {
  await stage.close();
});

async function secretFile(name: string, content: string): Promise<string> {
  const path = join(stage.root, name);
  await writeFile(path, `${content}\n`, { mode: 0o600 });
  return path;
}

/** Status code of a request that carries no token. */
async function unauthenticated(path: string): Promise<number | undefined> {
  const options = { socketPath: join(home.folder, 'run', 'api.sock'), path, headers: { host: 'localhost' } };
  return new Promise((resolve, reject) => {
    request(options, (response) => {
      resolve(response.resume().statusCode);
    })
      .on('error', reject)
      .end();
  });
}

describe('a home whose keys are protected by a passphrase', () => {
  it('8, 9 starts locked, opens on the same socket without a restart, and locks again', async () => {
    await home.json('init', '--label', 'desk', '--yes');
    await home.startDaemon();
    const before = await home.json<StatusBody>('status');
    expect(before.keys).toEqual({ protection: 'bare', locked: false, message: null });
    await home.client().putRecord('shell', 'll', alias);
    // The key file is changed under a running daemon, which goes on.
    await home.json('keys', 'protect', '--passphrase', '--passphrase-file', right);
    expect((await home.json<StatusBody>('status')).keys).toMatchObject({ protection: 'passphrase', locked: false });
    await home.killDaemon('SIGTERM');

    expect(await home.startDaemon()).toMatchObject({ event: 'ready', locked: true });
    await expectLocked(before);

    const refused = await home.run('unlock', '--passphrase-file', wrong);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('not the right one');
    await expectLocked(before);

    const { pid } = await home.json<{ pid?: number } & KeysBody>('unlock', '--passphrase-file', right);
    expect(pid).toBeUndefined();
    await expectOpen(before);
    // Unlocking what is unlocked is no fault, and needs no passphrase.
    expect((await home.run('unlock')).code).toBe(0);

    const events = await eventStream();
    await home.json('lock');
    await events.ended;
    await expectLocked(before);
    expect((await home.run('lock')).code).toBe(0);
    await home.json('unlock', '--passphrase-file', right);
    await expectOpen(before);
    await home.json('lock');
    await home.json('daemon', 'stop');
  });

  async function expectLocked(before: StatusBody): Promise<void> {
    const status = await home.json<StatusBody>('status');
    expect(status.device).toMatchObject({ deviceId: before.device.deviceId, userId: null, label: 'desk' });
    expect(status.keys).toMatchObject({ locked: true, message: expect.any(String) });
    expect(status.engines.map(({ engineId }) => engineId)).toEqual(before.engines.map(({ engineId }) => engineId));
    expect(new Set(status.engines.map(({ state }) => state))).toEqual(new Set(['missing_device_key']));
    expect([await unauthenticated('/healthz'), await unauthenticated('/readyz')]).toEqual([200, 503]);
    expect(await unauthenticated('/v1/status')).toBe(401);
    for (const args of [
      ['records', 'get', 'shell', 'll'],
      ['devices', 'ls'],
      ['sync', 'now'],
    ]) {
      const { code, stderr } = await home.run(...args);
      expect([args.join(' '), code, stderr]).toEqual([args.join(' '), 5, expect.stringContaining('sourcesync unlock')]);
    }
    const shown = await home.json<{ explanation: string }>('engines', 'show', 'shell');
    expect(shown.explanation).toContain('sourcesync doctor');
    const doctor = await home.run('doctor');
    expect(doctor.code).toBe(1);
    expect(doctor.stdout).toContain('Argon2id');
  }

  async function expectOpen(before: StatusBody): Promise<void> {
    const status = await home.json<StatusBody>('status');
    expect(status.device).toEqual(before.device);
    expect(status.engines.find(({ collection }) => collection === 'shell')).toMatchObject({
      state: 'local_only',
      counts: { live: 1 },
    });
    expect([await unauthenticated('/healthz'), await unauthenticated('/readyz')]).toEqual([200, 200]);
    expect(await home.json('records', 'get', 'shell', 'll')).toMatchObject({ fields: alias, state: 'live' });
    expect((await home.run('doctor')).code).toBe(0);
  }

  /** A reader of events, and when its stream has ended. */
  async function eventStream(): Promise<{ ended: Promise<void> }> {
    const token = (await readFile(join(home.folder, 'state', 'keys', 'api.token'), 'utf8')).trim();
    const headers = { host: 'localhost', authorization: `Bearer ${token}` };
    const options = { socketPath: join(home.folder, 'run', 'api.sock'), path: '/v1/events', headers };
    return new Promise((resolve, reject) => {
      request(options, (response) => {
        const ended = new Promise<void>((done) => {
          response.once('end', done).resume();
        });
        resolve({ ended });
      })
        .on('error', reject)
        .end();
    });
  }

  it('opens by itself where the environment names the passphrase, and says why where it is the wrong one', async () => {
    const kept = await home.json<{ protection: string }>('init', '--yes', '--passphrase-file', right);
    expect(kept.protection).toBe('passphrase');
    expect(await readFile(join(home.folder, 'state', 'keys', 'device.json'), 'utf8')).toContain('argon2id13');
    expect(await home.startDaemon({ SOURCESYNC_PASSPHRASE_FILE: right })).toMatchObject({ locked: false });
    await home.killDaemon('SIGKILL');
    expect(await home.startDaemon({ SOURCESYNC_PASSPHRASE_FILE: wrong })).toMatchObject({
      locked: true,
      message: expect.stringContaining('not the right one'),
    });
    await home.killDaemon('SIGKILL');
    await chmod(right, 0o644);
    await expect(home.startDaemon({ SOURCESYNC_PASSPHRASE_FILE: right })).rejects.toThrow('may be read by everybody');
    await chmod(right, 0o600);

    const started = await home.run('daemon', 'start');
    expect(started.code).toBe(0);
    expect(started.stdout).toContain('syncs nothing yet');
    // A second one finds the first at its socket, though no store is open yet.
    await expect(home.startDaemon()).rejects.toThrow('runs already');
    expect((await home.json<StatusBody>('status')).keys.locked).toBe(true);
    await home.json('daemon', 'stop');
    expect((await home.run('status')).code).toBe(4);
  });
});

describe('a home that is locked and unlocked while its devices sync', () => {
  it('survives it each time, and has everything in the end', async () => {
    const relay = await stage.startRelay();
    const { desk, laptop } = await pairedHomes(stage, relay);
    await desk.json('keys', 'protect', '--passphrase', '--passphrase-file', right);
    const { pid } = await pidOf(desk);
    let written = 0;
    let writing = true;
    const writer = (async (): Promise<void> => {
      while (writing) {
        const answers = await Promise.all([
          laptop.client().putRecord('presence', `laptop-${written}`, { kind: 'note', text: 'x' }),
          // Refused while it is locked, and sometimes cut off: neither harms it.
          desk.client().putRecord('presence', `desk-${written}`, { kind: 'note', text: 'y' }),
        ]);
        expect(answers[0]?.ok).toBe(true);
        written += 1;
      }
    })();
    for (let round = 0; round < 4; round += 1) {
      const seen = written + 5;
      await until('more is written', async () => written >= seen);
      await desk.client().invite({ trustCode: true });
      expect(await desk.client().lock()).toMatchObject({ ok: true, value: { locked: true } });
      await until('more is written', async () => written >= seen + 5);
      expect(await desk.client().unlock(passphrase)).toMatchObject({ ok: true, value: { locked: false } });
    }
    writing = false;
    await writer;
    await until('the desk has all of it', async () => {
      const last = await desk.client().record('presence', `laptop-${written - 1}`);
      return last.ok && last.value.state === 'live';
    });
    expect((await pidOf(desk)).pid).toBe(pid);
    for (const home of [desk, laptop]) {
      expect((await home.run('doctor')).code).toBe(0);
    }
  });

  /** Of the process that holds the store. */
  async function pidOf(of: Home): Promise<{ readonly pid: number }> {
    return JSON.parse(await readFile(join(of.folder, 'state', 'sourcesync.db.lock'), 'utf8')) as { pid: number };
  }
});

describe('a home whose keys are a bare file', () => {
  it('has nothing to lock, and protects nothing by a keyring that does not answer', async () => {
    const kept = await home.run('init', '--yes', '--keyring', '--json');
    expect(kept.code).toBe(0);
    expect(JSON.parse(kept.stdout)).toMatchObject({ protection: 'bare', notice: expect.any(String) });
    expect(kept.stderr).toMatch(/bare file.*No keyring of the system answers/s);
    const refused = await home.run('keys', 'protect', '--keyring');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('Nothing was changed');
    await home.startDaemon();
    const lock = await home.run('lock');
    expect(lock.code).toBe(1);
    expect(lock.stderr).toContain('keys protect');
    expect((await home.json<StatusBody>('status')).keys).toMatchObject({ protection: 'bare', locked: false });
  });

  it.each([
    [['keys', 'protect']],
    [['keys', 'protect', '--bare', '--keyring']],
    [['keys', 'protect', '--passphrase']],
    [['keys', 'protect', '--passphrase-file', '/nonexistent/file']],
    [['init', '--yes', '--keyring', '--passphrase-file', 'x']],
  ])('%j: exit 2 with words', async (args) => {
    await home.json('init', '--yes');
    const { code, stderr } = await home.run(...args);
    expect(code).toBe(2);
    expect(stderr).not.toBe('');
  });
});
