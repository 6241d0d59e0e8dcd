import { mkdirSync, rmSync, watch } from 'node:fs';
import { dirname } from 'node:path';
import { assert } from '../../base/assert.ts';
import { parseRelayAddress } from '../../base/relay-address.ts';
import type { HomePaths, ReadyLine } from '../../cli/ground/context.ts';
import { exitCodes } from '../../cli/ground/exit-codes.ts';
import type { CommandFault } from '../../cli/ground/fault.ts';
import { startRelay } from '../../relay/serve.ts';
import { isAnswered } from '../ground/is-answered.ts';
import { createApiServer } from './api-server.ts';
import { type Config, configFault, loadConfig } from '../ground/config.ts';
import { createDaemonLog, outliveStoreFailures } from '../ground/daemon-log.ts';
import { createDaemon } from './deps.ts';
import { keepLogBounded } from '../ground/log-size.ts';
import { type LiveConfig, createLiveConfig } from '../ground/live-config.ts';
import { looseModes } from '../ground/loose-modes.ts';
import { newToken, readToken } from '../keys/api-token.ts';
import { namedPassphrase } from '../keys/key-commands.ts';
import { readKeyFile } from '../keys/key-file.ts';
import { beginKeyPhases } from './key-phases.ts';
import { keepSocket } from '../ground/keep-socket.ts';
import { keepToken } from '../keys/keep-token.ts';
import { createKeyring } from '../keys/keyring.ts';
import { parseListen } from '../ground/listen-address.ts';
import { holdsStore, withoutKeys } from '../keys/not-set-up.ts';
import { interrupted } from '../keys/open-home.ts';
import type { Passphrase } from '../keys/passphrase.ts';
import type { RelaySetting } from '../ground/relay-config.ts';
import { unwritable } from '../ground/unwritable.ts';
import { createManagerTold } from '../service/manager-told.ts';

// The kernel's limit for the path of a Unix socket, less the closing zero.
const maximumSocketPathBytes = 107;

export interface RunOptions {
  readonly paths: HomePaths;
  readonly environment: NodeJS.ProcessEnv;
  /** Also serve a relay for this machine at this address, and use it unless another is configured. */
  readonly relayListen: string | undefined;
  readonly onReady: (ready: ReadyLine) => void;
}

/** Runs the daemon of a home until SIGINT, SIGTERM or a stop by its API. Answers a fault when it could not run. */
export async function runDaemon({
  paths,
  environment,
  relayListen,
  onReady,
}: RunOptions): Promise<CommandFault | undefined> {
  const loaded = loadConfig(paths.config, environment);
  if (!loaded.ok) {
    return configFault(loaded.error);
  }
  if (Buffer.byteLength(paths.socket) > maximumSocketPathBytes) {
    return {
      exitCode: exitCodes.usage,
      message: `The socket path ${paths.socket} is longer than ${maximumSocketPathBytes} bytes. Use a shorter --home.`,
    };
  }
  const named = namedPassphrase(undefined, environment);
  if ('exitCode' in named) {
    return named;
  }
  const relay = relayListen === undefined ? undefined : await embedRelay(paths, relayListen);
  if (relay !== undefined && 'exitCode' in relay) {
    return relay;
  }
  const fault = await serve({ paths, environment, config: loaded.value, relay, passphrase: named.passphrase, onReady });
  await relay?.close();
  return fault;
}

const runsAlready: CommandFault = {
  exitCode: exitCodes.failed,
  message: 'A daemon of this home runs already. See: sourcesync daemon status',
};

interface ServeOptions extends Pick<RunOptions, 'paths' | 'environment' | 'onReady'> {
  readonly config: Config;
  readonly relay: { readonly url: string } | undefined;
  readonly passphrase: Passphrase | undefined;
}

