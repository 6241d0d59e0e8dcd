import type { InjectOptions } from 'fastify';
import { describe, expect, it } from 'vitest';
import { type LockedApiDeps, createLockedApi } from '../../../src/api/create-locked-api.ts';
import type { KeysBody } from '../../../src/api/types/keys.ts';
import { err, ok } from '../../../src/base/result.ts';
import { createOwnerRegistry } from '../../../src/daemon/members/clients-host.ts';
import { homePaths } from '../../../src/daemon/ground/home.ts';
import { createHomeKeys } from '../../../src/daemon/keys/key-file.ts';
import { createLockedControl } from '../../../src/daemon/wire/locked-control.ts';
import { createRandom } from '../../simulation/random.ts';
import { permitted, token } from './setup-api.ts';

const locked: KeysBody = { protection: 'passphrase', locked: true, message: 'They wait: sourcesync unlock' };
const { deviceId } = createHomeKeys(createRandom(1, 'keys').bytes).device;
const config = {
  label: 'desk',
  relayUrl: null,
  relays: [],
  localOnly: false,
  policyFloor: {},
  tombstonesExpireDays: 180,
  largestFileBytes: 1024 ** 3,
  logLevel: 'info',
  engines: {},
  notifications: true,
  hooks: {},
  origins: [],
};

interface Setup {
  readonly api: ReturnType<typeof createLockedApi>;
  readonly passphrases: (string | undefined)[];
  readonly stopped: { times: number };
}

function setup(keys: Partial<LockedApiDeps['keys']> = {}): Setup {
  const passphrases: (string | undefined)[] = [];
  const stopped = { times: 0 };
  const control = createLockedControl({
    ...{ paths: homePaths('/nonexistent', {}), relayUrl: 'ws://r' },
    config: { current: () => config, problem: () => null, onReload: () => undefined },
    ...{ deviceId, sinceMs: 0, cause: 'keys', keys: () => locked, stop: () => void (stopped.times += 1) },
  });
  const api = createLockedApi({
    ...{ clients: createOwnerRegistry(token), control: () => control, onInternalError: () => undefined },
    keys: {
      lock: async () => ok(locked),
      unlock: async (passphrase) => {
        passphrases.push(passphrase);
        return passphrase === 'right' ? ok({ ...locked, locked: false }) : err({ kind: 'invalid', message: 'Wrong.' });
      },
      ...keys,
    },
  });
  return { api, passphrases, stopped };
}

const post = (url: string, payload?: unknown): InjectOptions => ({
  ...{ method: 'POST', url, headers: permitted },
  ...(payload === undefined ? {} : { payload: payload as object }),
});

describe('the API of a locked daemon', () => {
  it.each([
    ['GET', '/v1/collections/shell/records'],
    ['PUT', '/v1/collections/shell/records/x'],
    ['GET', '/v1/devices'],
    ['POST', '/v1/engines/shell/disable'],
    ['GET', '/v1/events'],
    ['GET', '/metrics'],
    ['GET', '/v1/nothing'],
  ] as const)('%s %s: 423, and what to do', async (method, url) => {
    const answer = await setup().api.inject({ method, url, headers: permitted });
    expect(answer.statusCode).toBe(423);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.json()).toMatchObject({ status: 423, detail: expect.stringContaining('sourcesync unlock') });
  });

  it.each([
    [{ host: 'localhost' }, 401],
    [{ host: 'localhost', authorization: 'Bearer of-a-client' }, 401],
    [{ host: 'localhost', authorization: 'Bearer ' }, 401],
    [{ ...permitted, host: 'evil.example' }, 421],
    [{ ...permitted, origin: 'https://evil.example' }, 403],
  ])('L2 §10.51 a stranger unlocks nothing: %j', async (headers, status) => {
    const { api, passphrases } = setup();
    for (const url of ['/v1/unlock', '/v1/lock', '/v1/status', '/v1/nothing']) {
      const answer = await api.inject({ ...post(url, { passphrase: 'right' }), headers });
      expect(answer.statusCode).toBe(status);
    }
    expect(passphrases).toEqual([]);
  });

  it('L1 is alive and not ready', async () => {
    const { api } = setup();
    const headers = { host: 'localhost' };
    expect((await api.inject({ url: '/healthz', headers })).json()).toEqual({ ok: true });
    expect((await api.inject({ url: '/readyz', headers })).statusCode).toBe(503);
  });

  it('knows its engines from the manifests, each without its key and nothing else claimed of it', async () => {
    const { api } = setup();
    const status = (await api.inject({ url: '/v1/status', headers: permitted })).json();
    expect(status).toMatchObject({
      ...{ device: { deviceId, userId: null, label: 'desk' }, keys: locked },
      relay: { url: 'ws://r', state: 'offline', reason: 'the keys are locked' },
    });
    expect(status.engines.length).toBeGreaterThan(10);
    const stops = ['missing_device_key', 'local_only'];
    for (const engine of status.engines) {
      const stays = ['device', 'vault'].includes(engine.encryptionScope);
      expect([engine.state, engine.since]).toEqual(['missing_device_key', '1970-01-01T00:00:00.000Z']);
      expect(engine.conditions.map(({ state }: { state: string }) => state)).toEqual(stays ? stops : stops.slice(0, 1));
    }
    expect((await api.inject({ url: '/v1/engines', headers: permitted })).json().items).toEqual(status.engines);
    const statez = (await api.inject({ url: '/statez', headers: permitted })).json();
    expect(statez.engines).toHaveLength(status.engines.length);
    for (const id of ['shell', 'sourceos.sync.shell']) {
      const shown = (await api.inject({ url: `/v1/engines/${id}`, headers: permitted })).json();
      expect(shown).toMatchObject({ collection: 'shell', explanation: expect.stringContaining('passphrase') });
    }
    expect((await api.inject({ url: '/v1/engines/nothing', headers: permitted })).statusCode).toBe(404);
  });

  it('L3 takes a passphrase from the body alone', async () => {
    const { api, passphrases } = setup();
    expect((await api.inject(post('/v1/unlock', { passphrase: 'right' }))).json()).toMatchObject({ locked: false });
    const refused = await api.inject(post('/v1/unlock', { passphrase: 'secret-guess' }));
    expect(refused.statusCode).toBe(422);
    expect(refused.body).not.toContain('secret-guess');
    await api.inject(post('/v1/unlock'));
    expect(passphrases).toEqual(['right', 'secret-guess', undefined]);
    for (const body of [{ passphrase: 5 }, { passphrase: null }, [], '"x"']) {
      expect((await api.inject(post('/v1/unlock', body))).statusCode).toBeGreaterThanOrEqual(400);
    }
    expect(passphrases).toHaveLength(3);
  });

  it('L4 locks, says why it does not, and stops', async () => {
    const { api, stopped } = setup();
    expect((await api.inject(post('/v1/lock'))).json()).toEqual(locked);
    const bare = setup({ lock: async () => err({ kind: 'conflict', message: 'A bare file.' }) });
    expect((await bare.api.inject(post('/v1/lock'))).json()).toMatchObject({ status: 409, detail: 'A bare file.' });
    expect((await api.inject(post('/v1/daemon/stop'))).json()).toEqual({ stopping: true });
    expect(stopped.times).toBe(1);
  });

  it('what goes wrong inside is told to nobody', async () => {
    const { api } = setup({
      unlock: async () => {
        throw new Error('xylophone');
      },
    });
    const answer = await api.inject(post('/v1/unlock', { passphrase: 'right' }));
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain('xylophone');
  });
});
