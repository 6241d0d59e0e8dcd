import { lstatSync, unlinkSync } from 'node:fs';
import type { HeldRoot } from './held-root.ts';
import { openFolder } from './open-folder.ts';
import { parentOf } from '../ground/safe-path.ts';
import { isTemporaryOf } from '../ground/temporary-name.ts';

/** A write takes seconds; what is this old was left by a crash, whoever wrote it. */
const abandonedAfterMs = 60 * 60 * 1000;

export function sweepTemporary(root: HeldRoot, path: string, writer: string): void {
  const opened = openFolder(root, parentOf(path), false);
  if (!opened.ok || opened.value === undefined) {
    return;
  }
  const place = opened.value.base + nameOf(path);
  const stat = lstatSync(place, { throwIfNoEntry: false });
  const isOwn = isTemporaryOf(nameOf(path), writer);
  if (stat?.isFile() === true && (isOwn || Date.now() - stat.mtimeMs > abandonedAfterMs)) {
    removeQuietly(place);
  }
  opened.value.close();
}

export function removeQuietly(place: string): void {
  try {
    unlinkSync(place);
  } catch {
    // It was never created, or the disk is gone: the name is ignored and swept at the next start.
  }
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
