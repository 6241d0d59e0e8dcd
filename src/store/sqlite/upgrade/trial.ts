import Database from 'better-sqlite3';
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type Result, err, ok } from '../../../base/result.ts';
import { connect, makeDurable } from '../base/connect.ts';
import { type StoreFault, faultOf, inUse, isBusy, noRoom } from '../base/fault.ts';
import { readLock } from '../base/lock.ts';
import { type SchemaPlan, checkVersion, stepsFrom } from '../base/migrate.ts';
import { withWayBack } from './rollback.ts';
import { type Room, isShort, roomForUpgrade, roomIn, sizeOfStore } from './room.ts';
import { upgradeStore } from './upgrade.ts';

/** What an upgrade of a store would do, and what came of it on a copy. */
export interface UpgradeTrial {
  readonly found: number;
  readonly version: number;
  /** The versions it is taken to, in order. */
  readonly steps: readonly number[];
  readonly storeBytes: number;
  /** Where the upgrade itself would be made. */
  readonly room: Room;
  /** Null where it works, or there is nothing to do. */
  readonly failure: string | null;
  readonly tookMs: number;
}

/** Upgrades a copy of a store that nobody has open, in a folder for temporary files. Nothing of the home is touched. */
export function tryUpgrade(path: string, plan: SchemaPlan, program: string): Result<UpgradeTrial, StoreFault> {
  if (isHeld(path)) {
    return err(inUse(readLock(path)));
  }
  const room = roomIn(tmpdir(), 3 * sizeOfStore(path));
  const scratch = mkdtempSync(join(room.folder, 'sourcesync-upgrade-'));
  try {
    return tryIn(scratch, path, plan, { program, room });
  } catch (error) {
    const fault = faultOf(error);
    if (fault === undefined) {
      throw error;
    }
    return err(fault);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function tryIn(
  scratch: string,
  path: string,
  plan: SchemaPlan,
  { program, room }: { readonly program: string; readonly room: Room },
): Result<UpgradeTrial, StoreFault> {
  if (isShort(room)) {
    return err(noRoom({ from: plan.version - 1, to: plan.version, ...room }));
  }
  const copy = join(scratch, basename(path));
  for (const companion of ['', '-wal'].filter((name) => existsSync(path + name))) {
    copyFileSync(path + companion, copy + companion);
  }
  const database = connect(copy);
  try {
    const version = checkVersion(database, plan);
    if (!version.ok) {
      return err(withWayBack(path, version.error));
    }
    const steps = stepsFrom(database, plan).map((step) => step.version);
    const found = plan.version - steps.length;
    const beganMs = performance.now();
    const failure = steps.length === 0 ? null : failureOf(database, plan, copy, program);
    const tookMs = Math.round(performance.now() - beganMs);
    return ok({
      ...{ found, version: plan.version, steps, failure, tookMs },
      ...{ storeBytes: sizeOfStore(path), room: roomForUpgrade(path) },
    });
  } finally {
    database.close();
  }
}

function failureOf(database: Database.Database, plan: SchemaPlan, path: string, program: string): string | null {
  makeDurable(database);
  // Its keys may wait for a passphrase: opening the home asks them.
  const upgraded = upgradeStore(database, plan, { path, program, opensWithKeys: () => true });
  if (upgraded.ok) {
    return null;
  }
  return upgraded.error.kind === 'upgrade_failed' ? upgraded.error.reason : upgraded.error.message;
}

/** Asks for the lock as one who may not write: it is refused either way, but a file that nobody holds is refused as such. */
function isHeld(path: string): boolean {
  const database = new Database(path, { fileMustExist: true, readonly: true, timeout: 100 });
  try {
    database.pragma('locking_mode = EXCLUSIVE');
    database.pragma('user_version');
    return false;
  } catch (error) {
    return isBusy(error);
  } finally {
    database.close();
  }
}
