import type { RecordId } from '../base/ids.ts';
import type { RecordRow } from '../contract/record.ts';
import { applyRemovals, applyWrites } from './apply-files.ts';
import { eachConcurrently, maximumConcurrency } from './concurrency.ts';
import { noteLink, settle } from './links.ts';
import { type Observation, observe } from './observe.ts';
import { publish, publishFiles } from './publish.ts';
import type { PlannedEdit, PlannedWrite, Reconciler } from './reconciler.ts';
import { editOf, fileOf, saysTheSame } from './records.ts';

/** One transaction takes at most this many edits. */
const maximumEdits = 500;
/** Contents held in memory at once. */
const maximumHeldBytes = 16 * 1024 * 1024;
/**
 * Brings files and records of these ids in step, all but removals of records: those are answered, for the caller to
 * judge together. Content goes into the log before anything on disk is replaced.
 */
export async function reconcile(reconciler: Reconciler, ids: readonly RecordId[]): Promise<readonly RecordId[]> {
  const removals: RecordId[] = [];
  let next = 0;
  while (next < ids.length && !reconciler.stopped()) {
    const observations: Observation[] = [];
    let heldBytes = 0;
    const more = (): RecordId | undefined =>
      observations.length < maximumEdits - maximumConcurrency && heldBytes < maximumHeldBytes ? ids[next++] : undefined;
    await eachConcurrently(maximumConcurrency, more, async (id) => {
      const observation = await observe(reconciler, id);
      if (observation.action === 'none') {
        settle(reconciler, observation);
        return;
      }
      heldBytes += observation.found?.look.sizeBytes ?? 0;
      observations.push(observation);
    });
    removals.push(...(await applyAll(reconciler, observations)));
  }
  return removals;
}

/** Publishes the removal of records whose files are gone; ids that are no removal any more are left out. */
export async function removeRecords(reconciler: Reconciler, ids: readonly RecordId[]): Promise<void> {
  for (let start = 0; start < ids.length; start += maximumEdits) {
    const planned: PlannedEdit[] = [];
    for (const id of ids.slice(start, start + maximumEdits)) {
      const observation = await observe(reconciler, id);
      if (observation.action === 'remove_record') {
        const seen = observation.row?.version ?? null;
        planned.push({ observation, edit: { id, intent: { kind: 'remove' }, seen }, overlaps: false });
      }
    }
    await publish(reconciler, planned, ({ observation }) => {
      reconciler.links.removeFile(reconciler.root, observation.id);
      reconciler.names().forget(observation.id);
      reconciler.counts.recordsRemoved++;
      return undefined;
    });
  }
}

/** Files give way to their records again; what they held is kept beside them under a second name. */
export async function putBack(reconciler: Reconciler, ids: readonly RecordId[]): Promise<void> {
  for (let start = 0; start < ids.length; start += maximumEdits) {
    const writes: PlannedWrite[] = [];
    for (const id of ids.slice(start, start + maximumEdits)) {
      const observation = await observe(reconciler, id);
      const isRewritten = observation.action === 'take' || observation.action === 'merge';
      if (isRewritten && observation.row?.state === 'live') {
        await keepBoth(reconciler, observation, writes);
      }
    }
    await applyWrites(reconciler, writes);
  }
}

interface Plans {
  readonly edits: PlannedEdit[];
  readonly writes: PlannedWrite[];
  readonly agreements: Observation[];
}

