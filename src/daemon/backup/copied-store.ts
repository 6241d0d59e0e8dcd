import { existsSync, rmSync } from 'node:fs';
import { type Result, err, ok } from '../../base/result.ts';
import type { HomePaths } from '../../cli/ground/context.ts';
import { exitCodes } from '../../cli/ground/exit-codes.ts';
import type { CommandFault } from '../../cli/ground/fault.ts';
import { createClient } from '../../client/client.ts';
import { copyClosedStore } from '../../store/sqlite/inspect.ts';
import { newCopyPath, sweepCopies, wantOfRoom } from '../disk/store-copy.ts';
import { readToken } from '../keys/api-token.ts';

/** A copy of the store in a file of its own, which whoever asked for it removes. */
export interface CopiedStore {
  readonly path: string;
  remove(): void;
}

/** A large store is copied at the pace of everybody else's work. */
const patienceMs = 60 * 60 * 1000;
const lockedStatus = 423;

/**
 * The daemon of a home copies its store while it goes on; where none runs, or it keeps the store closed because its keys
 * are locked, it is copied here.
 */
export async function copyStoreOf(paths: HomePaths): Promise<Result<CopiedStore, CommandFault>> {
  const token = readToken(paths.token);
  if (token.kind === 'whole' && existsSync(paths.socket)) {
    const client = createClient({ socketPath: paths.socket, token: token.token, timeoutMs: patienceMs });
    const copied = await client.copyStore();
    if (copied.ok) {
      return ok(copiedAt(copied.value.path));
    }
    const { error } = copied;
    const isClosed = error.kind === 'unreachable' ? error.isNobody : error.problem.status === lockedStatus;
    if (!isClosed) {
      return err(
        error.kind === 'unreachable'
          ? { exitCode: exitCodes.unreachable, message: `${error.message} Nothing was written.` }
          : { exitCode: exitCodes.failed, message: error.problem.detail },
      );
    }
  }
  return copyHere(paths);
}

async function copyHere(paths: HomePaths): Promise<Result<CopiedStore, CommandFault>> {
  sweepCopies(paths.state, Date.now());
  if (!existsSync(paths.database)) {
    const message = `The store of this home is not there (${paths.database}), so that there is nothing to back up. See what is left: sourcesync doctor`;
    return err({ exitCode: exitCodes.failed, message });
  }
  const obstacle = wantOfRoom(paths);
  if (obstacle !== undefined) {
    return err({ exitCode: exitCodes.failed, message: obstacle });
  }
  const path = newCopyPath(paths.state, Date.now());
  const copied = await copyClosedStore(paths.database, path);
  return copied.ok ? ok(copiedAt(path)) : err({ exitCode: exitCodes.failed, message: copied.error.message });
}

function copiedAt(path: string): CopiedStore {
  return {
    path,
    remove() {
      for (const companion of ['', '-journal', '-wal', '-shm']) {
        rmSync(path + companion, { force: true });
      }
    },
  };
}
