import { existsSync } from 'node:fs';
import type { HomePaths } from '../../cli/ground/context.ts';
import { exitCodes } from '../../cli/ground/exit-codes.ts';
import type { CommandFault } from '../../cli/ground/fault.ts';
import type { TokenFile } from '../keys/api-token.ts';
import { readKeyFile } from '../keys/key-file.ts';
import { withoutKeys } from '../keys/not-set-up.ts';

/** Why no daemon of this home can be asked: nothing was set up, or what was is not where it was. Undefined where one could be. */
export function noClient(paths: HomePaths, token: TokenFile): CommandFault | undefined {
  if (token.kind === 'unreadable') {
    return { exitCode: exitCodes.notSetUp, message: token.message };
  }
  const file = readKeyFile(paths.keys);
  const mayRun = existsSync(paths.socket);
  if (!file.ok) {
    return file.error.kind === 'absent' && mayRun ? goneUnderDaemon(paths) : withoutKeys(paths, file.error);
  }
  return token.kind === 'lost' ? tokenLost(paths, mayRun) : undefined;
}

function goneUnderDaemon({ state, socket, token }: HomePaths): CommandFault {
  const message = `${token} is gone, and a daemon may still run for this home (${socket}). Put ${state} back as it was; where it is lost, end that daemon before another device is set up here (ss -xlp names its process).`;
  return { exitCode: exitCodes.notSetUp, message, reasonCode: 'no_user_profile' };
}

function tokenLost({ token }: HomePaths, mayRun: boolean): CommandFault {
  const next = mayRun
    ? 'A daemon that runs writes it again within five seconds: run this command again. Where it says the same then, no daemon runs: sourcesync daemon start makes the file anew.'
    : 'No daemon runs, and the next one makes the file anew. Start it with: sourcesync daemon start';
  const message = `The file by which commands are let in by the daemon is gone or damaged (${token}). Nothing else of this home is lost. ${next}`;
  return { exitCode: exitCodes.unreachable, message };
}
