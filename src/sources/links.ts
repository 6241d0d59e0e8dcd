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

/** Notes, ahead of a write, what a linked file is about to become. */
export function noteWriting({ links, root }: Reconciler, id: RecordId, hash: string, { version }: RecordRow): void {
  const link = links.file(root, id);
  if (link !== undefined) {
    links.putFile(root, { ...link, writing: { hash, version } });
  }
}

/** What record and file, as it is now, agree on: a crash may have left a write done that was not noted any more. */
export function agreementWith(link: LinkedFile | undefined, fingerprint: string): LinkedFile | undefined {
  return link?.writing?.hash === fingerprint && link.hash !== fingerprint ? { ...link, ...link.writing } : link;
}

export function linkOf(id: RecordId, look: FileLook, hash: string, row: RecordRow): LinkedFile {
  return { path: id, hash, modifiedMs: look.modifiedMs, sizeBytes: look.sizeBytes, version: row.version };
}
