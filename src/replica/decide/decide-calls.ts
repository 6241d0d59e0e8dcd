import { type Result, err, ok } from '../../base/result.ts';
import type { CollectionName } from '../../base/ids.ts';
import type { ReviewItem } from '../../contract/review.ts';
import { type Core, commit } from '../kernel/core.ts';
import { edit } from '../edit/edit.ts';
import { type Call, forgetCalls, heldCallsOf } from '../guard/held-calls.ts';
import { noteTurnedDown } from '../edit/owner-note.ts';
import { pushOwnerSet } from '../edit/owner-set.ts';
import type { WriteRefusal } from '../names/write.ts';
import { settleItem } from '../kernel/settle-item.ts';

/**
 * Makes the calls that were held, in the order in which they came, or forgets them. Each is a transaction of its own, and
 * the question is closed after the last: whoever is interrupted decides again, and what was made stays as it is.
 */
export function decideCalls(
  core: Core,
  item: ReviewItem,
  decision: 'accept' | 'reject',
): Result<ReviewItem, WriteRefusal> {
  const { collection } = item;
  const calls = heldCallsOf(core.store, collection)?.calls ?? [];
  const problems = decision === 'accept' ? calls.flatMap(({ call }) => make(core, collection, call)) : [];
  const settled = commit(core, () => {
    if (decision === 'reject') {
      calls.forEach(({ call }) => call.kind === 'push' && noteTurnedDown(core, collection, call.set));
    }
    forgetCalls(core.store, collection);
    core.guards.windows.end({ collection });
    return settleItem(core, item, decision);
  });
  const [first] = problems;
  return first === undefined
    ? ok(settled)
    : err({
        kind: 'invalid',
        message: `It was accepted, and ${problems.length} of its records could not be written. The first: ${first}`,
      });
}

/** What could not be done of it, in words. */
function make(core: Core, collection: CollectionName, call: Call): readonly string[] {
  if (call.kind === 'push') {
    const pushed = pushOwnerSet(core, collection, call.set, true);
    return pushed.ok ? [] : [pushed.error.message];
  }
  return edit(core, collection, call.writes, true).flatMap((written) => (written.ok ? [] : [written.error.message]));
}
