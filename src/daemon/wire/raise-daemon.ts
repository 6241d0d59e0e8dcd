import { type Result, err, ok } from '../../base/result.ts';
import type { HomePaths } from '../../cli/ground/context.ts';
import { exitCodes } from '../../cli/ground/exit-codes.ts';
import type { CommandFault } from '../../cli/ground/fault.ts';
import { isDamage, storeFailureOf, troubleOf } from '../../store/ground/failure.ts';
import { suspect } from '../../store/sqlite/base/suspicion.ts';
import { giveReserveToStart } from '../disk/disk-reserve.ts';
import { readDiskRoom } from '../../store/sqlite/base/disk-room.ts';
import { stoppedStanding } from '../disk/store-standing.ts';
import { type HomeKeys, wipeKeys } from '../keys/key-file.ts';
import { type OpenHome, openHome } from '../keys/open-home.ts';
import type { Daemon } from './deps.ts';
import type { AroundDaemon } from './parts.ts';

export interface RaiseDeps {
  readonly paths: HomePaths;
  /** The daemon of an open home, not yet started. */
  readonly createDaemon: (home: OpenHome, around: AroundDaemon) => Daemon;
}

/** Opens the store and brings everything up; what fails leaves nothing open and no key behind. */
export async function raise(
  deps: RaiseDeps,
  keys: HomeKeys,
  around: AroundDaemon,
): Promise<Result<Daemon, CommandFault>> {
  const { paths } = deps;
  giveReserveToStart(paths.state);
  const raised = await raiseOnce(deps, keys, around);
  if (raised.kind === 'damaged') {
    suspect(paths.database);
  }
  // Opened anew it is made anew; what fails even so is no damage of a page.
  const settled = raised.kind === 'damaged' ? await raiseOnce(deps, keys, around) : raised;
  if (settled.kind === 'up') {
    return ok(settled.daemon);
  }
  wipeKeys(keys);
  if (settled.kind === 'closed') {
    return err(settled.fault);
  }
  const failure = storeFailureOf(settled.cause);
  if (failure === undefined) {
    throw settled.cause;
  }
  const { message } = stoppedStanding(paths.state, readDiskRoom(paths.state), {
    failure,
    trouble: troubleOf(settled.cause),
    sinceMs: Date.now(),
  });
  return err({ exitCode: exitCodes.failed, message: message ?? failure });
}

type Raised =
  | { readonly kind: 'up'; readonly daemon: Daemon }
  | { readonly kind: 'closed'; readonly fault: CommandFault }
  | { readonly kind: 'failed' | 'damaged'; readonly cause: unknown };

async function raiseOnce({ paths, createDaemon }: RaiseDeps, keys: HomeKeys, around: AroundDaemon): Promise<Raised> {
  let home: ReturnType<typeof openHome> | undefined;
  let daemon: Daemon | undefined;
  try {
    home = openHome(paths, keys);
    if (!home.ok) {
      return { kind: 'closed', fault: home.error };
    }
    daemon = createDaemon(home.value, around);
    await daemon.start();
    await daemon.api.ready();
    return { kind: 'up', daemon };
  } catch (cause) {
    if (daemon !== undefined) {
      await daemon.stop().catch(() => undefined);
    } else if (home?.ok === true) {
      home.value.store.close();
    }
    return { kind: isDamage(cause) ? 'damaged' : 'failed', cause };
  }
}

/** Ends it, and forgets its keys. */
export async function lower(daemon: Daemon, keys: HomeKeys): Promise<void> {
  try {
    await daemon.stop();
  } finally {
    wipeKeys(keys);
  }
}
