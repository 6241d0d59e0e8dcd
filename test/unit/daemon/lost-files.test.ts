import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { HomePaths } from '../../../src/cli/ground/context.ts';
import { homePaths } from '../../../src/daemon/ground/home.ts';
import { createLocalCommands } from '../../../src/daemon/offline/local-commands.ts';
import { readToken } from '../../../src/daemon/keys/api-token.ts';
import { keepToken, tokenKeeper } from '../../../src/daemon/keys/keep-token.ts';
import { temporaryFolder } from './temporary-folder.ts';

const asked = {
  ...{ label: 'desk', relay: undefined, relayTokenFile: undefined },
  protection: { passphraseFile: undefined, keyring: false },
};

/** A home that was set up, with no daemon. */
async function setUp() {
  const folder = temporaryFolder();
  const paths = homePaths(folder, {});
  const local = createLocalCommands(folder, {});
  expect(await local.init(asked)).toMatchObject({ deviceId: expect.any(String) });
  return { paths, local };
}

const filesOf = ({ state }: HomePaths): readonly string[] => readdirSync(state, { recursive: true, encoding: 'utf8' });

/** A daemon as far as its token goes; resolves with what it logs first. */
async function keeping(paths: HomePaths, token: string, meanwhile: () => void): Promise<string> {
  return new Promise((resolve) => {
    const end = keepToken(paths, token, {
      warn: (_facts: unknown, message?: string) => {
        setImmediate(() => end());
        resolve(String(message));
      },
    });
    meanwhile();
  });
}

describe('34. a token that was lost', () => {
  it.each([
    ['removed', (path: string) => rmSync(path)],
    ['emptied', (path: string) => writeFileSync(path, '')],
    ['zeroed', (path: string) => writeFileSync(path, new Uint8Array(43))],
    ['cut', (path: string) => writeFileSync(path, readFileSync(path).subarray(0, 20))],
  ])('%s: commands say that nothing else is, and to start the daemon', async (_name, lose) => {
    const { paths, local } = await setUp();
    lose(paths.token);
    expect(await local.client()).toMatchObject({
      exitCode: 4,
      message: expect.stringMatching(/Nothing else of this home is lost\..*sourcesync daemon start$/),
    });
  });

  it('is written again by the daemon that runs, for its owner alone', async () => {
    const { paths } = await setUp();
    const token = readFileSync(paths.token, 'utf8');
    const said = await keeping(paths, token, () => {
      rmSync(paths.token);
    });
    expect(said).toBe('the token of the API was lost, and is there again');
    expect(readToken(paths.token)).toEqual({ kind: 'whole', token });
    expect(statSync(paths.token).mode & 0o777).toBe(0o600);
  });

  it('is written over another, which the daemon that runs would not take', async () => {
    const { paths } = await setUp();
    const token = readFileSync(paths.token, 'utf8');
    writeFileSync(paths.token, 'y'.repeat(43));
    tokenKeeper(paths, token, { warn: () => undefined })();
    expect(readToken(paths.token)).toEqual({ kind: 'whole', token });
  });

  it('is not written beside the keys of another home, nor where there are none', async () => {
    const [here, other] = [await setUp(), await setUp()];
    const keyFile = join(here.paths.keys, 'device.json');
    writeFileSync(here.paths.token, '');
    const look = tokenKeeper(here.paths, 'x'.repeat(43), { warn: () => undefined });
    writeFileSync(keyFile, readFileSync(join(other.paths.keys, 'device.json')));
    look();
    expect(readToken(here.paths.token)).toEqual({ kind: 'lost' });
    rmSync(keyFile);
    look();
    expect(readToken(here.paths.token)).toEqual({ kind: 'lost' });
  });

  it('that cannot be read at all is said so', async () => {
    const { paths, local } = await setUp();
    rmSync(paths.token);
    mkdirSync(paths.token);
    expect(await local.client()).toMatchObject({ exitCode: 5, message: expect.stringContaining('(EISDIR)') });
  });
});

describe('35. keys that are gone from beside a database', () => {
  it.each([
    ['with their folder', (paths: HomePaths) => rmSync(paths.keys, { recursive: true })],
    ['alone', (paths: HomePaths) => rmSync(join(paths.keys, 'device.json'))],
    [
      'and the database too, but for its copy',
      (paths: HomePaths) => {
        rmSync(paths.keys, { recursive: true });
        rmSync(paths.database);
      },
    ],
  ])('%s: every command says so, and none changes anything', async (_name, lose) => {
    const { paths, local } = await setUp();
    lose(paths);
    const before = filesOf(paths);
    const gone = {
      exitCode: 5,
      message: expect.stringMatching(/^The keys of this home are gone.*Put the folder \S+ back.*recovery restore/),
    };
    expect(await local.client()).toMatchObject(gone);
    expect(await local.init(asked)).toMatchObject(gone);
    expect(await local.keys.protection()).toMatchObject(gone);
    expect(await local.runDaemon({ relayListen: undefined, onReady: () => undefined })).toMatchObject(gone);
    expect(filesOf(paths)).toEqual(before);
  });

  it('a home that was never set up is offered to be', async () => {
    const local = createLocalCommands(temporaryFolder(), {});
    expect(await local.client()).toMatchObject({
      ...{ exitCode: 5, reasonCode: 'no_user_profile' },
      message: expect.stringContaining('Set one up with: sourcesync init'),
    });
  });

  it('a setting up that fails half-way leaves nothing behind', async () => {
    const folder = temporaryFolder();
    const paths = homePaths(folder, {});
    // The store cannot be made where a folder stands in its place of work.
    mkdirSync(`${paths.database}-wal`, { recursive: true });
    const failed = await createLocalCommands(folder, {})
      .init(asked)
      .catch(() => ({ exitCode: 1 }));
    expect(failed).toMatchObject({ exitCode: expect.any(Number) });
    expect(existsSync(join(paths.keys, 'device.json'))).toBe(false);
    rmSync(`${paths.database}-wal`, { recursive: true, force: true });
    expect(await createLocalCommands(folder, {}).init(asked)).toMatchObject({ deviceId: expect.any(String) });
  });
});
