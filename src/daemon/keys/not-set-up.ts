import { existsSync } from 'node:fs';
import type { HomePaths } from '../../cli/ground/context.ts';
import { exitCodes } from '../../cli/ground/exit-codes.ts';
import type { CommandFault } from '../../cli/ground/fault.ts';
import { hasEssentials } from '../../store/sqlite/base/essentials.ts';
import type { KeyFault } from './key-file.ts';

/** True where a database of this home is there, or what is kept beside it: a device was set up here. */
export function holdsStore({ database }: HomePaths): boolean {
  return existsSync(database) || hasEssentials(database);
}

/** Why the keys of a home are not to be had. Keys that are gone from beside a database are no home that was never set up. */
export function keyFaultWords(paths: HomePaths, fault: KeyFault): string {
  return fault.kind === 'absent' && holdsStore(paths) ? keysGone(paths) : fault.message;
}

/** The same, for a command that can do nothing without them. */
export function withoutKeys(paths: HomePaths, fault: KeyFault): CommandFault {
  const isNew = fault.kind === 'absent' && !holdsStore(paths);
  const message = keyFaultWords(paths, fault);
  return { exitCode: exitCodes.notSetUp, message, ...(isNew ? { reasonCode: 'no_user_profile' } : {}) };
}

function keysGone({ keys, state }: HomePaths): string {
  return (
    `The keys of this home are gone: there is no device.json in ${keys}. Its database is still there and nothing in it is lost, but ` +
    `only these keys open it. Put the folder ${keys} back as it was. Only where no copy of it is left: keep ${state} under another ` +
    'name, and begin again with your twelve words: sourcesync recovery restore. That brings back what a relay has; the secrets of ' +
    'this device, and what was written here and never sent, stay closed for good.'
  );
}
