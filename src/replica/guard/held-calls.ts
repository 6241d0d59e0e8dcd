import { canonicalBytes } from '../../base/canonical-json.ts';
import { base64urlFromBytes } from '../../base/bytes.ts';
import type { CollectionName } from '../../base/ids.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../../base/json.ts';
import { type OwnerSet, ownerUrn } from '../../contract/owner.ts';
import { sha256 } from '../../crypto/hash.ts';
import { lossKeyOf } from '../../policy/window.ts';
import { type HeldRecord, type HeldWords, brakeItem, brakeReviewId, closeUnasked, tellHeld } from './brake-item.ts';
import { type Core, commit } from '../kernel/core.ts';
import type { Rules } from '../kernel/rules.ts';
import { type HeldLosses, countsOf, heldFromJson, heldJson } from '../names/held-losses.ts';
import type { Write } from '../names/write.ts';
import type { CollectionBinding } from '../names/binding.ts';
import { isReadable } from '../names/readable.ts';
import { openReview } from '../kernel/review-queue.ts';
import type { Store } from '../../store/ground/port.ts';

/** A call of this device that would take too much away: it is made when a person accepts it. */
export type Call =
  | { readonly kind: 'edit'; readonly writes: readonly Write[] }
  | { readonly kind: 'push'; readonly set: OwnerSet };

export interface HeldCall {
  /** The same for the same call, and for every set of one owner. */
  readonly name: string;
  readonly call: Call;
  readonly held: HeldLosses;
}

/** Calls that wait together, in the order in which they came. */
export interface HeldCalls {
  readonly reviewId: string;
  readonly calls: readonly HeldCall[];
}

/** Whoever goes on calling while nobody decides is refused, and nothing more of it is kept. */
const mostCalls = 16;

export function heldCallsOf(store: Pick<Store, 'settings'>, collection: CollectionName): HeldCalls | undefined {
  const saved = store.settings.get(settingOf(collection));
  if (!isJsonObject(saved)) {
    return undefined;
  }
  // The device wrote it itself, sealed: its form is not asked for again.
  const { reviewId, calls } = saved as unknown as {
    readonly reviewId: string;
    readonly calls: readonly (Omit<HeldCall, 'held'> & { readonly held: JsonObject })[];
  };
  return { reviewId, calls: calls.map(({ held, ...call }) => ({ ...call, held: heldFromJson(held) })) };
}

/** Keeps a call until a person has decided, and asks. Answers the id of the question; undefined where it is not kept. */
export function holdCall(
  core: Core,
  binding: CollectionBinding,
  call: Call,
  records: readonly HeldRecord[],
  words: Omit<HeldWords, 'counts' | 'from'>,
): string | undefined {
  const { collection } = binding.manifest;
  if (!isKeepable(core.rules, call)) {
    return undefined;
  }
  const name = nameOf(call);
  const before = heldCallsOf(core.store, collection);
  const known = before?.calls.find((one) => one.name === name && one.call.kind === 'edit');
  if (before !== undefined && known !== undefined) {
    return before.reviewId;
  }
  const others = (before?.calls ?? []).filter((one) => one.name !== name);
  if (others.length >= mostCalls) {
    return undefined;
  }
  const held: HeldLosses = new Map(records.map(({ id, kind }) => [lossKeyOf(id), kind]));
  const calls = [...others, { name, call, held }];
  const reviewId = before?.reviewId ?? brakeReviewId(['call', collection, name]);
  commit(core, () => {
    keep(core.store, collection, { reviewId, calls });
    const open = before === undefined ? undefined : core.store.reviews.get(reviewId);
    const counts = countsOf(new Map(calls.flatMap((one) => [...one.held])).values());
    const said = { ...words, counts, from: ', by a call of this device,' };
    const item = brakeItem(binding, said, {
      id: reviewId,
      authorId: call.kind === 'push' ? ownerUrn(call.set.owner) : core.device.userId,
      deviceId: core.device.id,
      stamp: core.notices.journal.nextStamp(),
      records,
      before: open,
    });
    openReview(core, item);
    if (open === undefined) {
      tellHeld(core.notices, item);
    }
  });
  return reviewId;
}

/** A call that is made all the same, because a person confirmed it, waits no longer. Inside a transaction. */
export function dropCall(
  core: Pick<Core, 'store' | 'rules' | 'notices'>,
  collection: CollectionName,
  call: Call,
): void {
  const before = heldCallsOf(core.store, collection);
  if (before === undefined || !isKeepable(core.rules, call)) {
    return;
  }
  const name = nameOf(call);
  const calls = before.calls.filter((one) => one.name !== name);
  if (calls.length === before.calls.length) {
    return;
  }
  if (calls.length === 0) {
    forgetCalls(core.store, collection);
    closeUnasked(core, before.reviewId, 'superseded');
  } else {
    keep(core.store, collection, { ...before, calls });
  }
}

/** Inside a transaction. */
export function forgetCalls(store: Pick<Store, 'settings'>, collection: CollectionName): void {
  store.settings.remove(settingOf(collection));
}

function keep(store: Pick<Store, 'settings'>, collection: CollectionName, { reviewId, calls }: HeldCalls): void {
  const kept = calls.map(({ held, ...call }) => ({ ...call, held: heldJson(held) }));
  store.settings.set(settingOf(collection), { reviewId, calls: kept } as unknown as JsonValue);
}

/** A newer set of an owner takes the place of an older one: each is the whole of what it owns. */
function nameOf(call: Call): string {
  return call.kind === 'push'
    ? ownerUrn(call.set.owner)
    : base64urlFromBytes(sha256(canonicalBytes(call.writes as unknown as JsonValue)));
}

/** What an agent may do once is not kept for later, nor a secret anywhere but in the vault, nor an editor's bytes. */
function isKeepable({ secrets }: Rules, call: Call): boolean {
  if (call.kind === 'push') {
    return call.set.items.every(({ id, fields }) => secrets.find(id).length + secrets.find(fields).length === 0);
  }
  return call.writes.every(({ id, intent, lease }) => {
    const content = intent.kind === 'put' ? intent.fields : intent.kind === 'patch' ? intent.patch : null;
    const json = content as unknown as JsonValue;
    const isClean = isReadable(json) && secrets.find(json).length === 0;
    return lease === undefined && intent.kind !== 'binary' && isClean && secrets.find(id).length === 0;
  });
}

function settingOf(collection: CollectionName): string {
  return `brake.calls.${collection}`;
}
