import { type Result, err } from '../../base/result.ts';
import type { RecordRow } from '../../contract/record.ts';
import type { Choice, ReviewItem } from '../../contract/review.ts';
import { strategyOf } from '../../merge/strategies.ts';
import { type Fail, attempt } from '../kernel/attempt.ts';
import { draftContext } from '../apply/apply.ts';
import { authored } from '../edit/authored.ts';
import type { Core } from '../kernel/core.ts';
import { type Desk, keep } from './decide-brake.ts';
import { judgeWaiting } from '../apply/judge.ts';
import { recount } from '../apply/late-edits.ts';
import type { WriteRefusal } from '../names/write.ts';
import { rowDamaged } from '../names/row-damaged.ts';
import { settleItem } from '../kernel/settle-item.ts';
import { editable, write } from '../edit/write-change.ts';
import type { Store } from '../../store/ground/port.ts';

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
  return attempt((fail) =>
    authored(core, scope, (author) => {
      const desk: Desk = { binding, scope, author, fail };
      const before = rowOf(core.store, item, fail);
      takeIn(core, item, kind);
      for (const { id, changes } of core.store.reviews.openOf(item.collection, item.recordId)) {
        if (changes.some((change) => item.changes.includes(change))) {
          orNothing(decideOne(desk, id, { kind }), fail);
        }
      }
      if (kind === 'reject') {
        putBack(core, desk, before);
      }
      return core.store.reviews.get(item.id) as ReviewItem;
    }),
  );
}

function rowOf(store: Pick<Store, 'records'>, item: ReviewItem, fail: Fail<WriteRefusal>): RecordRow {
  const row = store.records.get(item.collection, item.recordId);
  return row === undefined || row === 'damaged' ? fail({ kind: 'damaged', message: rowDamaged.message }) : row;
}

/** The item is settled first, so that what it held passes. */
function takeIn(core: Core, item: ReviewItem, decision: 'accept' | 'reject'): void {
  core.backlog.late.settle(item);
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
  const { binding, scope, author, fail } = desk;
  const strategy = strategyOf(binding.manifest.mergeStrategy);
  const intent = { kind: 'remove' } as const;
  const draft = strategy.draft(intent, draftContext(core, binding, intent, row));
  if (!draft.ok) {
    return fail({ kind: 'refused', refusal: draft.error, message: draft.error.message });
  }
  orNothing(write(core, binding, scope, author, strategy, { id, row }, draft.value), fail);
}

/** Ends the transaction where something of it is refused. */
function orNothing(result: Result<unknown, WriteRefusal>, fail: Fail<WriteRefusal>): void {
  if (!result.ok) {
    fail(result.error);
  }
}
