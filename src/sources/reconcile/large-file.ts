import type { RecordRow } from '../../contract/record.ts';
import type { FolderFile } from '../../contract/engine.ts';
import type { LinkedFile } from '../../store/ground/link-table.ts';
import type { FileLook } from '../ground/file-look.ts';
import { fingerprintOf } from '../ground/fingerprint.ts';
import type { LargeAnswer } from '../ground/large-files.ts';
import { isPassing } from '../ground/problems.ts';
import type { RecordView } from '../ground/records.ts';
import type { Observation, Observer } from './observation.ts';

/**
 * The list of a large file, where it is known or its chunks are where they have to be; undefined where they are on their way,
 * which is said.
 */
export function listOfFile(
  observer: Pick<Observer, 'view' | 'large' | 'links' | 'mayTell' | 'problems' | 'revisit'>,
  still: Observation,
  look: FileLook,
): Uint8Array | undefined {
  const { view, large, links } = observer;
  const { id, diskPath: path, agreed } = still;
  const notes = [...(agreed === undefined ? [] : [agreed]), ...links.ofInode(look.inode)];
  for (const note of notes) {
    const list = looksAsNoted(note, look) ? listNoted(view, note) : undefined;
    if (list !== undefined) {
      return list;
    }
  }
  if (!observer.mayTell()) {
    observer.revisit(id, 'later');
    return undefined;
  }
  // Of what this device brought or fetched itself: another list may name whatever its author wants to be believed.
  const lists = notes.flatMap((note) => listNoted(view, note) ?? []);
  return large && received(observer, still, large.listOf({ id, path, look, lists }));
}

/** Name of the part that is the whole of a large file; undefined where it is on its way, which is said. */
export function partOfFile(
  observer: Pick<Observer, 'large' | 'problems' | 'revisit'>,
  observation: Observation,
  { bytes: list }: FolderFile,
): string | undefined {
  const { id, diskPath: path, found } = observation;
  const replaced = found?.file.chunked === true ? found.file.bytes : undefined;
  if (observer.large === undefined) {
    observer.problems.report('large_waits', id, 'large files are switched off here');
    return undefined;
  }
  return received(observer, observation, observer.large.partOf({ id, path, list, replaced }));
}

function received<T>(
  { problems, revisit }: Pick<Observer, 'problems' | 'revisit'>,
  { id }: Observation,
  answer: LargeAnswer<T>,
): T | undefined {
  if (answer.kind === 'ready') {
    return answer.value;
  }
  problems.report(answer.code, id, answer.detail);
  if (answer.code === 'disk_full' || (isPassing(answer.code) && !answer.code.startsWith('large_'))) {
    revisit(id, 'later');
  }
  return undefined;
}

/** A file that nobody touched is not read again, however large: its size, its time and its place on the disk say so. */
function looksAsNoted({ hash, modifiedMs, sizeBytes, inode }: LinkedFile, look: FileLook): boolean {
  return hash !== null && modifiedMs === look.modifiedMs && sizeBytes === look.sizeBytes && inode === look.inode;
}

/** The list of the version that was noted of a file, where it is one. */
function listNoted(view: RecordView, { path, hash, version }: LinkedFile): Uint8Array | undefined {
  const row = version === null ? undefined : view.records.get(view.collection, path as RecordRow['id']);
  const isLatest = row !== undefined && row !== 'damaged' && row.version === version;
  const fields =
    version === null
      ? undefined
      : isLatest
        ? row.fields
        : view.records.fieldsAt?.(view.collection, path as RecordRow['id'], version);
  const file = fields === null || fields === undefined ? undefined : view.mapping.toFile(path, fields);
  return file?.chunked === true && isOfHash(file, hash) ? file.bytes : undefined;
}

/** Who may read a file, and whether it runs, may be otherwise than its record says. */
function isOfHash({ bytes }: FolderFile, hash: string | null): boolean {
  return [false, true].some((executable) =>
    [false, true].some((isPrivate) => fingerprintOf(bytes, { chunked: true, executable, private: isPrivate }) === hash),
  );
}
