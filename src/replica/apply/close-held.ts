import { closeUnasked } from '../guard/brake-item.ts';
import { heldReviewId } from '../guard/held-question.ts';
import type { Core } from '../kernel/core.ts';
import { closeItem } from '../kernel/keep.ts';
import { quarantineIdOf } from '../names/quarantine-id.ts';
import type { HistoryRow } from '../../store/ground/port.ts';

/** A change that was held is settled by itself: nobody waits for it any more, nor for what was asked about it. */
export function closeHeld(
  core: Pick<Core, 'store' | 'rules' | 'notices'>,
  change: Pick<HistoryRow, 'changeId'>,
  counted: boolean,
): void {
  const item = core.store.quarantine.get(quarantineIdOf(change));
  if (item?.status === 'held') {
    closeItem(core, item, counted ? 'released' : 'dropped');
    closeUnasked(core, heldReviewId(change), 'resolved');
  }
}
