import { closeSync, fsyncSync, linkSync, lstatSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isAlive } from './is-alive.ts';

/** True where anything has this name, a link that leads nowhere too. */
export function isTaken(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** The name under which a file is written before it gets its own; beside it, so that the move is one step. */
export function unfinishedPath(path: string): string {
  return join(dirname(path), `.${basename(path)}.${process.pid}.part`);
}

/** Removes what processes that are gone left of the same file. */
export function sweepUnfinished(path: string): void {
  const [prefix, suffix] = [`.${basename(path)}.`, '.part'];
  for (const name of readdirSync(dirname(path))) {
    const pid = name.startsWith(prefix) && name.endsWith(suffix) ? name.slice(prefix.length, -suffix.length) : '';
    if (/^\d+$/.test(pid) && !isAlive(Number(pid))) {
      rmSync(join(dirname(path), name), { recursive: true, force: true });
    }
  }
}

const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Removes what is unfinished where this process is told to end, and lets it end as it would have. Only for work that gives way
 * to the event loop: until it does, nothing ends. Answers how to stop that.
 */
export function removeWhenEnded(paths: readonly string[]): () => void {
  const stops = endings.map((signal) => {
    const end = (): void => {
      for (const path of paths) {
        rmSync(path, { recursive: true, force: true });
      }
      stop();
      process.kill(process.pid, signal);
    };
    process.once(signal, end);
    return () => process.off(signal, end);
  });
  const stop = (): void => stops.forEach((one) => one());
  return stop;
}

/** Gives a whole file its name. False where something has it by now: that is left as it is. */
export function giveName(unfinished: string, path: string): boolean {
  try {
    // Unlike a renaming, a second name never takes the place of what is there.
    linkSync(unfinished, path);
    rmSync(unfinished);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'EEXIST' || isTaken(path)) {
      return false;
    }
    if (code === undefined || !['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV'].includes(code)) {
      throw cause;
    }
    // A file system without second names.
    renameSync(unfinished, path);
  }
  syncFolder(dirname(path));
  return true;
}

export function syncFolder(path: string): void {
  if (process.platform === 'win32') {
    return;
  }
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
