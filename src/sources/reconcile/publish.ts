import type { Result } from '../../base/result.ts';
import { type Refusal } from '../../contract/verdict.ts';
import { fingerprintOf } from '../ground/fingerprint.ts';
import { noteLink, notedOf, settle } from './links.ts';
import type { Observation } from './observation.ts';
import type { EditedRecord } from '../ground/port.ts';
import type { Reconciler } from './reconciler.ts';
import type { PlannedEdit, PlannedWrite } from './planned-edit.ts';
import { localFileOf } from '../ground/records.ts';

/** Records the content of files; answers the files to be written because the live record differs. */
export function publishFiles(
  reconciler: Pick<
    Reconciler,
    'transaction' | 'counts' | 'settledAt' | 'root' | 'view' | 'links' | 'problems' | 'revisit'
  >,
  planned: readonly PlannedEdit[],
): Promise<readonly PlannedWrite[]> {
  return publish(reconciler, planned, (step, edited) => afterEdit(reconciler, step, edited));
}

/** Sends edits as one transaction and notes what came of each; answers the files to be written after it. */
export async function publish(
  reconciler: Pick<Reconciler, 'transaction' | 'settledAt' | 'view' | 'problems' | 'revisit'>,
  planned: readonly PlannedEdit[],
  accepted: (planned: PlannedEdit, edited: EditedRecord) => PlannedWrite | undefined,
): Promise<readonly PlannedWrite[]> {
  if (planned.length === 0) {
    return [];
  }
  let answers: readonly Result<EditedRecord, Refusal | 'stale'>[];
  try {
    answers = await reconciler.view.records.edit(
      reconciler.view.collection,
      planned.map(({ edit }) => edit),
    );
  } catch {
    for (const { observation } of planned) {
      reconciler.problems.report('records_unavailable', observation.id);
      reconciler.revisit(observation.id, 'later');
    }
    return [];
  }
  return reconciler.transaction(() => {
    const writes: PlannedWrite[] = [];
    for (const [index, step] of planned.entries()) {
      const answer = answers[index];
      if (answer?.ok === true) {
        const write = accepted(step, answer.value);
        if (write !== undefined) {
          writes.push(write);
        }
      } else if (answer?.error === 'stale') {
        reconciler.revisit(step.observation.id, 'again');
      } else if (answer !== undefined) {
        noteRefusal(reconciler, step.observation, answer.error);
      }
    }
    return writes;
  });
}

function noteRefusal(
  reconciler: Pick<Reconciler, 'settledAt' | 'problems'>,
  observation: Observation,
  refusal: Refusal,
): void {
  reconciler.problems.report('record_refused', observation.id, refusal.message);
  if (observation.found !== undefined) {
    reconciler.settledAt(observation.id, observation.found.look);
  }
}

/** After the content is in the log: in step, or the live record differs (merged, gated) and says how to go on. */
function afterEdit(
  reconciler: Pick<Reconciler, 'counts' | 'settledAt' | 'root' | 'view' | 'links' | 'problems'>,
  planned: PlannedEdit,
  { row, made }: EditedRecord,
): PlannedWrite | undefined {
  const { observation } = planned;
  const { found, id } = observation;
  if (found === undefined) {
    return undefined;
  }
  reconciler.counts[observation.action === 'merge' ? 'merged' : 'taken']++;
  reconciler.problems.clear(id);
  if (planned.overlaps) {
    reconciler.problems.report('both_changed', id, `earlier version ${observation.row?.version ?? 'unknown'}`);
  }
  // Tighter here than the record says is no difference: the file stays as its owner left it.
  const file = row.state === 'live' ? localFileOf(reconciler.view, row, found.file) : undefined;
  const differs = file === undefined || fingerprintOf(file.bytes, file) !== found.fingerprint;
  const waits = differs && (row.state !== 'live' || row.version === observation.row?.version);
  if (!differs || waits || file === undefined) {
    noteLink(reconciler, id, found.look, notedOf(found), row);
    settle(reconciler, observation);
    if (differs) {
      reconciler.problems.report('waits_for_review', id);
    }
    return undefined;
  }
  // The file's content is in the record's past now: if we stop here, the next pass sees an untouched file to write, and
  // what is typed into it meanwhile is told from this version.
  noteLink(reconciler, id, found.look, notedOf(found), { version: made ?? observation.agreed?.version ?? null });
  return { observation, row, file };
}
