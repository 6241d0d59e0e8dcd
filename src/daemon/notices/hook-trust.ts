import { type Stats, accessSync, constants, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

const writing = 0o022;

/** Why no hook is run: others may write what says which program runs as this person. Undefined where they may not. */
export function configFault(config: string): string | undefined {
  const path = existing(config);
  return path === undefined ? undefined : ([path, dirname(path)].map(writableFault).find(Boolean) ?? undefined);
}

/** Why a program is not run, and what to do; undefined where it can be. */
export function programFault(file: string): string | undefined {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats === undefined) {
    return `${file} is not there. Name the program by its whole path.`;
  }
  if (!stats.isFile()) {
    return `${file} is no program.`;
  }
  try {
    accessSync(file, constants.X_OK);
  } catch {
    return `${file} may not be run: chmod u+x ${file}`;
  }
  return othersFault(file, stats);
}

function existing(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

function writableFault(path: string): string | undefined {
  return othersFault(path, statSync(path));
}

function othersFault(path: string, { mode, uid }: Stats): string | undefined {
  const self = process.getuid?.();
  if (self !== undefined && uid !== self && uid !== 0) {
    return `${path} belongs to another user, who could have anything run. Take it over: chown`;
  }
  return self !== undefined && (mode & writing) !== 0
    ? `${path} can be written by others (mode ${(mode & 0o777).toString(8)}), who could have anything run: chmod go-w ${path}`
    : undefined;
}
