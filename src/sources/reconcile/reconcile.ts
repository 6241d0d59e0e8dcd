import type { RecordId } from '../../base/ids.ts';
import type { RecordRow } from '../../contract/record.ts';
import { applyRemovals, applyWrites } from './apply-files.ts';
import { createPause } from '../ground/pause.ts';
import { eachConcurrently, maximumConcurrency } from '../ground/concurrency.ts';
import { partOfFile } from './large-file.ts';
import { noteAbsence, noteLink, notedOf, settle } from './links.ts';
import { observe } from './observe.ts';
import type { Observation } from './observation.ts';
import { publishFiles, publishTogether } from './publish.ts';
import type { Reconciler } from './reconciler.ts';
import type { PlannedEdit, PlannedWrite } from './planned-edit.ts';
import { editOf, fileOf, localFileOf, saysTheSame } from '../ground/records.ts';
import { renameRecords } from './rename-records.ts';
import type { Losses } from '../ground/scan-report.ts';
import { turn } from '../ground/turn.ts';

/** So many files are looked at before what they say is told. */
const maximumEdits = 500;
/** As many as one batch has room for. */
const removalsAtOnce = 4000;
/** So many notes are made at once; then others have their turn. */
const notesAtOnce = 100;
/** Contents held in memory at once. */
const maximumHeldBytes = 16 * 1024 * 1024;

/**
 * Brings files and records of these ids in step, all but what would be a loss: that is answered, for the caller to judge
 * together. Content goes into the log before anything on disk is replaced.
 */
export async function reconcile(reconciler: Reconciler, ids: readonly RecordId[]): Promise<Losses> {
  const removed: RecordId[] = [];
  const replaced: RecordId[] = [];
  let next = 0;
  const pause = createPause();
  while (next < ids.length && !reconciler.stopped()) {
    const observations: Observation[] = [];
    let heldBytes = 0;
    const more = (): RecordId | undefined =>
      observations.length < maximumEdits - maximumConcurrency && heldBytes < maximumHeldBytes ? ids[next++] : undefined;
    await eachConcurrently(maximumConcurrency, more, async (id) => {
      await pause();
      const observation = await observe(reconciler, id);
      if (observation.action === 'none') {
        settle(reconciler, observation);
        sayWhyItStays(reconciler, observation);
        return;
      }
      heldBytes += observation.found?.look.sizeBytes ?? 0;
      observations.push(observation);
    });
    const losses = await applyAll(reconciler, observations);
    removed.push(...losses.removed);
    replaced.push(...losses.replaced);
  }
  return { removed, replaced };
}

function sayWhyItStays(
  { problems, view }: Pick<Reconciler, 'view' | 'problems'>,
  { id, found, row, agreed }: Observation,
): void {
  if (found === undefined) {
    return;
  }
  if (row?.state === 'absent') {
    problems.report('waits_for_review', id);
  }
  if (row?.state === 'live' && row.version !== agreed?.version && fileOf(view, row) === undefined) {
    problems.report('record_no_file', id);
  }
}

/**
 * Publishes the removal of records whose files are gone; ids that are no removal any more are left out. They go together,
 * though others wait for it: what is removed at once here is to be seen at once by the brake of every other device, which
 * would let the first half go where it came in parts.
 */
export async function removeRecords(reconciler: Reconciler, ids: readonly RecordId[]): Promise<void> {
  const pause = createPause();
  for (let start = 0; start < ids.length; start += removalsAtOnce) {
    const planned: PlannedEdit[] = [];
    for (const id of ids.slice(start, start + removalsAtOnce)) {
      await pause();
      const observation = await observe(reconciler, id);
      if (observation.action === 'remove_record') {
        const seen = observation.row?.version ?? null;
        planned.push({ observation, edit: { id, intent: { kind: 'remove' }, seen }, overlaps: false });
      }
    }
    await publishTogether(reconciler, planned, ({ observation }, { row }) => ({
      note: () => noteAbsence(reconciler, observation.id, row.version),
      done() {
        reconciler.names().forget(observation.id);
        reconciler.counts.recordsRemoved++;
        return undefined;
      },
    }));
  }
}

interface Plans {
  readonly edits: PlannedEdit[];
  readonly writes: PlannedWrite[];
  readonly agreements: Observation[];
  readonly replaced: RecordId[];
}

const publishes: ReadonlySet<Observation['action']> = new Set(['take', 'merge', 'remove_record']);

