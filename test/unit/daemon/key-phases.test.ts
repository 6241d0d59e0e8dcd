import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { HomePaths } from '../../../src/cli/ground/context.ts';
import type { Result } from '../../../src/base/result.ts';
import { loadConfig } from '../../../src/daemon/ground/config.ts';
import { createDaemon } from '../../../src/daemon/wire/deps.ts';
import { homePaths } from '../../../src/daemon/ground/home.ts';
import { type KeyPhases, type KeyPhasesDeps, beginKeyPhases } from '../../../src/daemon/wire/key-phases.ts';
import { createKeyring } from '../../../src/daemon/keys/keyring.ts';
import { type OpenHome, openHome, randomBytes } from '../../../src/daemon/keys/open-home.ts';
import { readKeyFile } from '../../../src/daemon/keys/key-file.ts';
import { changeProtection, openKeyFile } from '../../../src/daemon/keys/key-protection.ts';
import { type Passphrase, parsePassphrase } from '../../../src/daemon/keys/passphrase.ts';
import { initHome } from '../../../src/daemon/offline/setup.ts';
import { itDeep } from '../../helpers/suite.ts';
import { temporaryFolder } from './temporary-folder.ts';

const words = 'correct horse battery staple';
const keyring = createKeyring({ PATH: process.env['PATH'] });

/** A home of its own whose keys wait for the words above. */
async function setup(
  isProtected = true,
): Promise<{ paths: HomePaths; deps: KeyPhasesDeps; opened: OpenHome[]; token: string }> {
  const paths = homePaths(temporaryFolder(), {});
  const config = unwrap(loadConfig(paths.config, {}));
  const protection = { passphraseFile: undefined, keyring: false };
  await initHome(paths, config, {}, { label: 'desk', relay: undefined, relayTokenFile: undefined, protection });
  const wanted = { kind: 'passphrase', passphrase: passphrase() } as const;
  if (isProtected) {
    unwrap(await changeProtection({ keyring, randomBytes }, paths.keys, undefined, wanted));
  }
  const token = readFileSync(paths.token, 'utf8').trim();
  const opened: OpenHome[] = [];
  const common = {
    ...{ paths, token, relays: [], relayUrl: null },
    config: { current: () => config, problem: () => null, onReload: () => undefined },
    ...{ log: pino({ level: 'silent' }), stop: () => undefined },
  };
  const deps: KeyPhasesDeps = {
    ...{ ...common, keyring },
    createDaemon(home, around) {
      opened.push(home);
      return createDaemon({ ...common, around, home });
    },
  };
  return { paths, deps, opened, token };
}

async function begin(deps: KeyPhasesDeps, by?: Passphrase): Promise<KeyPhases> {
  const phases = unwrap(await beginKeyPhases(deps, by));
  onTestFinished(async () => phases.end());
  return phases;
}

async function call(
  phases: KeyPhases,
  token: string,
  url: string,
  body?: object,
): Promise<Awaited<ReturnType<FastifyInstance['inject']>>> {
  const headers = { host: 'localhost', authorization: `Bearer ${token}` };
  return phases
    .apiFor(url)
    .inject(body === undefined ? { url, headers } : { method: 'POST', url, headers, payload: body });
}

function passphrase(): Passphrase {
  return parsePassphrase(words) as Passphrase;
}

