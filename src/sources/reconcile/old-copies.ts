import type { RecordId } from '../../base/ids.ts';
import type { LinkedFile } from '../../store/ground/link-table.ts';
import { observe } from './observe.ts';
import type { Reconciler } from './reconciler.ts';
import { removeRecords } from './reconcile.ts';

/** `notes/plan.kept-1a2b3c4d.md`, as an earlier version called the copy that it put beside a file. */
const copyPattern = /\.kept-([0-9a-f]{8})(?:\.[^./]*)?$/;

/** True for a file that looks like such a copy. */
export function looksLikeOldCopy(path: string): boolean {
  return copyPattern.test(path);
}

/** Files that are such copies for certain: untouched since, because their name tells their content. */
export function oldCopiesAmong(files: readonly LinkedFile[]): readonly RecordId[] {
  return files.flatMap(({ path, hash }) => {
    const named = copyPattern.exec(path)?.[1];
    return named !== undefined && hash?.startsWith(named) === true ? [path as RecordId] : [];
  });
}

/** Removes copies with their records; history keeps what they held. */
export async function removeOldCopies(reconciler: Reconciler, ids: readonly RecordId[]): Promise<void> {
  for (const id of ids) {
    const { found, diskPath, agreed } = await observe(reconciler, id);
    if (found !== undefined && agreed?.hash === found.fingerprint) {
      await reconciler.disk.remove(diskPath, found.fingerprint, found.carriesMode);
    }
  }
  await removeRecords(reconciler, ids);
}
