import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { homePaths } from '../../../src/daemon/ground/home.ts';

describe('paths of a home', () => {
  it('a named home holds everything, and no manifest of the system', () => {
    const { engines, ...paths } = homePaths('/home/one', {
      XDG_CONFIG_HOME: '/elsewhere',
      XDG_RUNTIME_DIR: '/run/user/1',
    });
    for (const path of [...Object.values(paths), ...engines]) {
      expect(path.startsWith('/home/one/')).toBe(true);
    }
    expect(engines).toHaveLength(1);
    expect(paths.token.startsWith(paths.keys)).toBe(true);
  });

  it.runIf(process.platform === 'linux')('without one they follow XDG', () => {
    const paths = homePaths(undefined, { XDG_CONFIG_HOME: '/c', XDG_STATE_HOME: '/s', XDG_RUNTIME_DIR: '/r' });
    expect(paths).toEqual({
      ...{ config: '/c/sourcesync/config.toml', state: '/s/sourcesync', keys: '/s/sourcesync/keys' },
      ...{ socket: '/r/sourcesync/api.sock', token: '/s/sourcesync/keys/api.token' },
      ...{ database: '/s/sourcesync/sourcesync.db', log: '/s/sourcesync/daemon.log' },
      engines: ['/c/sourcesync/engines.d', '/etc/sourcesync/engines.d'],
    });
  });

  it.runIf(process.platform === 'linux')('an empty or relative variable, or an empty home, counts as unset', () => {
    const standard = homePaths(undefined, {});
    expect(standard.config).toBe(join(homedir(), '.config', 'sourcesync', 'config.toml'));
    expect(standard.socket.startsWith(standard.state)).toBe(true);
    for (const value of ['', 'relative']) {
      const environment = { XDG_CONFIG_HOME: value, XDG_STATE_HOME: value, XDG_RUNTIME_DIR: value };
      expect(homePaths(undefined, environment)).toEqual(standard);
    }
    expect(homePaths('', {})).toEqual(standard);
  });
});
