import { assert } from '../base/assert.ts';
import { base32FromBytes, utf8 } from '../base/bytes.ts';
import { canonicalBytes } from '../base/canonical-json.ts';
import type { CollectionName, RecordId } from '../base/ids.ts';
import type { LoggedChange } from '../contract/change.ts';
import type { RecordRow } from '../contract/record.ts';
import type { ReviewAlternative, ReviewItem } from '../contract/review.ts';
import { hash } from '../crypto/hash.ts';
import { changeIdOf, decodeChange, loggedChange } from '../log/change.ts';
import type { BatchHeader } from '../log/header.ts';
import type { ScopeState } from '../membership/state.ts';
import type { HistoryRow } from '../store/port.ts';
import { isRemoval, putFields } from '../merge/plan.ts';
import { sameValue } from '../merge/json-patch.ts';
import { judgeMassChange } from '../policy/brake.ts';
import { openReview } from './review-queue.ts';
import { cycleOf, isBraked } from './braked.ts';
import type { Core } from './core.ts';
import type { OpenCycle } from './cycles.ts';
import { type Hold, withSequence } from './holds.ts';
import type { CollectionBinding } from './port.ts';

/** The record id of review items that are about a whole collection. */
export const everyRecord: RecordId = '*' as RecordId;
/** Records that a preview names. */
export const previewed = 20;

/**
 * Weighs the changes of one signed batch together, before the first of them is applied. Only a batch that could tip the
 * scales is looked into: nothing is opened for any other. Answers the changes that it read, each in the place of its
 * record, so that they are read once.
 */
export function weighBatch(
  core: Core,
  scope: ScopeState,
  { deviceId, sequence }: BatchHeader,
  records: readonly Uint8Array[],
): readonly (LoggedChange | undefined)[] {
  if (deviceId === core.self || records.length < 2) {
    return [];
  }
  const author = { deviceId, scopeId: scope.scopeId };
  const suspects = core.bindings.all().filter((binding) => couldTip(core, binding, author, records.length));
  if (suspects.length === 0) {
    return [];
  }
  const changes = records.map((bytes, position) => {
    const decoded = decodeChange(bytes);
    const place = { scopeId: scope.scopeId, deviceId, sequence, index: position + 1 };
    return decoded.ok ? loggedChange(decoded.value, { changeId: changeIdOf(deviceId, bytes), ...place }) : undefined;
  });
  for (const binding of suspects) {
    weigh(
      core,
      binding,
      changes.flatMap((change) => (change?.collection === binding.manifest.collection ? [change] : [])),
    );
  }
  return changes;
}

/** Weighs what waited of one author in one collection, before it is judged again all at once. */
export function weighWaiting(core: Core, binding: CollectionBinding, rows: readonly HistoryRow[]): void {
  const [first] = rows;
  if (first !== undefined && first.deviceId !== core.self && couldTip(core, binding, first, rows.length)) {
    weigh(
      core,
      binding,
      rows.flatMap((row) => core.reader.change(row) ?? []),
    );
  }
}

/** True for a change that must stay without effect until a person has decided about the mass change it is part of. */
export function isHeldByBrake(core: Core, binding: CollectionBinding, change: LoggedChange): boolean {
  if (change.deviceId === core.self || !isBraked(binding)) {
    return false;
  }
  const hold = core.holds.at(change.collection, change);
  if (hold?.status === 'accepted') {
    return false;
  }
  if (hold?.status === 'rejected' && waitsForParent(core, change)) {
    return true;
  }
  const cycle = cycleOf(core, binding, change);
  if (hold === undefined && cycle.touched < cycle.allowed) {
    return false;
  }
  const touch = touchOf(core, cycle, change);
  if (touch === undefined) {
    return false;
  }
  if (hold?.status === 'rejected') {
    askAgain(core, hold);
  }
  if (hold === undefined) {
    noteHold(core, binding, [{ change, ...touch }], cycle);
  }
  return true;
}

/** What could not be taken in when its mass change was rejected can be now: the same question is open again. */
function askAgain(core: Core, hold: Hold): void {
  const item = core.store.reviews.get(hold.reviewId);
  assert(item !== undefined, 'a mass change that was decided about has its review item');
  const asked: ReviewItem = { ...item, status: 'open' };
  core.holds.put({ ...hold, status: 'open' });
  openReview(core, asked);
  tellHeld(core, asked);
}

function waitsForParent(core: Core, { parents }: LoggedChange): boolean {
  return parents.some((parent) => {
    const disposition = core.store.history.get(parent)?.disposition;
    return disposition === undefined || disposition === 'waiting';
  });
}

type Author = Parameters<typeof cycleOf>[2];

interface Touch {
  readonly change: LoggedChange;
  readonly row: RecordRow;
  /** Something of this record is held or waits already: it is counted. */
  readonly isKnown: boolean;
}

function weigh(core: Core, binding: CollectionBinding, changes: readonly LoggedChange[]): void {
  const [first] = changes;
  if (first === undefined) {
    return;
  }
  const cycle = cycleOf(core, binding, first);
  const touches = new Map<RecordId, Touch>();
  for (const change of changes) {
    const touch = touches.get(change.objectId) ?? touchOf(core, cycle, change);
    if (touch !== undefined) {
      touches.set(change.objectId, { ...touch, change });
    }
  }
  const { live } = core.store.records.counts(binding.manifest.collection);
  const removals = [...touches.values()].filter(({ change }) => isRemoval(change)).length;
  const judged = judgeMassChange({
    ...core.cycles.settingOf(binding.manifest),
    liveBefore: cycle.liveBefore,
    removals: cycle.isFree ? 0 : removals,
    replacements: cycle.isFree ? 0 : touches.size - removals + cycle.touched,
    // The last record of all may be deleted like any other; several at once are a set.
    publishesEmptySet: removals > 1 && removals === live,
  });
  if (judged.held && touches.size > 0) {
    noteHold(core, binding, [...touches.values()], cycle);
  }
}

