import { type LossKey, lossKeyOf } from '../../policy/window.ts';
import {
  type HeldRecord,
  brakeItem,
  brakeReviewId,
  closeUnasked,
  previewed,
  stillHeld,
  tellHeld,
} from './brake-item.ts';
import type { Core } from '../kernel/core.ts';
import { type HeldKind, type HeldLosses, countsOf } from '../names/held-losses.ts';
import type { Hold } from '../lists/holds.ts';
import { type Examined, liveFieldsAt } from './losses.ts';
import type { CollectionBinding } from '../names/binding.ts';
import { openReview } from '../kernel/review-queue.ts';
import type { Withheld, Work } from '../lists/turn.ts';
import type { Store } from '../../store/ground/port.ts';

/** Brings what is held of a collection, and the question about it, to what the transaction under way made of them. */
export function settleHold(
  core: Pick<Core, 'store' | 'device' | 'notices' | 'guards'>,
  binding: CollectionBinding,
  work: Work,
  found: Examined,
  gone: Hold['gone'],
): void {
  const { collection } = binding.manifest;
  const before = core.guards.holds.of(collection);
  const withheld = [...work.withheld.values()];
  const left = before && withoutFreed(core.store, binding, before, work);
  const after = joined(binding, left, withheld, found, gone);
  if (after === undefined || after === before) {
    return;
  }
  if (after.held.size === 0) {
    core.guards.holds.put(collection, undefined);
    closeUnasked(core, after.reviewId, 'resolved');
  } else {
    core.guards.holds.put(collection, after);
    ask(core, binding, after, before, withheld);
  }
}

/** What was held of a record and was taken in with what rests on it is held no longer. */
function withoutFreed(
  store: Pick<Store, 'history'>,
  { manifest }: CollectionBinding,
  hold: Hold,
  { freed, withheld }: Work,
): Hold {
  const free = [...freed].filter((id) => !withheld.has(id) && !store.history.hasWaiting(manifest.collection, id));
  if (free.length === 0) {
    return hold;
  }
  const held = new Map(hold.held);
  free.forEach((id) => held.delete(lossKeyOf(id)));
  return { ...hold, held };
}

function joined(
  { manifest }: CollectionBinding,
  hold: Hold | undefined,
  withheld: readonly Withheld[],
  { lost, live, allowed }: Examined,
  gone: Hold['gone'],
): Hold | undefined {
  const fresh = withheld.filter(({ id }) => hold?.held.has(lossKeyOf(id)) !== true);
  const [first] = fresh;
  if (first === undefined) {
    return hold;
  }
  const held: HeldLosses = new Map([
    ...(hold?.held ?? []),
    ...fresh.map(({ id, kind }): readonly [LossKey, HeldKind] => [lossKeyOf(id), kind]),
  ]);
  const devices = [...new Set([...(hold?.devices ?? []), ...fresh.map(({ change }) => change.deviceId)])];
  return hold === undefined
    ? {
        reviewId: brakeReviewId([manifest.collection, first.change.changeId]),
        ...{ held, devices, live, allowed, others: lost.count, isRecent: lost.isRecent },
        gone,
      }
    : { ...hold, held, devices };
}

function ask(
  core: Pick<Core, 'store' | 'device' | 'notices'>,
  binding: CollectionBinding,
  hold: Hold,
  before: Hold | undefined,
  withheld: readonly Withheld[],
): void {
  const fresh = withheld.filter(({ id }) => before?.held.has(lossKeyOf(id)) !== true);
  const known = before && core.store.reviews.get(hold.reviewId);
  const from = hold.devices.length > 1 ? `, from ${hold.devices.length} devices,` : '';
  const words = { ...hold, counts: countsOf(hold.held.values()), from };
  const item = brakeItem(binding, words, {
    id: hold.reviewId,
    authorId: fresh[0]?.change.authorId ?? core.device.userId,
    deviceId: fresh[0]?.change.deviceId ?? core.device.id,
    stamp: fresh[0]?.change.stamp ?? core.notices.journal.nextStamp(),
    records: [
      ...fresh.map(({ id, kind, change, fields }) => ({ id, kind, fields, change: change.changeId })),
      ...(hold.held.size < (before?.held.size ?? 0) ? firstHeld(core.store, binding, hold) : []),
    ],
    before: known && stillHeld(known, hold.held),
  });
  if (known === undefined) {
    openReview(core, item);
    tellHeld(core.notices, item);
  } else {
    core.store.reviews.put(item);
  }
}

/** Names for a question of which those that it named are held no longer. */
function firstHeld(
  store: Pick<Store, 'records' | 'history'>,
  { manifest }: CollectionBinding,
  { held }: Hold,
): readonly HeldRecord[] {
  const { collection } = manifest;
  const { items } = store.history.listWaiting(collection, { cursor: null, limit: 10 * previewed });
  return items.flatMap(({ recordId: id, changeId: change }) => {
    const kind = held.get(lossKeyOf(id));
    return kind === undefined ? [] : [{ id, kind, change, fields: liveFieldsAt(store, collection, id) }];
  });
}
