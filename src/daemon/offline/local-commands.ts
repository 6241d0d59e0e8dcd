import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { HomePaths, LocalCommands } from '../../cli/ground/context.ts';
import { exitCodes } from '../../cli/ground/exit-codes.ts';
import type { CommandFault } from '../../cli/ground/fault.ts';
import { createLogCommands } from './log-commands.ts';
import { createClient } from '../../client/client.ts';
import { type Config, configFault, loadConfig } from '../ground/config.ts';
import { homePaths } from '../ground/home.ts';
import { packageRoot } from '../ground/package-root.ts';
import { readToken } from '../keys/api-token.ts';
import type { HomeOptions } from '../service/home-service.ts';
import { recoveryCommands } from './recovery-commands.ts';
import { createRelayCommands } from './relay-commands.ts';

/**
 * What the command line does itself: set a home up, and keep a daemon or a relay running. Rooms with weight are loaded
 * by the commands that need them, so that the others answer at once.
 */
export function createLocalCommands(home: string | undefined, environment: NodeJS.ProcessEnv): LocalCommands {
  const paths = homePaths(home, environment);
  const named = home === '' ? undefined : home;
  const configured = (): Config | CommandFault => {
    const loaded = loadConfig(paths.config, environment);
    return loaded.ok ? loaded.value : configFault(loaded.error);
  };
  const withConfig = async <T>(work: (config: Config) => Promise<T>): Promise<T | CommandFault> => {
    const config = configured();
    return 'exitCode' in config ? config : work(config);
  };

  return {
    paths: () => paths,
    versions: async () => (await import('./versions.ts')).versionsOf(),
    config: async () => (await import('./config-commands.ts')).createConfigCommands(paths, environment),
    logs: createLogCommands(paths),
    configShow() {
      const loaded = loadConfig(paths.config, environment);
      return loaded.ok ? { settings: loaded.value.origins, problems: [] } : { settings: [], problems: [loaded.error] };
    },
    init: async (options) =>
      withConfig(async (config) => (await import('./setup.ts')).initHome(paths, config, environment, options)),
    join: async (options) =>
      withConfig(async (config) => (await import('./join.ts')).joinHome(paths, config, environment, options)),
    keys: keyCommands(paths, environment),
    recovery: recoveryCommands(paths, environment, configured),
    backup: async () => (await import('../backup/commands.ts')).createBackupCommands(paths, environment),
    store: async () => (await import('./store-commands.ts')).createStoreCommands(paths),
    transfer: async () => ({ write: (await import('../transfer/write-export.ts')).writeExport }),
    async runDaemon(options) {
      const { runDaemon } = await import('../wire/run-daemon.ts');
      return runDaemon({ paths, environment, ...options });
    },
    async superviseDaemon(options) {
      const { superviseDaemon } = await import('./supervise.ts');
      return superviseDaemon({ paths, home, ...options });
    },
    ...runningApart({ paths, home: named, environment }),
    relay: createRelayCommands(paths, environment),
    async verifyProof(text, root) {
      const { verifyProof } = await import('./verify-proof.ts');
      return verifyProof(text, root);
    },
    async serveAgent(files, version) {
      const { serveAgentOf } = await import('./serve-agent.ts');
      return serveAgentOf(paths, environment, files, version);
    },
    async demo(say) {
      const { runDemo } = await import('../../demo/run-demo.ts');
      const untrue = await runDemo({
        say,
        command: join(packageRoot, 'bin', 'sourcesync.js'),
        samples: join(packageRoot, 'samples'),
      });
      return untrue === undefined ? undefined : { exitCode: exitCodes.failed, message: untrue };
    },
    credentials: async () => (await import('./find-credentials.ts')).findCredentialsAtHome(homedir(), environment),
    manifests: async () => (await import('./manifest-commands.ts')).createManifestCommands(),
    async verifyLease(files) {
      const { verifyLeaseFiles } = await import('./verify-lease.ts');
      return verifyLeaseFiles(files);
    },
    async presentLease(request) {
      const { presentLease } = await import('../keys/present-lease.ts');
      return presentLease(request);
    },
    async createSigningKey() {
      const { createSigningKey } = await import('../keys/signing-key.ts');
      return createSigningKey();
    },
    async openInBrowser(url) {
      const { openInBrowser } = await import('../terminal/open-browser.ts');
      return openInBrowser(url, paths.socket, environment);
    },
    client: () => clientOf(paths),
  };
}

/** What keeps a daemon running when this command has ended. */
function runningApart(options: HomeOptions): Pick<LocalCommands, 'startDaemon' | 'services'> {
  const { paths, home } = options;
  const client = async (): ReturnType<LocalCommands['client']> => clientOf(paths);
  return {
    async startDaemon() {
      const { startByService } = await import('../service/start-by-service.ts');
      const { spawnDaemon } = await import('./spawn-daemon.ts');
      return (await startByService(options, client)) ?? spawnDaemon(paths, home);
    },
    services: async () => (await import('./service-commands.ts')).createServiceCommands(options, client),
  };
}

function keyCommands(paths: HomePaths, environment: NodeJS.ProcessEnv): LocalCommands['keys'] {
  return {
    protection: async () => (await import('../keys/key-commands.ts')).keyProtection(paths),
    passphrase: async (file) => (await import('../keys/key-commands.ts')).namedPassphrase(file, environment),
    protect: async (request) => (await import('../keys/key-commands.ts')).protectKeys(paths, environment, request),
  };
}

async function clientOf(paths: HomePaths): ReturnType<LocalCommands['client']> {
  const read = readToken(paths.token);
  const token = read.kind === 'whole' ? read.token : '';
  // Where nobody can answer, or nobody would listen, the home itself is asked why.
  const isInVain = token === '' || !existsSync(paths.socket);
  const fault = isInVain ? (await import('./no-client.ts')).noClient(paths, read) : undefined;
  if (fault !== undefined) {
    return fault;
  }
  return createClient({
    ...{ socketPath: paths.socket, token },
    seal: async (call) => (await import('../keys/seal-call.ts')).sealAsOwner(paths.keys, call),
  });
}
