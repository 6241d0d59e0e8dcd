import type { RecordRow } from '../../contract/record.ts';
import { eachConcurrently, maximumConcurrency } from '../ground/concurrency.ts';
import type { FileLook } from '../ground/file-look.ts';
import { fingerprintOf } from '../ground/fingerprint.ts';
import { noteAbsence, noteLink, noteWriting, settle } from './links.ts';
import type { Observation } from './observation.ts';
import type { Reconciler } from './reconciler.ts';
import type { PlannedWrite } from './planned-edit.ts';
import { type RecordView, fileOf } from '../ground/records.ts';
import { parentOf } from '../ground/safe-path.ts';

/** Makes files what their records are, many at a time. */
export async function applyWrites(reconciler: Reconciler, writes: readonly PlannedWrite[]): Promise<void> {
  const written: { readonly write: PlannedWrite; readonly look: FileLook }[] = [];
  reconciler.transaction(() => {
    for (const { observation, file, row } of writes) {
      noteWriting(reconciler, observation.id, fingerprintOf(file.bytes, file), row);
    }
  });
  const queue = writes.values();
  await eachConcurrently(
    maximumConcurrency,
    () => queue.next().value,
    async (write) => {
      const { observation, file, part } = write;
      const { id, diskPath, found } = observation;
      const content = { ...file, carriesMode: found?.carriesMode ?? true, part };
      const answer = await reconciler.disk.write(diskPath, content, found?.fingerprint);
      if (answer.ok) {
        written.push({ write, look: answer.value });
      } else if (answer.error === 'changed') {
        reconciler.revisit(id, 'again');
      } else {
        reconciler.problems.report(answer.error, id, reconciler.disk.fileOf?.(id));
        reconciler.revisit(id, 'later');
        if (found === undefined) {
          reconciler.names().forget(id);
        }
      }
    },
  );
  // An agreement outlives power loss, so the rename that it speaks of must as well.
  await reconciler.disk.syncFolders(foldersOf(written.map(({ write }) => write.observation)));
  reconciler.transaction(() => {
    for (const { write, look } of written) {
      const { observation, file, row } = write;
      // A new file is as private as the folder and the umask make it, whatever its record says.
      const isPrivate = reconciler.view.mapping.holdsMode(row.id, row.fields ?? {}) && look.private;
      const hash = fingerprintOf(file.bytes, { ...file, private: isPrivate });
      noteLink(reconciler, observation.id, look, { hash, private: isPrivate }, row);
      if (observation.action === 'write') {
        reconciler.problems.clear(observation.id);
      }
      settle(reconciler, observation, look);
      if (wasOpenedElsewhere(reconciler.view, observation, row)) {
        reconciler.problems.report('mode_kept', observation.id);
      }
      reconciler.counts.written++;
    }
  });
}

/** The record said that the file is private, and says so no more: here it stays so until its person opens it. */
function wasOpenedElsewhere(view: RecordView, { agreed, id }: Observation, row: RecordRow): boolean {
  if (agreed?.private !== true || agreed.version === null || fileOf(view, row)?.private !== false) {
    return false;
  }
  const before = view.records.fieldsAt?.(view.collection, id, agreed.version);
  return before !== undefined && view.mapping.toFile(id, before)?.private === true;
}

/** Removes files whose records were removed. */
export async function applyRemovals(
  reconciler: Pick<Reconciler, 'transaction' | 'counts' | 'root' | 'disk' | 'links' | 'problems' | 'names' | 'revisit'>,
  observations: readonly Observation[],
): Promise<void> {
  const removed: Observation[] = [];
  for (const observation of observations) {
    const { id, diskPath, found } = observation;
    if (found === undefined) {
      continue;
    }
    const answer = await reconciler.disk.remove(diskPath, found.fingerprint, found.carriesMode);
    if (answer.ok) {
      removed.push(observation);
    } else if (answer.error === 'changed') {
      reconciler.revisit(id, 'again');
    } else {
      reconciler.problems.report(answer.error, id, reconciler.disk.fileOf?.(id));
      reconciler.revisit(id, 'later');
    }
  }
  await reconciler.disk.syncFolders(foldersOf(removed));
  reconciler.transaction(() => {
    for (const { id, row } of removed) {
      noteAbsence(reconciler, id, row?.version ?? null);
      reconciler.names().forget(id);
      reconciler.problems.clear(id);
      reconciler.counts.filesRemoved++;
    }
  });
}

function foldersOf(observations: readonly Observation[]): ReadonlySet<string> {
  const folders = new Set<string>();
  for (const { diskPath } of observations) {
    // New folders are entries of the folders above them.
    for (let folder = parentOf(diskPath); ; folder = parentOf(folder)) {
      folders.add(folder);
      if (folder === '') {
        break;
      }
    }
  }
  return folders;
}
