import type { HomePaths, RecoveryCommands } from '../../cli/ground/context.ts';
import { exitCodes } from '../../cli/ground/exit-codes.ts';
import type { CommandFault } from '../../cli/ground/fault.ts';
import type { Config } from '../ground/config.ts';
import { readSecretFile } from '../ground/secret-file.ts';

const mostWordsBytes = 1024;

/** The commands of the twelve words; what they need is loaded when they run. */
export function recoveryCommands(
  paths: HomePaths,
  environment: NodeJS.ProcessEnv,
  configured: () => Config | CommandFault,
): RecoveryCommands {
  const usage = (message: string): CommandFault => ({ exitCode: exitCodes.usage, message });
  return {
    words: async (file) => {
      const read = readSecretFile(file, 'the recovery words', mostWordsBytes);
      return Promise.resolve(read.ok ? { words: read.value } : usage(read.error));
    },
    async test(words, logs) {
      const { testWords } = await import('./recovery-test.ts');
      const tested = testWords(words, logs);
      return tested.ok ? { scopes: tested.value } : usage(tested.error);
    },
    async resolve(words, logs, { execute }) {
      const config = configured();
      if ('exitCode' in config) {
        return config;
      }
      const [first] = config.relays;
      if (first === undefined) {
        return usage('No relay is configured: there is no log to compare with.');
      }
      const { resolveForks } = await import('./resolve-fork.ts');
      const settled = await resolveForks({ words, logs, execute, address: first.address });
      return settled.ok ? { scopes: settled.value } : usage(settled.error);
    },
    async restore(options) {
      const config = configured();
      if ('exitCode' in config) {
        return config;
      }
      const { restoreHome } = await import('./restore.ts');
      return restoreHome(paths, config, environment, options);
    },
  };
}
