import { type Refusal } from '../../contract/verdict.ts';
import { fingerprintOf } from '../ground/fingerprint.ts';
import { noteLink, notedOf, settle } from './links.ts';
import type { Observation } from './observation.ts';
import type { EditAnswer, EditedRecord } from '../ground/port.ts';
import type { Reconciler } from './reconciler.ts';
import type { PlannedEdit, PlannedWrite } from './planned-edit.ts';
import { localFileOf } from '../ground/records.ts';
import { turn } from '../ground/turn.ts';

/** What an edit that was taken means: the note becomes durable with the edit, the rest follows once both are. */
export interface Taken {
  note(): void;
  /** Answers the file to be written, where the live record differs. */
  done(): PlannedWrite | undefined;
}

/** Records the content of files; answers the files to be written because the live record differs. */
export function publishFiles(
  reconciler: Pick<Reconciler, 'counts' | 'settledAt' | 'root' | 'view' | 'links' | 'problems' | 'revisit' | 'large'>,
  planned: readonly PlannedEdit[],
): Promise<readonly PlannedWrite[]> {
  return publish(reconciler, planned, (step, edited) => takenEdit(reconciler, step, edited));
}

/** Nobody who asks the daemon something waits for much longer. */
const longestTransactionMs = 20;
const [fewestEdits, firstEdits, mostEdits] = [4, 8, 500];

/** Sends edits and notes what came of each; answers the files to be written after it. As many go in one transaction as others wait for. */
async function publish(
  reconciler: Pick<Reconciler, 'settledAt' | 'view' | 'links' | 'problems' | 'revisit' | 'large'>,
  planned: readonly PlannedEdit[],
  takenOf: (planned: PlannedEdit, edited: EditedRecord) => Taken,
): Promise<readonly PlannedWrite[]> {
  const writes: PlannedWrite[] = [];
  let size = firstEdits;
  for (let start = 0; start < planned.length; ) {
    const some = planned.slice(start, start + size);
    const beganMs = performance.now();
    writes.push(...(await publishTogether(reconciler, some, takenOf)));
    const fitting = Math.floor((longestTransactionMs * some.length) / Math.max(performance.now() - beganMs, 0.001));
    start += some.length;
    size = Math.min(Math.max(fitting, fewestEdits), mostEdits, 2 * size);
    await turn();
  }
  return writes;
}

/** The same in one transaction: however large, it arrives elsewhere as a whole, where it fits one batch. */
export async function publishTogether(
  reconciler: Pick<Reconciler, 'settledAt' | 'view' | 'links' | 'problems' | 'revisit' | 'large'>,
  planned: readonly PlannedEdit[],
  takenOf: (planned: PlannedEdit, edited: EditedRecord) => Taken,
): Promise<readonly PlannedWrite[]> {
  const taken = new Map<PlannedEdit, Taken>();
  let answers: readonly EditAnswer[];
  try {
    answers = await reconciler.view.records.edit(
      reconciler.view.collection,
      planned.map(({ edit }) => edit),
      (written) => {
        for (const [index, step] of planned.entries()) {
          const answer = written[index];
          if (answer?.ok === true) {
            const one = takenOf(step, answer.value);
            one.note();
            taken.set(step, one);
          }
        }
      },
    );
  } catch {
    // What was noted in a transaction that was taken back was not.
    reconciler.links.forget();
    for (const { observation } of planned) {
      reconciler.problems.report('records_unavailable', observation.id);
      reconciler.revisit(observation.id, 'later');
    }
    return [];
  }
  for (const [index, step] of planned.entries()) {
    const answer = answers[index];
    if (answer?.ok === false) {
      notTaken(reconciler, step.observation, answer.error);
    }
  }
  return [...taken.values()].flatMap((one) => one.done() ?? []);
}

function notTaken(
  reconciler: Pick<Reconciler, 'settledAt' | 'problems' | 'revisit' | 'large'>,
  observation: Observation,
  error: Refusal | 'stale',
): void {
  if (error === 'stale') {
    reconciler.revisit(observation.id, 'again');
    return;
  }
  reconciler.problems.report('record_refused', observation.id, error.message);
  if (observation.found !== undefined) {
    reconciler.settledAt(observation.id, observation.found.look);
  }
}

/** After the content is in the log: in step, or the live record differs (merged, gated) and says how to go on. */
function takenEdit(
  reconciler: Pick<Reconciler, 'counts' | 'settledAt' | 'root' | 'view' | 'links' | 'problems' | 'revisit' | 'large'>,
  planned: PlannedEdit,
  { row, made }: EditedRecord,
): Taken {
  const { observation } = planned;
  const { found, id } = observation;
  if (found === undefined) {
    return { note: () => undefined, done: () => undefined };
  }
  // Tighter here than the record says is no difference: the file stays as its owner left it.
  const file = row.state === 'live' ? localFileOf(reconciler.view, row, found.file) : undefined;
  const differs = file === undefined || fingerprintOf(file.bytes, file) !== found.fingerprint;
  const waits = differs && (row.state !== 'live' || row.version === observation.row?.version);
  const next = differs && !waits && file !== undefined ? { observation, row, file } : undefined;
  // Where it is to be written, the file's content is in the record's past: if we stop here, the next pass sees an untouched
  // file to write, and what is typed into it meanwhile is told from this version.
  const version = next === undefined ? row.version : (made ?? observation.agreed?.version ?? null);
  return {
    note: () => noteLink(reconciler, id, found.look, notedOf(found), { version }),
    done() {
      reconciler.counts[observation.action === 'merge' ? 'merged' : 'taken']++;
      reconciler.problems.clear(id);
      if (planned.overlaps) {
        reconciler.problems.report('both_changed', id, `earlier version ${observation.row?.version ?? 'unknown'}`);
      }
      if (next === undefined) {
        settle(reconciler, observation);
      }
      if (next?.file.chunked === true) {
        // What came of both is to be fetched first: the next look begins that.
        reconciler.revisit(id, 'again');
        return undefined;
      }
      if (differs && next === undefined) {
        reconciler.problems.report('waits_for_review', id);
      }
      return next;
    },
  };
}
