import { assert } from '../../base/assert.ts';
import type { CollectionName, RecordId } from '../../base/ids.ts';
import type { ReviewItem } from '../../contract/review.ts';
import { allowedLosses } from '../../policy/brake.ts';
import type { LossKind } from '../../policy/loss.ts';
import { type LossKey, type Lost, lossKeyOf, lostRecord, lostWithin, withLosses } from '../../policy/window.ts';
import { brakeItem, brakeReviewId, closeUnasked, previewed, stillHeld, tellHeld } from './brake-item.ts';
import { type Core, type Known, type Guards, commit } from '../kernel/core.ts';
import type { Rules } from '../kernel/rules.ts';
import { countsOf } from '../names/held-losses.ts';
import type { GoneRecord } from '../lists/holds.ts';
import { type FolderHold, folderHoldOf, forgetFolderHold, keepFolderHold } from './kept-folder-hold.ts';
import { brakeSettingOf, liveFieldsAt } from './losses.ts';
import type { CollectionBinding } from '../names/binding.ts';
import { openReview } from '../kernel/review-queue.ts';
import { type Gone, goneLately } from '../lists/turn.ts';
import type { Store } from '../../store/ground/port.ts';

/**
 * What one pass over a linked folder found to be lost: records whose files are gone, were emptied, or hold something
 * else altogether (`lossOf` of the replica says so). Files that were renamed, or went back to an earlier version of their
 * record, are no losses and are left out.
 */
export interface FolderLosses {
  readonly collection: CollectionName;
  readonly root: string;
  readonly removed: readonly RecordId[];
  readonly emptied: readonly RecordId[];
  readonly replaced: readonly RecordId[];
  /** Files of the folder that were in step before the pass. */
  readonly inStep: number;
  /** The whole folder was looked at: what is held and not named here is lost no longer. */
  readonly isWhole: boolean;
}

/** Each record that was named is in one of these. */
export interface FolderWord {
  /** The records follow. */
  readonly go: readonly RecordId[];
  /** The files are written again. */
  readonly restore: readonly RecordId[];
  /** Nobody has decided: both stay as they are, and are named again by the next pass that looks at them. */
  readonly held: readonly RecordId[];
}

interface FolderLoss {
  readonly id: RecordId;
  readonly key: LossKey;
  readonly kind: LossKind;
}

const nothing: FolderWord = { go: [], restore: [], held: [] };

/** A word is for the records that a person was asked about, and used once for each. */
export function wordOnFolder(core: Core, losses: FolderLosses): FolderWord {
  const { root, isWhole } = losses;
  const named = lossesIn(losses);
  const hold = folderHoldOf(core.store, root);
  if (named.length === 0 && (hold === undefined || !isWhole)) {
    return nothing;
  }
  return commit(core, () => {
    const status = hold && core.store.reviews.get(hold.reviewId)?.status;
    if (hold !== undefined && (status === 'accepted' || status === 'rejected')) {
      const decided = named.filter(({ key }) => hold.held.has(key));
      used(core.store, root, hold, isWhole ? [...hold.held.keys()] : decided.map(({ key }) => key));
      const others = judged(core, losses, undefined, without(named, decided));
      return status === 'accepted' ? go(core.guards, losses, decided, others) : { ...others, restore: idsOf(decided) };
    }
    const open = hold !== undefined && status === 'open' ? stillMissing(core, losses, hold, named) : undefined;
    return judged(core, losses, open, named);
  });
}

/** A person was asked about this folder, and has not been obeyed yet. */
export function isFolderAsked(store: Pick<Store, 'settings'>, root: string): boolean {
  return folderHoldOf(store, root) !== undefined;
}

/** The question about losses of this folder that nobody has answered yet. */
export function openQuestionOf(store: Pick<Store, 'settings' | 'reviews'>, root: string): string | undefined {
  const reviewId = folderHoldOf(store, root)?.reviewId;
  return reviewId !== undefined && store.reviews.get(reviewId)?.status === 'open' ? reviewId : undefined;
}

