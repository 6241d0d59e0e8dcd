import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { HomePaths, LocalCommands } from '../../cli/ground/context.ts';
import { exitCodes } from '../../cli/ground/exit-codes.ts';
import type { CommandFault } from '../../cli/ground/fault.ts';
import { createClient } from '../../client/client.ts';
import { type Config, configFault, loadConfig } from '../ground/config.ts';
import { homePaths } from '../ground/home.ts';
import { packageRoot } from '../ground/package-root.ts';
import { readToken } from '../keys/api-token.ts';
import { recoveryCommands } from './recovery-commands.ts';
import { createRelayCommands } from './relay-commands.ts';

/**
 * What the command line does itself: set a home up, and keep a daemon or a relay running. Rooms with weight are loaded
 * by the commands that need them, so that the others answer at once.
 */
export function createLocalCommands(home: string | undefined, environment: NodeJS.ProcessEnv): LocalCommands {
  const paths = homePaths(home, environment);
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
    configShow() {
      const loaded = loadConfig(paths.config, environment);
      return loaded.ok ? { settings: loaded.value.origins, problems: [] } : { settings: [], problems: [loaded.error] };
    },
    init: async (options) =>
      withConfig(async (config) => (await import('./setup.ts')).initHome(paths, config, environment, options)),
    join: async (options) =>
      withConfig(async (config) => (await import('./join.ts')).joinHome(paths, config, environment, options)),
    keys: {
      protection: async () => (await import('../keys/key-commands.ts')).keyProtection(paths),
      passphrase: async (file) => (await import('../keys/key-commands.ts')).namedPassphrase(file, environment),
      protect: async (request) => (await import('../keys/key-commands.ts')).protectKeys(paths, environment, request),
    },
    recovery: recoveryCommands(paths, environment, configured),
    async runDaemon(options) {
      const { runDaemon } = await import('../wire/run-daemon.ts');
      return runDaemon({ paths, environment, ...options });
    },
    async superviseDaemon(options) {
      const { superviseDaemon } = await import('./supervise.ts');
      return superviseDaemon({ paths, home, ...options });
    },
    async startDaemon() {
      const { spawnDaemon } = await import('./spawn-daemon.ts');
      return spawnDaemon(paths, home);
    },
    relay: createRelayCommands(paths),
    async verifyProof(text, root) {
      const { verifyProof } = await import('./verify-proof.ts');
      return verifyProof(text, root);
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
    client: () => clientOf(paths),
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
