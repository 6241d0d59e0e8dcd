import { commonPieces } from '../../base/common-pieces.ts';
import type { RecordId } from '../../base/ids.ts';

/** A file that appeared, and files that were in step and are gone: each may have become it. */
export interface Newcomer {
  readonly id: RecordId;
  readonly candidates: readonly Candidate[];
}

export interface Candidate {
  readonly path: string;
  /** It holds the same bytes and mode. */
  readonly isSame: boolean;
  /** It was the same file to the disk. */
  readonly isSameFile: boolean;
  /** Share of what it held that is in the new file, 0 to 1; asked for only where bytes differ. */
  similarity(): number;
}

/** sure: the same bytes, and nothing else that it could be. likely: the same file to the disk, half of it as it was. */
export interface Rename {
  readonly from: RecordId;
  readonly to: RecordId;
  readonly kind: 'sure' | 'likely';
}

const likelySimilarity = 0.5;

/** Which of the files that appeared are files that are gone. Where several could be, there is no guess. */
export function findRenames(newcomers: readonly Newcomer[]): readonly Rename[] {
  const found = newcomers.flatMap((newcomer) => renameOf(newcomer) ?? []);
  const claims = new Map<RecordId, number>();
  for (const { from } of found) {
    claims.set(from, (claims.get(from) ?? 0) + 1);
  }
  return found.filter(({ from }) => claims.get(from) === 1);
}

function renameOf({ id, candidates }: Newcomer): Rename | undefined {
  const sameFile = candidates.filter(({ isSameFile }) => isSameFile);
  const same = candidates.filter(({ isSame }) => isSame);
  const sure = only(sameFile.filter(({ isSame }) => isSame)) ?? only(same);
  if (sure !== undefined) {
    return { from: sure.path as RecordId, to: id, kind: 'sure' };
  }
  const moved = same.length === 0 ? only(sameFile) : undefined;
  const isLikely = moved !== undefined && moved.similarity() >= likelySimilarity;
  return isLikely ? { from: moved.path as RecordId, to: id, kind: 'likely' } : undefined;
}

function only<T>(items: readonly T[]): T | undefined {
  return items.length === 1 ? items[0] : undefined;
}

/** Share of the lines of `before` that `after` has too, each as often; 1 where there was none. */
export function sharedLines(before: string, after: string): number {
  const wanted = before.split('\n');
  return commonPieces(wanted, after.split('\n')) / wanted.length;
}
