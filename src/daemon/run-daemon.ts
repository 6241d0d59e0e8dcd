import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, rmSync, watch } from 'node:fs';
import { dirname } from 'node:path';
import { pino } from 'pino';
import { type CommandFault, type HomePaths, exitCodes } from '../cli/context.ts';
import { startRelay } from '../relay/serve.ts';
import { type Config, loadConfig } from './config.ts';
import { createDaemon } from './deps.ts';
import { namedPassphrase } from './key-commands.ts';
import { type HomeKeys, readKeyFile } from './key-file.ts';
import { openKeyFile } from './key-protection.ts';
import { createKeyring } from './keyring.ts';
import { parseListen } from './listen-address.ts';
import { openHome } from './open-home.ts';

// The kernel's limit for the path of a Unix socket, less the closing zero.
const maximumSocketPathBytes = 107;

export interface RunOptions {
  readonly paths: HomePaths;
  readonly environment: NodeJS.ProcessEnv;
  /** Also serve a relay for this machine at this address, and use it unless another is configured. */
  readonly relayListen: string | undefined;
  readonly onReady: (ready: { socket: string; pid: number; relayUrl: string | null }) => void;
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
    return { exitCode: exitCodes.failed, message: loaded.error };
  }
  if (Buffer.byteLength(paths.socket) > maximumSocketPathBytes) {
    return {
      exitCode: exitCodes.usage,
      message: `The socket path ${paths.socket} is longer than ${maximumSocketPathBytes} bytes. Use a shorter --home.`,
    };
  }
  const keys = await openKeys(paths, environment);
  if ('exitCode' in keys) {
    return keys;
  }
  const home = openHome(paths, keys);
  if (!home.ok) {
    return home.error;
  }
  const relay = relayListen === undefined ? undefined : await embedRelay(paths, relayListen);
  if (relay !== undefined && 'exitCode' in relay) {
    home.value.store.close();
    return relay;
  }
  const reload = liveConfig(paths, environment, loaded.value);
  const log = pino({ name: 'sourcesync', level: loaded.value.logLevel }, pino.destination(2));
  let stop = (): void => undefined;
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const daemon = createDaemon({
    home: home.value,
    paths,
    token: readFileSync(paths.token, 'utf8').trim(),
    config: reload.current,
    configProblem: reload.problem,
    relayUrl: loaded.value.relayUrl ?? relay?.url ?? null,
    log,
    stop,
  });
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  await daemon.start();
  await listen(daemon.api, paths.socket);
  onReady({ socket: paths.socket, pid: process.pid, relayUrl: relay?.url ?? loaded.value.relayUrl });
  await stopped;
  reload.stop();
  await daemon.stop();
  await relay?.close();
  rmSync(paths.socket, { force: true });
  return undefined;
}

async function openKeys(paths: HomePaths, environment: NodeJS.ProcessEnv): Promise<HomeKeys | CommandFault> {
  const named = namedPassphrase(undefined, environment);
  if ('exitCode' in named) {
    return named;
  }
  const file = readKeyFile(paths.keys);
  const keys = file.ok ? await openKeyFile(createKeyring(environment), file.value, named.passphrase) : file;
  return keys.ok ? keys.value : { exitCode: exitCodes.notSetUp, message: keys.error.message };
}

async function listen(api: { listen(options: { path: string }): Promise<unknown> }, socket: string): Promise<void> {
  const folder = dirname(socket);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  // The store's lock says that no other daemon of this home runs: a socket that is left is of one that was killed.
  if (existsSync(socket) && lstatSync(socket).isSocket()) {
    rmSync(socket);
  }
  await api.listen({ path: socket });
  chmodSync(socket, 0o600);
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

/** The configuration as it is now; a file that became invalid leaves the last good one in force and is told of. */
function liveConfig(
  paths: HomePaths,
  environment: NodeJS.ProcessEnv,
  first: Config,
): { current: () => Config; problem: () => string | null; stop: () => void } {
  let config = first;
  let problem: string | null = null;
  const folder = dirname(paths.config);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const watcher = watch(folder, () => {
    const loaded = loadConfig(paths.config, environment);
    problem = loaded.ok ? null : loaded.error;
    config = loaded.ok ? loaded.value : config;
  });
  return { current: () => config, problem: () => problem, stop: () => watcher.close() };
}