/** The folder is linked no more: nothing is asked of it, and nothing counts. */
export function dropFolder(core: Core, root: string): void {
  const hold = folderHoldOf(core.store, root);
  commit(core, () => {
    if (hold !== undefined) {
      forgetFolderHold(core.store, root);
      closeUnasked(core, hold.reviewId, 'superseded');
    }
    core.guards.windows.remove({ root });
  });
}

/**
 * A person has decided about losses of a folder: none of them counts any longer. Answers those that went within the minute
 * before. Inside a transaction.
 */
export function endFolderWindow(
  core: Pick<Core, 'store' | 'guards'>,
  { id, collection }: ReviewItem,
): readonly GoneRecord[] {
  const root = core.store.links.list().find((link) => folderHoldOf(core.store, link.root)?.reviewId === id)?.root;
  core.guards.windows.end({ collection });
  if (root === undefined) {
    return [];
  }
  core.guards.windows.end({ root });
  return folderHoldOf(core.store, root)?.gone ?? [];
}

/** What a person allowed is not counted when its records follow. */
function go(
  { turn }: Guards,
  { collection }: FolderLosses,
  decided: readonly FolderLoss[],
  others: FolderWord,
): FolderWord {
  turn.granted.set(collection, new Set([...(turn.granted.get(collection) ?? []), ...idsOf(decided)]));
  return { ...others, go: [...idsOf(decided), ...others.go] };
}

/** Lets losses go and counts them, or holds them: together with what waits already, or because they are too many. */
function judged(
  core: Known & Pick<Core, 'notices' | 'guards'>,
  losses: FolderLosses,
  open: FolderHold | undefined,
  named: readonly FolderLoss[],
): FolderWord {
  if (named.length === 0) {
    return nothing;
  }
  const { collection, root, inStep } = losses;
  const { manifest } = bindingOf(core.rules, collection);
  const setting = brakeSettingOf(core.guards, manifest);
  const nowMs = core.device.nowMs();
  const window = core.guards.windows.of({ root });
  const ofFolder = lostWithin(window, nowMs);
  const ofAll = lostWithin(core.guards.windows.of({ collection }), nowMs);
  const folder = look(ofFolder, inStep, named);
  const whole = look(ofAll, core.store.records.counts(collection).live, named);
  const allowed = allowedLosses(setting, folder.live);
  if (open === undefined && folder.count <= allowed && whole.count <= allowedLosses(setting, whole.live)) {
    const lost = named.map(({ id }) => lostRecord(id, liveFieldsAt(core.store, collection, id)));
    core.guards.windows.put({ root }, withLosses(window, nowMs, lost, folder.live));
    core.guards.turn.going.push(...idsOf(named).flatMap((id) => goneFrom(core, losses, id)));
    return { ...nothing, go: idsOf(named) };
  }
  const isOfFolder = folder.count > allowed;
  const words = isOfFolder
    ? { live: folder.live, others: ofFolder.count, isRecent: ofFolder.isRecent, allowed }
    : { live: whole.live, others: ofAll.count, isRecent: ofAll.isRecent, allowed: allowedLosses(setting, whole.live) };
  hold(core, losses, open, named, { ...words, gone: goneLately(core.guards.turn, root, nowMs) });
  return { ...nothing, held: idsOf(named) };
}

function look(
  lost: Lost,
  live: number,
  named: readonly FolderLoss[],
): { readonly count: number; readonly live: number } {
  const fresh = named.filter(({ key }) => !lost.records.has(key)).length;
  return { count: lost.count + fresh, live: Math.max(lost.live, live) };
}

function hold(
  core: Pick<Core, 'store' | 'device' | 'rules' | 'notices'>,
  { collection, root }: FolderLosses,
  open: FolderHold | undefined,
  named: readonly FolderLoss[],
  words: Omit<FolderHold, 'reviewId' | 'held'>,
): void {
  const fresh = named.filter(({ key }) => open?.held.has(key) !== true);
  if (open !== undefined && fresh.length === 0) {
    return;
  }
  const held = new Map([...(open?.held ?? []), ...fresh.map(({ key, kind }) => [key, kind] as const)]);
  const reviewId = open?.reviewId ?? brakeReviewId(['folder', collection, root, ...fresh.map(({ key }) => key).sort()]);
  ask(core, collection, root, { ...words, ...open, reviewId, held }, fresh);
}

