import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import envPaths from 'env-paths';
import type { HomePaths } from '../../cli/ground/context.ts';

const systemEngines = '/etc/sourcesync/engines.d';

/** Where everything of one device lives: one folder when a home is named, else the platform's conventions. */
export function homePaths(home: string | undefined, environment: NodeJS.ProcessEnv): HomePaths {
  if (home !== undefined && home !== '') {
    return pathsBelow(join(home, 'config'), join(home, 'state'), join(home, 'run'), []);
  }
  // The XDG specification: a path that is empty or relative counts as unset.
  const folder = (name: string): string | undefined => {
    const path = environment[name];
    return path !== undefined && isAbsolute(path) ? path : undefined;
  };
  const config = folder('XDG_CONFIG_HOME');
  const state = folder('XDG_STATE_HOME');
  const runtime = folder('XDG_RUNTIME_DIR');
  if (process.platform === 'linux') {
    const stateRoot = join(state ?? join(homedir(), '.local', 'state'), 'sourcesync');
    return pathsBelow(
      join(config ?? join(homedir(), '.config'), 'sourcesync'),
      stateRoot,
      runtime === undefined ? join(stateRoot, 'run') : join(runtime, 'sourcesync'),
      [systemEngines],
    );
  }
  const native = envPaths('sourcesync', { suffix: '' });
  return pathsBelow(native.config, native.data, join(native.data, 'run'), []);
}

function pathsBelow(config: string, state: string, run: string, systemFolders: readonly string[]): HomePaths {
  return {
    config: join(config, 'config.toml'),
    state,
    keys: join(state, 'keys'),
    socket: join(run, 'api.sock'),
    token: join(state, 'keys', 'api.token'),
    database: join(state, 'sourcesync.db'),
    engines: [join(config, 'engines.d'), ...systemFolders],
    log: join(state, 'daemon.log'),
  };
}
