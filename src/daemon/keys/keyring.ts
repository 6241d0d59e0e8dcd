import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { type Result, err, ok } from '../../base/result.ts';
import { packageRoot } from '../ground/package-root.ts';

/** The keyring of the operating system; a fault says in words why it gave no answer. */
export interface Keyring {
  /** Null when it answers and holds no such secret. */
  get(account: string): Promise<Result<string | null, string>>;
  set(account: string, secret: string): Promise<Result<null, string>>;
  remove(account: string): Promise<Result<null, string>>;
}

const program = join(packageRoot, 'dist', 'program', 'keyring-program.js');
/** Long enough for a person who is asked to unlock it. */
const patienceMs = 45_000;
const mostAnswerBytes = 4096;

/**
 * A keyring may wait for a person, for a bus that never answers, or take its process down: it is asked by a process of
 * its own, which can be ended, so that nothing here ever waits longer than it wants to.
 */
export function createKeyring(environment: NodeJS.ProcessEnv, waitMs: number = patienceMs): Keyring {
  const ask = async (action: string, account: string, input = ''): Promise<Result<string, string>> =>
    new Promise((resolve) => {
      const options = {
        ...({ env: environment, timeout: waitMs, killSignal: 'SIGKILL', maxBuffer: mostAnswerBytes } as const),
      };
      const child = execFile(process.execPath, [program, action, account], options, (error, stdout, stderr) => {
        if (error === null) {
          resolve(ok(stdout));
        } else {
          const silent = `it did not answer within ${Math.ceil(waitMs / 1000)} seconds`;
          resolve(err(error.killed === true ? silent : stderr.trim().split('\n')[0] || 'it cannot be asked'));
        }
      });
      // A process that ended early closes its input; what it says on its way out is the answer.
      child.stdin?.on('error', () => undefined).end(input);
    });
  const done = (answer: Result<string, string>): Result<null, string> => (answer.ok ? ok(null) : answer);

  return {
    async get(account) {
      const answer = await ask('get', account);
      return answer.ok ? ok(answer.value === '' ? null : answer.value) : answer;
    },
    set: async (account, secret) => done(await ask('set', account, secret)),
    remove: async (account) => done(await ask('remove', account)),
  };
}
