import type { RecordId } from '../../base/ids.ts';
import type { FolderFile } from '../../contract/engine.ts';
import type { RecordRow } from '../../contract/record.ts';
import type { LinkedFile } from '../../store/ground/link-table.ts';
import type { FileLook } from '../ground/file-look.ts';
import { type FileMode, fingerprintOf, plainMode } from '../ground/fingerprint.ts';
import { listOfFile } from './large-file.ts';
import { agreementWith } from './links.ts';
import { type FileSide, type RecordSide, planFile } from '../ground/plan-file.ts';
import { isPassing } from '../ground/problems.ts';
import { type RecordView, modeHeld, seeRecord, versionNearest, versionSaying } from '../ground/records.ts';
import { isSafePath } from '../ground/safe-path.ts';
import type { Observation, FoundFile, Observer } from './observation.ts';

/** A file with its content, or with the list of its chunks. */
type ReadFile = FileLook & { readonly bytes: Uint8Array; readonly chunked?: true };

/** Looks at file, record and agreement of one id. Reports what keeps them apart, and clears what no longer does. */
export async function observe(observer: Observer, id: RecordId): Promise<Observation> {
  const { disk, view, links, problems, root } = observer;
  const agreed = links.file(root, id);
  const { side, row, damaged } = seeRecord(view, id, agreed);
  const diskPath = observer.names().diskPathOf(id);
  const still = { id, diskPath, action: 'none', agreed, row, found: undefined } as const;
  if (!isSafePath(id)) {
    if (side.kind === 'live') {
      problems.report('path_unsafe', id);
    }
    return still;
  }
  if (observer.rules().ignores(id, false)) {
    return still;
  }
  if (damaged) {
    problems.report('record_damaged', id);
    return still;
  }
  const reading = observer.names().isShadowed(id) ? ({ kind: 'absent' } as const) : await disk.read(diskPath);
  switch (reading.kind) {
    case 'unsteady':
      return { ...still, action: 'look_again' };
    case 'blocked':
      // A record that no file here can be is in nobody's way, and nothing is in its.
      if (side.kind === 'unfit' && agreed === undefined) {
        return still;
      }
      problems.report(reading.code, id, reading.detail);
      if (isPassing(reading.code)) {
        observer.revisit(id, 'later');
      }
      return still;
    case 'held':
      problems.settle(id);
      return still;
    case 'folder': {
      const action = planFile({ kind: 'absent' }, agreed, side);
      if (action !== 'write') {
        problems.settle(id);
        return { ...still, action };
      }
      problems.report('path_occupied', id);
      observer.revisit(id, 'later');
      return still;
    }
    case 'absent': {
      const action = planFile({ kind: 'absent' }, agreed, side);
      if (action === 'none') {
        // Whatever was in the way of a file that nobody wants any more is in nobody's way.
        problems.settle(id);
        observer.large?.settled(id);
      }
      return { ...still, action };
    }
    case 'large': {
      const bytes = listOfFile(observer, still, reading.look);
      return bytes === undefined
        ? still
        : observeFile(observer, still, side, { ...reading.look, bytes, chunked: true });
    }
    case 'file':
      return observeFile(observer, still, side, reading);
  }
}

function observeFile(
  observer: Pick<Observer, 'view' | 'isAdopting' | 'isDoubting'>,
  still: Observation,
  side: RecordSide,
  reading: ReadFile,
): Observation {
  const { view, isAdopting, isDoubting } = observer;
  const { id, row } = still;
  const found = foundFile(view, id, row, reading);
  const { fingerprint, content, file } = found;
  const present: FileSide = { kind: 'present', fingerprint, content, private: file.private };
  const noted = isDoubting ? undefined : agreementWith(still.agreed, found);
  const current = noted ?? knownAs(view, id, side, found) ?? (isDoubting ? nearest(view, id, side, found) : undefined);
  const action = planFile(present, current, side);
  if (action === 'remove_file' && noted === undefined && isAdopting) {
    return { ...still, action: 'take', found };
  }
  // What a crash kept from being noted is noted now.
  const isUnnoted = action === 'none' && current !== still.agreed && side.kind === 'live';
  return { ...still, action: isUnnoted ? 'agree' : action, agreed: current, found };
}

/**
 * Where nothing was noted of a path, a file that says what the record said at some time is that version: a copy that
 * stood still, not something new that a person wrote.
 */
function knownAs(view: RecordView, id: RecordId, side: RecordSide, found: FoundFile): LinkedFile | undefined {
  const { content, fingerprint: hash, file, look } = found;
  const isStrange = side.kind === 'removed' || (side.kind === 'live' && side.content !== content);
  if (!isStrange) {
    return undefined;
  }
  const version = versionSaying(view, id, content);
  const { modifiedMs, sizeBytes, inode } = look;
  return version && { path: id, hash, modifiedMs, sizeBytes, version, private: file.private, inode };
}

/**
 * Where what was noted may be older than the file, the file was made from the version that it is nearest to, if it is near
 * to any.
 */
function nearest(view: RecordView, id: RecordId, side: RecordSide, found: FoundFile): LinkedFile | undefined {
  if (side.kind !== 'live' || side.content === found.content) {
    return undefined;
  }
  const known = versionNearest(view, id, found.file.bytes);
  const { look, file } = found;
  const { modifiedMs, sizeBytes, inode } = look;
  return known && { path: id, ...known, modifiedMs, sizeBytes, private: file.private, inode };
}

function foundFile(view: RecordView, id: RecordId, row: RecordRow | undefined, reading: ReadFile): FoundFile {
  const { bytes, chunked, ...look } = reading;
  const kind = { ...(look.symlink === true ? { symlink: true } : {}), ...(chunked === true ? { chunked } : {}) };
  const seen: FolderFile = { path: id, bytes, executable: look.executable, private: look.private, ...kind };
  const mode = modeHeld(view, seen, row);
  const file: FolderFile = { ...seen, ...onlyMode(mode ?? plainMode) };
  const content = fingerprintOf(bytes, { ...file, private: false });
  return { look, file, fingerprint: fingerprintOf(bytes, file), content, carriesMode: mode !== undefined };
}

function onlyMode({ executable, private: isPrivate }: FileMode): Pick<FolderFile, 'executable' | 'private'> {
  return { executable, private: isPrivate };
}
