import type { RecordId } from '../../base/ids.ts';
import { applyWrites } from '../reconcile/apply-files.ts';
import { observe } from '../reconcile/observe.ts';
import type { Observation } from '../reconcile/observation.ts';
import type { Reconciler } from '../reconcile/reconciler.ts';
import type { PlannedWrite } from '../reconcile/planned-edit.ts';
import { seeRecord } from '../ground/records.ts';
import { planWrite, reconcile, removeRecords } from '../reconcile/reconcile.ts';
import { type Losses, countOfLosses, joinLosses, noLosses } from '../ground/scan-report.ts';
import type { SourceState } from './source-state.ts';
import type { LossAnswer, LossWord } from '../ground/loss-answer.ts';

/**
 * Lets records follow files that are gone, emptied or replaced, or holds them while a person is asked.
 * @param isWhole the whole folder was read: what is not among these losses is one no longer
 */
export async function judgeLosses(
  state: SourceState,
  reconciler: Reconciler,
  found: Losses,
  isWhole: boolean,
): Promise<void> {
  if (isWhole) {
    state.losses.gathering = undefined;
  }
  const losses = isWhole ? found : joinLosses(state.losses.held, found);
  // A whole look at the folder answers for a question of an earlier run of the program too.
  if (countOfLosses(losses) === 0 && !isWhole) {
    return;
  }
  const { inStep } = state.notes;
  const answer = answerOf(losses, state.options.losses?.wordOnLosses?.(losses, { inStep, isWhole }) ?? 'held');
  state.losses.held = only(losses, answer.held);
  const held = countOfLosses(state.losses.held);
  if (held > 0) {
    state.problems.report('losses_held', '', `${held} of ${inStep} files`);
  } else {
    state.problems.clearCode('losses_held');
  }
  // A word is for these files: what is in them now passes.
  const obeying: Reconciler = { ...reconciler, isLoss: () => false };
  const go = only(losses, answer.go);
  await removeRecords(obeying, go.removed);
  await reconcile(obeying, go.replaced);
  const restore = only(losses, answer.restore);
  await writeAgain(obeying, restore.removed);
  await putBack(obeying, restore.replaced);
}

function answerOf({ removed, replaced }: Losses, said: LossWord | LossAnswer): LossAnswer {
  return typeof said === 'string' ? { held: [], go: [], restore: [], [said]: [...removed, ...replaced] } : said;
}

function only({ removed, replaced }: Losses, ids: readonly RecordId[]): Losses {
  if (ids.length === 0) {
    return noLosses;
  }
  const wanted = new Set(ids);
  return { removed: removed.filter((id) => wanted.has(id)), replaced: replaced.filter((id) => wanted.has(id)) };
}

/** Records whose files are gone are written as if they had never had one. */
async function writeAgain(reconciler: Reconciler, ids: readonly RecordId[]): Promise<void> {
  reconciler.transaction(() => {
    for (const id of ids) {
      reconciler.links.removeFile(reconciler.root, id);
    }
  });
  await reconcile(reconciler, ids);
}

/** Files give way to their records again; what they held becomes a version of the record that is not live. */
async function putBack(reconciler: Reconciler, ids: readonly RecordId[]): Promise<void> {
  const { view } = reconciler;
  const rewritten: Observation[] = [];
  for (const id of ids) {
    const observation = await observe(reconciler, id);
    const isRewritten = observation.action === 'take' || observation.action === 'merge';
    if (isRewritten && observation.row?.state === 'live') {
      rewritten.push(observation);
    }
  }
  const versions = rewritten.flatMap(({ id, found }) => {
    const fields = found && view.mapping.toFields(found.file);
    return fields?.ok === true ? [{ id, fields: fields.value }] : [];
  });
  await view.records.keepVersions?.(view.collection, versions);
  const writes: PlannedWrite[] = [];
  for (const observation of rewritten) {
    const { row } = seeRecord(view, observation.id, observation.agreed);
    planWrite(reconciler, observation, row, writes);
  }
  await applyWrites(reconciler, writes);
}