function ask(
  core: Pick<Core, 'store' | 'device' | 'rules' | 'notices'>,
  collection: CollectionName,
  root: string,
  asked: FolderHold,
  /** What to name of it, beside what the question names already. */
  fresh: readonly FolderLoss[],
): void {
  const known = core.store.reviews.get(asked.reviewId);
  const before = known?.status === 'open' ? known : undefined;
  keepFolderHold(core.store, root, asked);
  const words = { ...asked, counts: countsOf(asked.held.values()), from: `, as the files of ${root} say,` };
  const item = brakeItem(bindingOf(core.rules, collection), words, {
    id: asked.reviewId,
    authorId: core.device.userId,
    deviceId: core.device.id,
    stamp: core.notices.journal.nextStamp(),
    records: fresh
      .filter(({ key }) => asked.held.has(key))
      .slice(0, previewed)
      .map(({ id, kind }) => ({ id, kind, change: null, fields: liveFieldsAt(core.store, collection, id) })),
    before: before && stillHeld(before, asked.held),
  });
  openReview(core, item);
  if (before === undefined) {
    tellHeld(core.notices, item);
  }
}

/** What of it still waits: where the whole folder was looked at, files that are back are asked about no longer. */
function stillMissing(
  core: Pick<Core, 'store' | 'device' | 'rules' | 'notices'>,
  { collection, root, isWhole }: FolderLosses,
  open: FolderHold,
  named: readonly FolderLoss[],
): FolderHold | undefined {
  const keys = new Set(named.map(({ key }) => key));
  const held = isWhole ? new Map([...open.held].filter(([key]) => keys.has(key))) : open.held;
  if (held.size === open.held.size) {
    return open;
  }
  if (held.size === 0) {
    forgetFolderHold(core.store, root);
    closeUnasked(core, open.reviewId, 'superseded');
    return undefined;
  }
  const left = { ...open, held };
  ask(core, collection, root, left, named);
  return left;
}

/** A word was obeyed for these. */
function used(
  store: Pick<Store, 'settings'>,
  root: string,
  { held, ...hold }: FolderHold,
  keys: readonly LossKey[],
): void {
  const left = new Map(held);
  keys.forEach((key) => left.delete(key));
  if (left.size === 0) {
    forgetFolderHold(store, root);
  } else {
    keepFolderHold(store, root, { ...hold, held: left });
  }
}

function lossesIn({ removed, emptied, replaced }: FolderLosses): readonly FolderLoss[] {
  const of = (kind: LossKind, ids: readonly RecordId[]): readonly FolderLoss[] =>
    ids.map((id) => ({ id, kind, key: lossKeyOf(id) }));
  return [...of('removed', removed), ...of('emptied', emptied), ...of('replaced', replaced)];
}

/** What a record was that follows its file now. */
function goneFrom(
  core: Pick<Core, 'store' | 'device'>,
  { collection, root }: FolderLosses,
  id: RecordId,
): readonly [string, Gone][] {
  const row = core.store.records.get(collection, id);
  return row === undefined || row === 'damaged' ? [] : [[root, { id, heads: row.heads, atMs: core.device.nowMs() }]];
}

function idsOf(losses: readonly FolderLoss[]): readonly RecordId[] {
  return losses.map(({ id }) => id);
}

function without(all: readonly FolderLoss[], some: readonly FolderLoss[]): readonly FolderLoss[] {
  const left = new Set(some);
  return all.filter((loss) => !left.has(loss));
}

function bindingOf(rules: Rules, collection: CollectionName): CollectionBinding {
  const binding = rules.bindings.ofCollection(collection);
  assert(binding !== undefined, 'a folder is linked to a collection that is served');
  return binding;
}