describe('the phases of a daemon', () => {
  it('10 locking wipes every key that was held, and opening again finds the same device', async () => {
    const { deps, opened, token } = await setup();
    const phases = await begin(deps, passphrase());
    const [home] = opened;
    const before = (await call(phases, token, '/v1/status')).json();
    expect(phases.keys().locked).toBe(false);
    expect((await call(phases, token, '/v1/lock', {})).json()).toMatchObject({ locked: true });
    const held = home?.keys;
    const secrets = [...Object.values(held?.seeds ?? {}), held?.device.sign.secretKey, held?.device.box.secretKey];
    expect(secrets).toHaveLength(8);
    expect(secrets.every((secret) => secret?.every((byte) => byte === 0) === true)).toBe(true);
    expect((await call(phases, token, '/v1/devices')).statusCode).toBe(423);
    expect((await call(phases, token, '/v1/unlock', { passphrase: words })).json()).toMatchObject({ locked: false });
    expect((await call(phases, token, '/v1/status')).json().device).toEqual(before.device);
  });

  it('U7 locking ends the page, its code and its bearer; another is opened once the keys are unlocked', async () => {
    const { deps, token } = await setup();
    const phases = await begin(deps, passphrase());
    const { url } = (await call(phases, token, '/v1/page', {})).json() as { url: string };
    const { origin, hash } = new URL(url);
    const body = JSON.stringify({ code: hash.slice(1) });
    const headers = { origin, 'content-type': 'application/json' };
    const login = await fetch(`${origin}/login`, { method: 'POST', headers, body });
    expect(login.status).toBe(200);
    await call(phases, token, '/v1/lock', {});
    const authorization = `Bearer ${((await login.json()) as { token: string }).token}`;
    await expect(fetch(`${origin}/v1/status`, { headers: { authorization } })).rejects.toThrow('fetch failed');
    const locked = await call(phases, token, '/v1/page', {});
    expect([locked.statusCode, locked.json().detail]).toEqual([423, expect.stringContaining('sourcesync unlock')]);
    await call(phases, token, '/v1/unlock', { passphrase: words });
    const anew = new URL(((await call(phases, token, '/v1/page', {})).json() as { url: string }).url);
    expect((await fetch(`${anew.origin}/v1/status`, { headers: { authorization } })).status).toBe(401);
  });

  it('8 says once that the keys are locked, and of the last try only where one was made', async () => {
    const { deps, token } = await setup();
    const phases = await begin(deps);
    expect(phases.keys().message).toBe('The keys of this device are locked. Unlock them with: sourcesync unlock');
    await call(phases, token, '/v1/unlock', { passphrase: 'another one' });
    expect(phases.keys().message).toMatch(/^The keys of this device are locked\. .* The last try: .*not the right one/);
  });

  itDeep('11 calls that come together take turns and agree', async () => {
    const { deps, opened, token } = await setup();
    const phases = await begin(deps);
    const answers = await Promise.all([
      call(phases, token, '/v1/unlock', { passphrase: words }),
      call(phases, token, '/v1/lock', {}),
      call(phases, token, '/v1/unlock', { passphrase: 'another one' }),
      call(phases, token, '/v1/unlock', { passphrase: words }),
      call(phases, token, '/v1/unlock', {}),
    ]);
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 422, 200, 200]);
    expect(opened).toHaveLength(2);
    expect(phases.keys()).toEqual({ protection: 'passphrase', locked: false, message: null });
  });

  itDeep('10 a daemon that fails to come up leaves the home locked and closed, and can be tried again', async () => {
    const { deps, token } = await setup();
    let attempts = 0;
    const failing: KeyPhasesDeps = {
      ...deps,
      createDaemon(home, keys) {
        attempts += 1;
        const daemon = deps.createDaemon(home, keys);
        const fail = async (): Promise<void> => {
          throw new Error('the disk is full');
        };
        if (attempts === 1) {
          throw new Error('no memory');
        }
        return attempts === 2 ? { ...daemon, start: fail } : daemon;
      },
    };
    const phases = await begin(failing);
    for (const status of [500, 500, 200]) {
      expect((await call(phases, token, '/v1/unlock', { passphrase: words })).statusCode).toBe(status);
      expect(phases.keys().locked).toBe(status !== 200);
    }
  });

  itDeep('a store that somebody else has open is a fault in words, at the start and later', async () => {
    const { paths, deps, token } = await setup();
    const keys = unwrap(await openKeyFile(keyring, unwrap(readKeyFile(paths.keys)), passphrase()));
    const other = unwrap(openHome(paths, keys));
    onTestFinished(() => {
      other.store.close();
    });
    expect(await beginKeyPhases(deps, passphrase())).toMatchObject({ ok: false, error: { exitCode: 1 } });
    const phases = await begin(deps);
    const answer = await call(phases, token, '/v1/unlock', { passphrase: words });
    expect(answer.statusCode).toBe(500);
    expect(answer.json().detail).toContain('process');
    expect(phases.keys().locked).toBe(true);
  });

  itDeep('11 a home that is mended on a disk that fails is opened once the disk is well', async () => {
    const { deps, token } = await setup(false);
    let attempts = 0;
    let isClosed = (): void => undefined;
    const closed = new Promise<void>((resolve) => {
      isClosed = resolve;
    });
    let isThere = (): void => undefined;
    const opened = new Promise<void>((resolve) => {
      isThere = resolve;
    });
    const failing: KeyPhasesDeps = {
      ...deps,
      createDaemon(home, around) {
        attempts += 1;
        if (attempts === 2 || attempts === 3) {
          isClosed();
          throw Object.assign(new Error('disk I/O error'), { code: 'SQLITE_IOERR_READ' });
        }
        if (attempts === 4) {
          isThere();
        }
        return deps.createDaemon(home, around);
      },
    };
    const phases = await begin(failing);
    phases.mend();
    await closed;
    const { store } = (await call(phases, token, '/v1/status')).json();
    expect(store).toMatchObject({ state: 'failing', cause: 'store_failing' });
    await opened;
    // It is its turn after what opens the home.
    expect((await call(phases, token, '/v1/unlock', {})).statusCode).toBe(200);
    expect(phases.keys().locked).toBe(false);
    expect((await call(phases, token, '/v1/status')).json().relay.reason).not.toBe('the keys are locked');
  });

  itDeep('11 keys that could not be unlocked again are not locked', async () => {
    const { paths, deps, token } = await setup();
    const phases = await begin(deps, passphrase());
    rmSync(join(paths.keys, 'device.json'));
    const answer = await call(phases, token, '/v1/lock', {});
    expect([answer.statusCode, phases.keys().locked, phases.keys().protection]).toEqual([409, false, null]);
    expect((await beginKeyPhases(deps, undefined)).ok).toBe(false);
  });
});

function unwrap<T, E>(result: Result<T, E>): T {
  if (!result.ok) {
    throw new Error(JSON.stringify(result.error));
  }
  return result.value;
}
