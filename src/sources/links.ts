import type { RecordId } from '../base/ids.ts';
import type { RecordRow } from '../contract/record.ts';
import type { LinkedFile } from '../store/port.ts';
import type { FileLook } from './disk.ts';
import type { Observation } from './observe.ts';
import type { Reconciler } from './reconciler.ts';

/** Notes that a file needs nothing more as it is now. */
export function settle(
  reconciler: Reconciler,
  observation: Observation,
  look: FileLook | undefined = observation.found?.look,
): void {
  if (look !== undefined) {
    reconciler.problems.settle(observation.id);
    reconciler.settledAt(observation.id, look);
  }
}

/** Notes what file and record agree on. */
export function noteLink(reconciler: Reconciler, id: RecordId, look: FileLook, hash: string, row: RecordRow): void {
  reconciler.links.putFile(reconciler.root, linkOf(id, look, hash, row));
}

export function linkOf(id: RecordId, look: FileLook, hash: string, row: RecordRow): LinkedFile {
  return { path: id, hash, modifiedMs: look.modifiedMs, sizeBytes: look.sizeBytes, version: row.version };
}
