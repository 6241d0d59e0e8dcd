import { randomBytes as nodeRandomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { type UserId, parseUserId } from '../../base/ids.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { HomePaths } from '../../cli/ground/context.ts';
import { exitCodes } from '../../cli/ground/exit-codes.ts';
import type { CommandFault } from '../../cli/ground/fault.ts';
import type { Store } from '../../store/ground/port.ts';
import { openSqliteStore } from '../../store/sqlite/open.ts';
import type { HomeKeys } from './key-file.ts';
import { noteSalvage } from '../disk/salvaged.ts';
import { packageVersion } from '../ground/package-root.ts';
import { tellUpgrade } from '../disk/tell-upgrade.ts';

/** A set-up home whose store this process owns now. */
export interface OpenHome {
  readonly keys: HomeKeys;
  readonly store: Store;
  readonly userId: UserId;
  readonly label: string;
}

export const homeSettings = {
  label: 'device.label',
  userId: 'user.id',
  scopeName: 'scope.name.',
  /** The sealed secret of a scope's root, for whoever comes back with the twelve words. */
  scopeRoot: 'scope.root.',
} as const;

export function randomBytes(size: number): Uint8Array {
  return new Uint8Array(nodeRandomBytes(size));
}

export const interrupted: CommandFault = {
  exitCode: exitCodes.notSetUp,
  message:
    'This home has no user: setting it up was interrupted, or its database was lost. If it was never in use, remove its ' +
    'state folder and run sourcesync init or sourcesync pair join again. If it was, keep the folder, and bring a new home ' +
    'back with your twelve words: sourcesync recovery restore',
};

/** Opens the store with the keys of its home. A home that was never set up whole, or is held by another process, is a fault in words. */
export function openHome(paths: HomePaths, keys: HomeKeys): Result<OpenHome, CommandFault> {
  const store = openStore(paths, keys);
  if (!store.ok) {
    return store;
  }
  const userId = store.value.settings.get(homeSettings.userId);
  const label = store.value.settings.get(homeSettings.label);
  const parsed = typeof userId === 'string' ? parseUserId(userId) : undefined;
  if (parsed === undefined || typeof label !== 'string') {
    store.value.close();
    return err(interrupted);
  }
  return ok({ keys, store: store.value, userId: parsed, label });
}

export function openStore(paths: HomePaths, keys: HomeKeys): Result<Store, CommandFault> {
  mkdirSync(dirname(paths.database), { recursive: true, mode: 0o700 });
  const { dataKey, indexKey, vaultKey } = keys;
  const opened = openSqliteStore({
    ...{ path: paths.database, dataKey, indexKey, vaultKey, randomBytes },
    program: packageVersion,
    onUpgrade: tellUpgrade,
    onSalvaged: noteSalvage,
  });
  return opened.ok ? opened : err({ exitCode: exitCodes.failed, message: opened.error.message });
}
