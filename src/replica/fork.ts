import type { ChangeId } from '../base/ids.ts';
import type { LoggedChange } from '../contract/change.ts';
import { type Refusal, refuse } from '../contract/verdict.ts';
import { decisionOf, forkIdOf, forkOf } from '../merge/decision.ts';
import type { Core } from './core.ts';

/** Changes of another record that a fork stands on: it waits for them as for its parents. */
export function foreignParentsOf(change: LoggedChange): readonly ChangeId[] {
  const fork = forkOf(change);
  return fork === undefined ? [] : [fork.keepBoth, ...fork.proposals];
}

/**
 * True unless the change is a fork that no decision of its device asked for: only what waited as the proposal of
 * another device may be put beside its record without being proposed again.
 */
export function isFounded(core: Core, change: LoggedChange): boolean {
  const fork = forkOf(change);
  if (fork === undefined) {
    return true;
  }
  const row = core.store.history.get(fork.keepBoth);
  const decision = core.unsealed.get(fork.keepBoth) ?? (row && core.reader.change(row));
  const said = decision && decisionOf(decision);
  return (
    decision !== undefined &&
    said?.decision === 'keep_both' &&
    decision.deviceId === change.deviceId &&
    decision.collection === change.collection &&
    said.as === change.objectId &&
    forkIdOf(decision.collection, decision.objectId, fork.proposals) === change.objectId &&
    fork.proposals.some((id) => {
      const proposal = core.store.history.get(id);
      return proposal?.recordId === decision.objectId && proposal.deviceId !== change.deviceId;
    })
  );
}

export const forkUnfounded: Refusal = refuse(
  'quarantine',
  'policy_denied',
  'fork_unfounded',
  'The change says that it keeps a proposal beside its record, and no such decision is known. It has no effect; find out which device sent it.',
);
