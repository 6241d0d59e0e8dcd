import { eachConcurrently, maximumConcurrency } from './concurrency.ts';
import type { FileLook } from './disk.ts';
import { fingerprintOf } from './fingerprint.ts';
import { noteLink, noteWriting, settle } from './links.ts';
import type { Observation } from './observe.ts';
import type { PlannedWrite, Reconciler } from './reconciler.ts';
import { parentOf } from './safe-path.ts';

/** Makes files what their records are, many at a time. */
export async function applyWrites(reconciler: Reconciler, writes: readonly PlannedWrite[]): Promise<void> {
  const written: { readonly write: PlannedWrite; readonly look: FileLook }[] = [];
  reconciler.transaction(() => {
    for (const { observation, file, row } of writes) {
      noteWriting(reconciler, observation.id, fingerprintOf(file.bytes, file.executable), row);
    }
  });
  const queue = writes.values();
  await eachConcurrently(
    maximumConcurrency,
    () => queue.next().value,
    async (write) => {
      const { observation, file } = write;
      const { id, diskPath, found } = observation;
      const content = { bytes: file.bytes, executable: file.executable, carriesMode: found?.carriesMode ?? true };
      const answer = await reconciler.disk.write(diskPath, content, found?.fingerprint);
      if (answer.ok) {
        written.push({ write, look: answer.value });
      } else if (answer.error === 'changed') {
        reconciler.revisit(id, 'again');
      } else {
        reconciler.problems.report(answer.error, id);
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
      noteLink(reconciler, observation.id, look, fingerprintOf(file.bytes, file.executable), row);
      if (observation.action === 'write') {
        reconciler.problems.clear(observation.id);
      }
      settle(reconciler, observation, look);
      reconciler.counts.written++;
    }
  });
}

/** Removes files whose records were removed. */
export async function applyRemovals(reconciler: Reconciler, observations: readonly Observation[]): Promise<void> {
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
      reconciler.problems.report(answer.error, id);
      reconciler.revisit(id, 'later');
    }
  }
  await reconciler.disk.syncFolders(foldersOf(removed));
  reconciler.transaction(() => {
    for (const { id } of removed) {
      reconciler.links.removeFile(reconciler.root, id);
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
