import type { ChangeId, RecordId } from '../../base/ids.ts';
import type { LoggedChange } from '../../contract/change.ts';
import { type Refusal, refuse } from '../../contract/verdict.ts';
import { decisionOf, forkIdOf, forkOf } from '../../merge/values/decision.ts';
import { sameValue } from '../../merge/values/json-patch.ts';
import { fieldsToKeep } from '../../merge/review/review-offer.ts';
import { reviewState } from '../../merge/review/review-state.ts';
import type { Known } from '../kernel/core.ts';
import { countsInMerge } from '../kernel/counting.ts';
import type { CollectionBinding } from '../names/binding.ts';
import { currentForm, readChanges } from './read-changes.ts';

/** Changes of another record that a fork stands on: it waits for them as for its parents. */
export function foreignParentsOf(change: LoggedChange): readonly ChangeId[] {
  const fork = forkOf(change);
  return fork === undefined ? [] : [fork.keepBoth, ...fork.proposals];
}

/**
 * True unless the change is a fork that no decision of its device asked for, or that says something else than what it
 * keeps: only what waited as the proposal of another device may be put beside its record without being proposed again.
 */
export function isFounded(core: Known, binding: CollectionBinding, change: LoggedChange): boolean {
  const fork = forkOf(change);
  if (fork === undefined) {
    return true;
  }
  const row = core.store.history.get(fork.keepBoth);
  const decision = core.logs.unsealed.get(fork.keepBoth) ?? (row && core.logs.reader.change(row));
  const said = decision && decisionOf(decision);
  return (
    decision !== undefined &&
    said?.decision === 'keep_both' &&
    decision.deviceId === change.deviceId &&
    decision.collection === change.collection &&
    said.as === change.objectId &&
    forkIdOf(decision.collection, decision.objectId, fork.proposals) === change.objectId &&
    // Of old, a fork carried what the proposal would have made of the live view.
    (core.logs.isOld(change) || saysWhatItKeeps(core, binding, change, decision.objectId))
  );
}

function saysWhatItKeeps(core: Known, binding: CollectionBinding, change: LoggedChange, from: RecordId): boolean {
  const read = currentForm(core, binding, change);
  const fork = read.ok ? forkOf(read.value) : undefined;
  const rows = core.store.history.list(change.collection, from);
  const admitted = rows.filter((row) => countsInMerge(core, row));
  const history = fork && readChanges(core, binding, rows, admitted);
  if (fork === undefined || history === undefined) {
    return false;
  }
  const { engine, reviewMode } = binding;
  const state = reviewState(history, { self: change.deviceId, reviewMode, engine, isOld: core.logs.isOld });
  const kept = fieldsToKeep(state, fork.proposals, change.deviceId);
  return kept !== null && sameValue(kept, fork.fields);
}

export const forkUnfounded: Refusal = refuse(
  'quarantine',
  'policy_denied',
  'fork_unfounded',
  'The change says that it keeps a proposal beside its record, and no such decision is known, or the proposal says something else. It has no effect; find out which device sent it.',
);