async function applyAll(reconciler: Reconciler, observations: readonly Observation[]): Promise<readonly RecordId[]> {
  const edits: PlannedEdit[] = [];
  const writes: PlannedWrite[] = [];
  const removedFiles: Observation[] = [];
  const removals: RecordId[] = [];
  const agreements: Observation[] = [];
  for (const observation of observations) {
    switch (observation.action) {
      case 'none':
        break;
      case 'look_again':
        reconciler.revisit(observation.id, 'again');
        break;
      case 'agree':
      case 'forget':
        agreements.push(observation);
        break;
      case 'take':
      case 'merge':
        planEdit(reconciler, observation, { edits, writes, agreements });
        break;
      case 'write':
        planWrite(reconciler, observation, observation.row, writes);
        break;
      case 'keep_both':
        await keepBoth(reconciler, observation, writes);
        break;
      case 'remove_file':
        removedFiles.push(observation);
        break;
      case 'remove_record':
        removals.push(observation.id);
        break;
    }
  }
  noteAgreements(reconciler, agreements);
  writes.push(...(await publishFiles(reconciler, reconciler.released(edits))));
  await applyWrites(reconciler, writes);
  await applyRemovals(reconciler, removedFiles);
  return removals;
}

function planEdit(reconciler: Reconciler, observation: Observation, { edits, writes, agreements }: Plans): void {
  const { found, row, agreed, id } = observation;
  if (found === undefined) {
    return;
  }
  const planned = editOf(reconciler.view, found.file, row, agreed);
  if (!planned.ok) {
    reconciler.problems.report('file_unfit', id, planned.error);
    reconciler.settledAt(id, found.look);
    return;
  }
  if (planned.value.kind === 'nothing') {
    if (row === undefined || saysTheSame(reconciler.view, found.file, row)) {
      agreements.push(observation);
    } else {
      planWrite(reconciler, { ...observation, action: 'write' }, row, writes);
    }
    return;
  }
  edits.push({ observation, edit: planned.value.edit, overlaps: planned.value.overlaps });
}

function planWrite(
  reconciler: Reconciler,
  observation: Observation,
  row: RecordRow | undefined,
  writes: PlannedWrite[],
): void {
  const { id, diskPath, found } = observation;
  const file = row === undefined ? undefined : fileOf(reconciler.view, row);
  if (row === undefined || file === undefined) {
    return;
  }
  if (found === undefined && !reconciler.names().claim(id, diskPath, () => true)) {
    reconciler.problems.report('name_collision', id);
    return;
  }
  writes.push({ observation, row, file });
}

/** Two histories meet without a common past: neither may replace the other, so the file gets a second name. */
async function keepBoth(reconciler: Reconciler, observation: Observation, writes: PlannedWrite[]): Promise<void> {
  const { id, diskPath, found, row } = observation;
  if (found === undefined) {
    return;
  }
  const aside = asidePathOf(id, found.fingerprint);
  const kept = await reconciler.disk.keepAside(diskPath, asidePathOf(diskPath, found.fingerprint));
  if (!kept.ok) {
    reconciler.problems.report(kept.error, id);
    reconciler.revisit(id, 'later');
    return;
  }
  reconciler.problems.report('kept_aside', id, aside);
  reconciler.revisit(aside as RecordId, 'again');
  reconciler.counts.keptAside++;
  planWrite(reconciler, observation, row, writes);
}

function noteAgreements(reconciler: Reconciler, observations: readonly Observation[]): void {
  if (observations.length === 0) {
    return;
  }
  reconciler.transaction(() => {
    for (const observation of observations) {
      const { id, found, row, action } = observation;
      reconciler.problems.clear(id);
      if (action === 'forget') {
        reconciler.links.removeFile(reconciler.root, id);
        reconciler.names().forget(id);
      } else if (found !== undefined && row !== undefined) {
        noteLink(reconciler, id, found.look, found.fingerprint, row);
      }
      settle(reconciler, observation);
    }
  });
}

/** `notes/plan.md` → `notes/plan.kept-1a2b3c4d.md`: the same content gets the same name, so a repeat adds nothing. */
function asidePathOf(path: string, fingerprint: string): string {
  const slash = path.lastIndexOf('/') + 1;
  const dot = path.lastIndexOf('.');
  const end = dot > slash ? dot : path.length;
  return `${path.slice(0, end)}.kept-${fingerprint.slice(0, 8)}${path.slice(end)}`;
}
