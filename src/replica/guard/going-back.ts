import type { CollectionName } from '../../base/ids.ts';
import type { Core } from '../kernel/core.ts';
import { type RestorePoint, createRestorePoint } from '../kernel/restore-points.ts';

/** Files that go back in one pass without a way to what they were before. */
const mostUnmarked = 20;

/** Writes a restore point before many files go back to an earlier version in one pass; undefined where few do. */
export function beforeGoingBack(core: Core, collection: CollectionName, files: number): RestorePoint | undefined {
  return files > mostUnmarked ? createRestorePoint(core, { name: '', cause: 'going_back', collection }) : undefined;
}
