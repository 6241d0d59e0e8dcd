import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { InitOptions } from '../../../src/cli/ground/context.ts';
import { loadConfig } from '../../../src/daemon/ground/config.ts';
import { homePaths } from '../../../src/daemon/ground/home.ts';
import { restoreHome } from '../../../src/daemon/offline/restore.ts';
import { spawnDaemon } from '../../../src/daemon/offline/spawn-daemon.ts';
import { initHome } from '../../../src/daemon/offline/setup.ts';
import { temporaryFolder } from './temporary-folder.ts';

const token = `srt1_${'a'.repeat(64)}`;
const protection = { passphraseFile: undefined, keyring: false };

/** An empty home, and setting it up with the given relay. */
function emptyHome() {
  const folder = temporaryFolder();
  const paths = homePaths(folder, {});
  const loaded = loadConfig(paths.config, {});
  if (!loaded.ok) {
    throw new Error(loaded.error);
  }
  const init = async (options: Partial<InitOptions>) =>
    initHome(
      paths,
      loaded.value,
      {},
      {
        ...{ label: 'desk', relay: 'ws://relay', relayTokenFile: undefined, protection },
        ...options,
      },
    );
  return { folder, paths, config: loaded.value, init };
}

describe('starting a daemon where no home is', () => {
  it('says what to do, and leaves no log behind', async () => {
    const { folder, paths } = emptyHome();
    const started = await spawnDaemon(paths, folder);
    expect(started).toMatchObject({ exitCode: 5, message: expect.stringContaining('sourcesync init') as string });
    expect(existsSync(paths.log)).toBe(false);
  });
});

describe('init whose words are not confirmed', () => {
  it('leaves nothing on disk, and the next one sets the home up', async () => {
    const { paths, init } = emptyHome();
    const shown: string[] = [];
    const closed = new Error('the terminal was closed');
    const confirm = async (phrase: string): Promise<void> => {
      shown.push(phrase);
      expect(existsSync(paths.keys) || existsSync(paths.database) || existsSync(paths.config)).toBe(false);
      return shown.length === 1 ? Promise.reject(closed) : Promise.resolve();
    };
    await expect(init({ confirm })).rejects.toBe(closed);
    expect([paths.keys, paths.database, paths.config, paths.token].filter((path) => existsSync(path))).toEqual([]);
    expect(await init({ confirm })).toMatchObject({ phrase: shown[1] });
    expect(existsSync(paths.keys)).toBe(true);
  });
});

describe('init with a relay', () => {
  it('keeps address and token in the configuration, and names the root keys that a relay may allow', async () => {
    const { folder, paths, init } = emptyHome();
    const file = join(folder, 'token');
    writeFileSync(file, `${token}\n`);
    const result = await init({ relay: 'ws://Relay:80/', relayTokenFile: file });
    expect(result).toMatchObject({
      rootKeys: [expect.stringMatching(/^[\w-]{43}$/), expect.stringMatching(/^[\w-]{43}$/)],
    });
    const config = loadConfig(paths.config, {});
    expect(config).toMatchObject({
      value: { relays: [{ address: { text: 'ws://relay' }, registrationToken: token }] },
    });
  });

  it.each<[string, Partial<InitOptions>, string]>([
    ['no address', { relay: 'http://relay' }, 'no address of a relay'],
    ['no token file', { relayTokenFile: '/nonexistent' }, 'cannot be read'],
  ])('%s: usage, in words, and nothing is set up', async (_name, options, words) => {
    const { init } = emptyHome();
    expect(await init(options)).toMatchObject({ exitCode: 2, message: expect.stringContaining(words) });
    expect(await init({})).toMatchObject({ deviceId: expect.any(String) });
  });

  it('a token beside a configuration that a person wrote is not lost in silence', async () => {
    const { folder, paths, init } = emptyHome();
    const file = join(folder, 'token');
    writeFileSync(file, token);
    mkdirSync(dirname(paths.config), { recursive: true });
    writeFileSync(paths.config, '# mine\n');
    expect(await init({ relayTokenFile: file })).toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('under [relay]'),
    });
    expect(readFileSync(paths.config, 'utf8')).toBe('# mine\n');
  });

  it('a restore from no address is usage, before anything is asked', async () => {
    const { paths, config } = emptyHome();
    const words = `${'abandon '.repeat(11)}about`;
    const wanted = { words, label: 'desk', protection, onStep: () => undefined };
    const restored = await restoreHome(paths, config, {}, { ...wanted, relay: 'relay' });
    expect(restored).toMatchObject({ exitCode: 2, message: expect.stringContaining('no address of a relay') });
  });
});
