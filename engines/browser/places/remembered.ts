import type { Result } from '../../../src/base/result.ts';
import type { BookmarkTree } from './bookmark-tree.ts';
import { type FileMark, markOf } from './steady-file.ts';

export type TreeReading = Result<BookmarkTree, string> | undefined;

/** Files of a system may say the same time of two changes that are no further apart. */
const sameTimeMs = 100;
/** What takes longer to read is not read all the time, while its browser writes it all the time. */
const longMs = 200;
const pauses = 20;

interface Remembered {
  readonly mark: string;
  readonly reading: TreeReading;
  readonly atMs: number;
  readonly costMs: number;
}

/**
 * Reads a file of a browser again only where it, or one that stands beside it, is another one. A browser that runs writes
 * something into its folder all the time.
 */
export function remembered(
  read: (path: string) => Promise<TreeReading>,
  filesOf: (path: string) => readonly string[],
): (path: string) => Promise<TreeReading> {
  const known = new Map<string, Remembered>();
  return async (path) => {
    const marks = await Promise.all(filesOf(path).map(markOf));
    const mark = marks.map((one) => one?.mark ?? 'none').join(' / ');
    const before = known.get(path);
    const atMs = performance.now();
    if (before !== undefined && (before.mark === mark || isTooSoon(before, atMs))) {
      return before.reading;
    }
    const reading = await read(path);
    known.delete(path);
    if (marks.every(isSettled)) {
      known.set(path, { mark, reading, atMs, costMs: performance.now() - atMs });
    }
    return reading;
  };
}

function isTooSoon({ atMs, costMs }: Remembered, nowMs: number): boolean {
  return costMs > longMs && nowMs - atMs < costMs * pauses;
}

function isSettled(look: FileMark | undefined): boolean {
  return look === undefined || Math.abs(Date.now() - look.changedMs) > sameTimeMs;
}
