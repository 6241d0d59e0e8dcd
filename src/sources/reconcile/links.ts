import type { ChangeId, RecordId } from '../../base/ids.ts';
import type { RecordRow } from '../../contract/record.ts';
import type { LinkedFile } from '../../store/ground/link-table.ts';
import type { FileLook } from '../ground/file-look.ts';
import type { FoundFile, Observation } from './observation.ts';
import type { Reconciler } from './reconciler.ts';

/** Notes that a file needs nothing more as it is now. */
export function settle(
  reconciler: Pick<Reconciler, 'settledAt' | 'problems' | 'large'>,
  observation: Observation,
  look: FileLook | undefined = observation.found?.look,
): void {
  if (look !== undefined) {
    reconciler.problems.settle(observation.id);
    reconciler.settledAt(observation.id, look);
    reconciler.large?.settled(observation.id);
  }
}

/** What is noted of a file beside its look. */
export interface Noted {
  readonly hash: string;
  /** As far as its record can hold that. */
  readonly private: boolean;
}

/** Notes what file and record agree on. */
export function noteLink(
  reconciler: Pick<Reconciler, 'root' | 'links'>,
  id: RecordId,
  look: FileLook,
  noted: Noted,
  { version }: Pick<LinkedFile, 'version'>,
): void {
  const { modifiedMs, sizeBytes, inode } = look;
  const { hash, private: isPrivate } = noted;
  reconciler.links.putFile(reconciler.root, {
    ...{ path: id, hash, modifiedMs, sizeBytes, version, private: isPrivate, inode },
  });
}

export function notedOf({ fingerprint, file }: FoundFile): Noted {
  return { hash: fingerprint, private: file.private };
}

/**
 * Notes that there is no file and no live record. It is remembered, because a file that appears again after this is a
 * person's undoing, and one that was never seen to go is an old copy.
 */
export function noteAbsence(
  { links, root }: Pick<Reconciler, 'root' | 'links'>,
  id: RecordId,
  version: ChangeId | null,
): void {
  links.putFile(root, { path: id, hash: null, modifiedMs: 0, sizeBytes: 0, version });
}

/** Notes, ahead of a write, what a file is about to become, so that after a crash it is no stranger. */
export function noteWriting(
  { links, root }: Pick<Reconciler, 'root' | 'links'>,
  id: RecordId,
  hash: string,
  { version }: RecordRow,
): void {
  const link = links.file(root, id) ?? { path: id, hash: null, modifiedMs: 0, sizeBytes: 0, version: null };
  links.putFile(root, { ...link, writing: { hash, version } });
}

/**
 * What record and file, as it is now, agree on: a crash may have left a write done that was not noted any more. A new
 * file may have become more private than its record says.
 */
export function agreementWith(link: LinkedFile | undefined, found: FoundFile): LinkedFile | undefined {
  const { fingerprint: hash, content, file } = found;
  const isWritten = link?.writing?.hash === hash || (link?.hash === null && link.writing?.hash === content);
  return link?.writing !== undefined && isWritten && link.hash !== hash
    ? { ...link, ...link.writing, hash, private: file.private }
    : link;
}