function touchOf(core: Core, cycle: OpenCycle, change: LoggedChange): Omit<Touch, 'change'> | undefined {
  const row = core.store.records.get(change.collection, change.objectId);
  if (row === undefined || row === 'damaged' || row.state !== 'live' || !cycle.isFresh(change.objectId)) {
    return undefined;
  }
  const fields = putFields(change);
  const saysTheSame = fields !== undefined && sameValue(fields, row.fields);
  return saysTheSame ? undefined : { row, isKnown: core.waiting.has(change) };
}

/** Opens the review of a held cycle, or adds to the one that is open. */
function noteHold(core: Core, binding: CollectionBinding, touches: readonly Touch[], cycle: OpenCycle): void {
  const { change: first } = touches[0] as Touch;
  const { collection, scopeId, deviceId } = first;
  const isOfAuthor = (hold: Hold): boolean =>
    hold.status === 'open' && hold.collection === collection && hold.deviceId === deviceId && hold.scopeId === scopeId;
  const open = core.holds.all().find(isOfAuthor);
  const counted = touches.filter(({ isKnown }) => open === undefined || !isKnown);
  const removals = counted.filter(({ change }) => isRemoval(change)).length;
  const hold: Hold = {
    reviewId: open?.reviewId ?? brakeReviewId([collection, scopeId, deviceId, first.changeId]),
    ...{ collection, scopeId, deviceId },
    spans: touches.reduce((spans, { change }) => withSequence(spans, change.sequence), open?.spans ?? []),
    removals: (open?.removals ?? 0) + removals,
    replacements: (open?.replacements ?? 0) + counted.length - removals,
    status: 'open',
  };
  core.holds.put(hold);
  cycle.noteHeld(counted.length);
  const before = core.store.reviews.get(hold.reviewId);
  const item = brakeItem(binding, hold, touches, cycle, open === undefined ? undefined : before);
  if (open === undefined) {
    openReview(core, item);
    tellHeld(core, item);
  } else {
    core.store.reviews.put(item);
  }
}

/** `rv_` and 16 base32 characters over what a held cycle is about. */
export function brakeReviewId(about: readonly string[]): string {
  return `rv_${base32FromBytes(hash('review-id', utf8('brake'), canonicalBytes([...about])).subarray(0, 10))}`;
}

export function tellHeld(core: Pick<Core, 'pendingEvents'>, item: ReviewItem): void {
  const { id, engineId, collection, deviceId, reasonCode } = item;
  core.pendingEvents.push({ type: 'brake.held', data: { id, engineId, collection, deviceId, reasonCode } });
}

function brakeItem(
  binding: CollectionBinding,
  hold: Hold,
  touches: readonly Touch[],
  { liveBefore, allowed }: OpenCycle,
  before: ReviewItem | undefined,
): ReviewItem {
  const { change: first } = touches[0] as Touch;
  const alternatives = [...(before?.alternatives ?? []), ...touches.map((touch) => preview(binding, touch))];
  const shown = alternatives.slice(0, previewed);
  return {
    id: hold.reviewId,
    kind: 'brake',
    engineId: binding.manifest.engineId,
    collection: hold.collection,
    recordId: everyRecord,
    reasonCode: 'manual_review_required',
    authorId: before?.authorId ?? first.authorId,
    deviceId: hold.deviceId,
    stamp: before?.stamp ?? first.stamp,
    changes: shown.flatMap(({ change }) => change ?? []),
    summary: `${countsInWords(hold)} of ${liveBefore} records at once, where ${allowedInWords(allowed)}: ${shown
      .slice(0, 3)
      .map(({ value }) => JSON.stringify((value as { record: string }).record))
      .join(', ')}${hold.removals + hold.replacements > 3 ? ' …' : ''}`,
    alternatives: shown,
    status: 'open',
  };
}

function preview({ manifest, engine }: CollectionBinding, { change, row }: Touch): ReviewAlternative {
  const summary = row.fields === null ? '' : engine.summarize(row.fields);
  return {
    change: change.changeId,
    path: '',
    value: { record: change.objectId, collection: manifest.collection, summary },
    deleted: isRemoval(change),
  };
}

export function countsInWords({ removals, replacements }: Pick<Hold, 'removals' | 'replacements'>): string {
  const deleted = removals === 0 ? [] : [`delete ${removals}`];
  const replaced = replacements === 0 ? [] : [`${removals === 0 ? 'change' : 'and change'} ${replacements}`];
  return [...deleted, ...replaced].join(' ');
}

function allowedInWords(allowed: number): string {
  return Number.isFinite(allowed) ? `${allowed} may be without asking` : 'none may be left of them';
}

/** False where no so many changes can be a mass change, which is told from counters alone. */
function couldTip(core: Core, binding: CollectionBinding, author: Author, changes: number): boolean {
  const { engineId, collection } = binding.manifest;
  const isServed =
    isBraked(binding) && core.isEnabled(engineId) && core.scopes.serving(binding.scope)?.scopeId === author.scopeId;
  if (!isServed) {
    return false;
  }
  const { live } = core.store.records.counts(collection);
  const cycle = cycleOf(core, binding, author);
  const couldEmpty = cycle.liveBefore > 1 && live > 1 && changes >= live;
  return couldEmpty || cycle.touched + changes > cycle.allowed;
}

/** True while a mass change of a collection waits for a person. */
export function isBraking(core: Core, collection: CollectionName): boolean {
  return core.store.reviews.openOf(collection, everyRecord).some(({ kind }) => kind === 'brake');
}