async function applyAll(reconciler: Reconciler, observations: readonly Observation[]): Promise<Losses> {
  const plans: Plans = { edits: [], writes: [], agreements: [], replaced: [] };
  const removedFiles: Observation[] = [];
  const toWrite: Observation[] = [];
  const removed: RecordId[] = [];
  const when = reconciler.mayPublish();
  const mayPublish = when === 'now';
  if (when !== 'after_exchange') {
    reconciler.problems.clearCode('first_exchange');
  }
  if (typeof when === 'string') {
    reconciler.problems.clearCode('authority_missing');
  }
  const possible = observations.filter((observation) => !isImpossible(reconciler, observation));
  const unmoved = mayPublish ? await renameRecords(reconciler, possible) : possible;
  for (const observation of unmoved) {
    if (!mayPublish && publishes.has(observation.action)) {
      if (when === 'after_exchange') {
        reconciler.problems.report('first_exchange', '');
      }
      if (typeof when !== 'string') {
        reconciler.problems.report('authority_missing', '', when.lacking);
      }
      reconciler.revisit(observation.id, 'later');
      continue;
    }
    switch (observation.action) {
      case 'none':
        break;
      case 'look_again':
        reconciler.revisit(observation.id, 'again');
        break;
      case 'agree':
      case 'forget':
        plans.agreements.push(observation);
        break;
      case 'take':
      case 'merge':
        planEdit(reconciler, observation, plans);
        break;
      case 'write':
        switch (await reconciler.wordOnWrite(observation)) {
          case 'go':
            toWrite.push(observation);
            break;
          case 'restore':
            planEdit(reconciler, { ...observation, agreed: undefined }, plans);
            break;
          case 'held':
            break;
        }
        break;
      case 'remove_file':
        removedFiles.push(observation);
        break;
      case 'remove_record':
        removed.push(observation.id);
        break;
    }
  }
  for (let start = 0; start < plans.agreements.length; start += notesAtOnce) {
    noteAgreements(reconciler, plans.agreements.slice(start, start + notesAtOnce));
    await turn();
  }
  reconciler.beforeEdits(plans.edits);
  plans.writes.push(...(await publishFiles(reconciler, plans.edits)));
  // First what is in the way of what is to be written: a file where a folder of its name comes.
  await applyRemovals(reconciler, removedFiles);
  for (const observation of toWrite) {
    planWrite(reconciler, observation, observation.row, plans.writes);
  }
  await applyWrites(reconciler, reconciler.disk.onlyReads === true ? [] : plans.writes);
  return { removed, replaced: plans.replaced };
}

/**
 * On a disk that is only read nothing is written, and what was removed elsewhere stays so, though its program goes on changing
 * it here; on one whose files are this machine's alone no record is removed.
 */
function isImpossible({ disk }: Pick<Reconciler, 'disk'>, { action, row, agreed }: Observation): boolean {
  switch (action) {
    case 'remove_record':
      return disk.keepsRecords === true;
    case 'write':
    case 'remove_file':
      return disk.onlyReads === true;
    case 'take':
      return disk.onlyReads === true && row?.state === 'tombstoned' && typeof agreed?.hash === 'string';
    default:
      return false;
  }
}

function planEdit(
  reconciler: Pick<Reconciler, 'isLoss' | 'settledAt' | 'view' | 'problems' | 'names' | 'revisit' | 'large'>,
  observation: Observation,
  plans: Plans,
): void {
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
      plans.agreements.push(observation);
    } else {
      planWrite(reconciler, { ...observation, action: 'write' }, row, plans.writes);
    }
    return;
  }
  if (leavesNothing(reconciler, observation)) {
    plans.replaced.push(id);
    return;
  }
  plans.edits.push({ observation, edit: planned.value.edit, overlaps: planned.value.overlaps });
}

/** True when the file would take away next to all that its record says. */
function leavesNothing({ view, isLoss }: Pick<Reconciler, 'isLoss' | 'view'>, { found, row }: Observation): boolean {
  if (found === undefined || row?.state !== 'live' || row.fields === null) {
    return false;
  }
  const after = view.mapping.toFields(found.file);
  return after.ok && isLoss(row.id, row.fields, after.value);
}

export function planWrite(
  reconciler: Pick<Reconciler, 'view' | 'problems' | 'names' | 'revisit' | 'large'>,
  observation: Observation,
  row: RecordRow | undefined,
  writes: PlannedWrite[],
): void {
  const { id, diskPath, found, agreed } = observation;
  const file = row === undefined ? undefined : localFileOf(reconciler.view, row, agreed);
  if (row === undefined || file === undefined) {
    return;
  }
  const part = file.chunked === true ? partOfFile(reconciler, observation, file) : undefined;
  if (file.chunked === true && part === undefined) {
    return;
  }
  if (found === undefined && !reconciler.names().claim(id, diskPath, () => true)) {
    reconciler.problems.report('name_collision', id);
    reconciler.revisit(id, 'later');
    return;
  }
  writes.push({ observation, row, file, part });
}

function noteAgreements(
  reconciler: Pick<Reconciler, 'transaction' | 'settledAt' | 'root' | 'links' | 'problems' | 'names' | 'large'>,
  observations: readonly Observation[],
): void {
  reconciler.transaction(() => {
    for (const observation of observations) {
      const { id, found, row, action } = observation;
      reconciler.problems.clear(id);
      if (action === 'forget') {
        noteAbsence(reconciler, id, row?.version ?? null);
        reconciler.names().forget(id);
      } else if (found !== undefined && row !== undefined) {
        noteLink(reconciler, id, found.look, notedOf(found), row);
      }
      settle(reconciler, observation);
    }
  });
}
