import type { RecordId } from '../../base/ids.ts';
import { judgeLosses } from './judge-losses.ts';
import { reconcile } from '../reconcile/reconcile.ts';
import { emptyCounts } from '../ground/scan-report.ts';
import { secureRoot } from './secure-root.ts';
import { type SourceState, reconcilerOf } from './source-state.ts';

/** Brings the files and records of these ids in step. False, and nothing is done, where the root is not the known one. */
export async function bringInStep(
  state: SourceState,
  ids: readonly RecordId[],
  again: (id: RecordId) => void,
): Promise<boolean> {
  const root = await secureRoot(state, false);
  if (!root.ok) {
    return false;
  }
  const reconciler = reconcilerOf(state, emptyCounts(), again);
  await judgeLosses(state, reconciler, await reconcile(reconciler, ids), false);
  return true;
}
