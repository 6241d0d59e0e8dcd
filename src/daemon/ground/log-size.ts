import { copyFileSync, fstatSync, statSync, truncateSync } from 'node:fs';

/** Beyond this the log of a daemon begins anew, and what it had is kept once, beside it. */
export const mostLogBytes: number = 8 * 1024 * 1024;

const intervalMs = 60_000;

/** Where the log before this one stands. */
export function olderLog(path: string): string {
  return `${path}.1`;
}

/**
 * Copies a log that grew too long, and empties it: whoever has it open for appending goes on in the same file. Where the
 * disk takes no copy it is tried again, and nothing is lost.
 */
export function boundLog(path: string, mostBytes: number = mostLogBytes): void {
  try {
    if (statSync(path).size > mostBytes) {
      copyFileSync(path, olderLog(path));
      truncateSync(path, 0);
    }
  } catch {
    // There is none, or no room: the next look finds it again.
  }
}

/** Looks every minute, where the log of this process is that file and no other stream. Answers what ends it. */
export function keepLogBounded(path: string, errorStream: number = 2): () => void {
  if (!isSameFile(path, errorStream)) {
    return () => undefined;
  }
  const timer = setInterval(() => boundLog(path), intervalMs);
  timer.unref();
  return () => clearInterval(timer);
}

function isSameFile(path: string, stream: number): boolean {
  try {
    const [named, open] = [statSync(path), fstatSync(stream)];
    return named.ino === open.ino && named.dev === open.dev;
  } catch {
    return false;
  }
}
