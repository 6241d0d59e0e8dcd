import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { HomePaths } from '../../cli/ground/context.ts';
import { exitCodes } from '../../cli/ground/exit-codes.ts';
import type { CommandFault } from '../../cli/ground/fault.ts';

/** Why nothing of a home can be stored, before any of it is opened: which folder, what the system says, what to do next. */
export function unwritable({ state, keys, socket }: HomePaths): CommandFault | undefined {
  for (const folder of [keys, state, dirname(socket)].map(nearest)) {
    const code = refusal(folder);
    if (code !== undefined) {
      const message = `The folder ${folder} cannot be written (${code}), and this device keeps there what it stores. ${remedy(folder, code)} Then run this command again.`;
      return { exitCode: exitCodes.failed, message };
    }
  }
  return undefined;
}

/** The folder itself, or the one in which it would be made. */
function nearest(folder: string): string {
  const parent = dirname(folder);
  return existsSync(folder) || parent === folder ? folder : nearest(parent);
}

function refusal(folder: string): string | undefined {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code ?? String(cause);
  }
}

function remedy(folder: string, code: string): string {
  switch (code) {
    case 'EROFS':
      return 'Its file system is read-only: see why (dmesg), and mount it for writing (mount -o remount,rw).';
    case 'EACCES':
    case 'EPERM':
      return `It is not this user's to write: give it to them (chown), and let them write it (chmod u+rwx ${folder}).`;
    default:
      return 'See whether its disk is unplugged or broken (dmesg, smartctl), and mend it.';
  }
}
