import type { DeviceId } from '../../base/ids.ts';
import type { LoggedChange } from '../../contract/change.ts';
import type { RecordRow } from '../../contract/record.ts';
import type { ReviewItem } from '../../contract/review.ts';
import type { Plan, PlanInput, Strategy, Viewer } from '../../contract/strategy.ts';
import type { CollectionBinding } from '../names/binding.ts';

/** One record made again from nothing, change by change in causal order, as one device sees it. */
export interface Replay {
  readonly row: () => RecordRow | undefined;
  /** What would stand in the device's review queue now. */
  readonly openReviews: () => readonly ReviewItem[];
  /** Undefined for a change that its strategy refuses. */
  take(change: LoggedChange): Plan | undefined;
}

export function createReplay(
  { manifest, engine, textPaths, reviewMode }: CollectionBinding,
  strategy: Strategy,
  self: DeviceId,
  generations: PlanInput['generations'] = new Map(),
  { isOld, isUngated }: Pick<Viewer, 'isOld' | 'isUngated'> = {},
): Replay {
  const viewer: Viewer = { self, engine, reviewMode, isOld, isUngated };
  const taken: LoggedChange[] = [];
  let row: RecordRow | undefined;
  let openReviews: readonly ReviewItem[] = [];
  return {
    row: () => row,
    openReviews: () => openReviews,
    take: (change) => {
      const history = strategy.needsHistory(change, row) ? taken : [];
      const plan = planOrNothing(() =>
        strategy.plan({
          ...{ manifest, viewer, row, textPaths, openReviews, change, history, generations },
        }),
      );
      if (plan !== undefined) {
        const closed = new Set(plan.close.map(({ id }) => id));
        openReviews = [...openReviews.filter(({ id }) => !closed.has(id)), ...plan.open];
        row = plan.row ?? row;
        taken.push(change);
      }
      return plan;
    },
  };
}

/** Undefined for a change that its strategy refuses, as it did when it came. */
function planOrNothing(plan: () => Plan): Plan | undefined {
  try {
    const made = plan();
    return ['quarantine', 'reject', 'hold'].includes(made.verdict.verdict) ? undefined : made;
  } catch {
    return undefined;
  }
}
