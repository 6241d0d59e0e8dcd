import { type Result, err, ok } from '../../base/result.ts';
import type { RecordRow } from '../../contract/record.ts';
import type { Choice, ReviewItem } from '../../contract/review.ts';
import { strategyOf } from '../../merge/strategies.ts';
import { recordContext } from '../apply/apply.ts';
import { authored } from '../edit/authored.ts';
import type { Core } from '../kernel/core.ts';
import { CannotKeep, type Desk, keep } from './decide-brake.ts';
import { judgeWaiting } from '../apply/judge.ts';
import { recount } from '../apply/late-edits.ts';
import type { WriteRefusal } from '../names/write.ts';
import { rowDamaged } from '../names/row-damaged.ts';
import { settleItem } from '../kernel/settle-item.ts';
import { editable, write } from '../edit/write-change.ts';

type Decision = Result<ReviewItem, WriteRefusal>;
type DecideOne = (desk: Desk, reviewId: string, choice: Choice) => Decision;

/**
 * Decides about edits of a record that every other device had deleted. Either way they are taken in, so that all devices
 * hold the same changes; then what the person said is written on top of them where it is not what they come to, and
 * travels. `decideOne` answers what the record's strategy asks about them in the same words.
 */
export function decideLate(core: Core, item: ReviewItem, { kind }: Choice, decideOne: DecideOne): Decision {
  if (kind !== 'accept' && kind !== 'reject') {
    return err({ kind: 'invalid', message: `${item.id} is about a deleted record: accept the edit or reject it.` });
  }
  const target = editable(core, item.collection);
  if (!target.ok) {
    return target;
  }
  const { binding, scope } = target.value;
  try {
    return authored(core, scope, (author) => {
      const desk: Desk = { binding, scope, author };
      const before = rowOf(core, item);
      takeIn(core, item, kind);
      for (const { id, changes } of core.store.reviews.openOf(item.collection, item.recordId)) {
        if (changes.some((change) => item.changes.includes(change))) {
          orNothing(decideOne(desk, id, { kind }));
        }
      }
      if (kind === 'reject') {
        putBack(core, desk, before);
      }
      return ok(core.store.reviews.get(item.id) as ReviewItem);
    });
  } catch (cause) {
    if (cause instanceof CannotKeep) {
      return err(cause.refusal);
    }
    throw cause;
  }
}

function rowOf(core: Core, item: ReviewItem): RecordRow {
  const row = core.store.records.get(item.collection, item.recordId);
  if (row === undefined || row === 'damaged') {
    throw new CannotKeep({ kind: 'damaged', message: rowDamaged.message });
  }
  return row;
}

/** The item is settled first, so that what it held passes. */
function takeIn(core: Core, item: ReviewItem, decision: 'accept' | 'reject'): void {
  core.late.settle(item);
  settleItem(core, item, decision);
  recount(core, item);
  for (const changeId of item.changes) {
    // One that was judged before may have woken this one.
    const row = core.store.history.get(changeId);
    if (row?.disposition === 'waiting') {
      judgeWaiting(core, row);
    }
  }
}

/** What was there before the edits were taken in: nothing, or what was written anew meanwhile. */
function putBack(core: Core, desk: Desk, before: RecordRow): void {
  if (before.state === 'live') {
    keep(core, desk, before.id, before.fields, before.managedBy);
    return;
  }
  const { collection, id } = before;
  const row = core.store.records.get(collection, id);
  if (row === undefined || row === 'damaged' || row.state !== 'live') {
    return;
  }
  const { binding, scope, author } = desk;
  const strategy = strategyOf(binding.manifest.mergeStrategy);
  const context = { ...recordContext(core, binding, row), processEpoch: core.processEpoch };
  const draft = strategy.draft({ kind: 'remove' }, context);
  if (!draft.ok) {
    throw new CannotKeep({ kind: 'refused', refusal: draft.error, message: draft.error.message });
  }
  orNothing(write(core, binding, scope, author, strategy, { id }, draft.value));
}

/** Ends the transaction where something of it is refused. */
function orNothing(result: Result<unknown, WriteRefusal>): void {
  if (!result.ok) {
    throw new CannotKeep(result.error);
  }
}