/** Serves the local API, and everything behind it once the keys are there, until it is told to stop. */
async function serve(options: ServeOptions): Promise<CommandFault | undefined> {
  const { paths, environment, config, relay, passphrase, onReady } = options;
  // Before anything is opened: the store that is there need not be the one that the other daemon has open.
  if (await isAnswered(paths.socket)) {
    return runsAlready;
  }
  const token = tokenOf(paths);
  if (typeof token !== 'string') {
    return token;
  }
  const obstacle = unwritable(paths);
  if (obstacle !== undefined) {
    return obstacle;
  }
  const relays = relay === undefined || config.relays.length > 0 ? config.relays : [settingOf(relay.url)];
  const reload = watchedConfig(paths, environment, config);
  const log = createDaemonLog(config.logLevel);
  const manager = createManagerTold(environment, (message) => log.warn(message));
  reload.onReload(() => {
    log.level = reload.current().logLevel;
  });
  let mend = (): void => undefined;
  const leaveUnguarded = outliveStoreFailures(log, () => mend());
  let stop = (): void => undefined;
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const common = {
    ...{ paths, log, stop, config: reload, token, relays, relayUrl: relays[0]?.address.url ?? null },
  };
  const phases = await beginKeyPhases(
    {
      ...{ ...common, keyring: createKeyring(environment) },
      createDaemon: (home, around) => createDaemon({ ...common, around, home }),
    },
    passphrase,
  );
  if (!phases.ok) {
    leaveUnguarded();
    reload.stop();
    return phases.error;
  }
  ({ mend } = phases.value);
  const server = createApiServer((request) => phases.value.apiFor(request.url ?? ''));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  const listening = await server.listen(paths.socket);
  if (listening) {
    const keeping = [
      keepLogBounded(paths.log),
      keepSocket(server, paths.socket, log, stop),
      keepToken(paths, token, log),
    ];
    for (const { message, remedy } of looseModes(paths)) {
      log.warn({ remedy }, message);
    }
    const { locked, message } = phases.value.keys();
    manager.ready(() => phases.value.keys().message ?? 'Running');
    onReady({ socket: paths.socket, pid: process.pid, relayUrl: relay?.url ?? config.relayUrl, locked, message });
    await stopped;
    void manager.stopping();
    keeping.forEach((end) => end());
  }
  reload.stop();
  const closed = server.close();
  await phases.value.end();
  await closed;
  leaveUnguarded();
  if (!listening) {
    return runsAlready;
  }
  rmSync(paths.socket, { force: true });
  return undefined;
}

/** The token that commands of this home send: a new one where it was lost. */
function tokenOf(paths: HomePaths): string | CommandFault {
  const read = readToken(paths.token);
  switch (read.kind) {
    case 'whole':
      return read.token;
    case 'unreadable':
      return { exitCode: exitCodes.failed, message: read.message };
    case 'lost': {
      const file = readKeyFile(paths.keys);
      if (!file.ok) {
        return withoutKeys(paths, file.error);
      }
      // Keys are the first thing that setting a home up writes: without anything else there is nothing to open.
      return holdsStore(paths) ? newToken() : interrupted;
    }
  }
}

async function embedRelay(
  paths: HomePaths,
  listenAt: string,
): Promise<{ url: string; close(): Promise<void> } | CommandFault> {
  const address = parseListen(listenAt);
  if (address === undefined) {
    return { exitCode: exitCodes.usage, message: `${listenAt} is no address. Write HOST:PORT.` };
  }
  const started = await startRelay({ listen: address, dataDir: `${paths.state}/relay`, open: true });
  return started.ok ? started.value : { exitCode: exitCodes.relay, message: started.error.message };
}

/** The relay of this process, which is open. */
function settingOf(url: string): RelaySetting {
  const address = parseRelayAddress(url);
  assert(address !== undefined, 'a relay that runs has an address');
  return { address, registrationToken: null };
}

/** The configuration as it is now, followed by a watcher of its folder: editors replace the file. */
function watchedConfig(paths: HomePaths, environment: NodeJS.ProcessEnv, first: Config): LiveConfig {
  const live = createLiveConfig(() => loadConfig(paths.config, environment), first);
  const folder = dirname(paths.config);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const watcher = watch(folder, live.changed);
  return {
    ...live,
    stop() {
      watcher.close();
      live.stop();
    },
  };
}
