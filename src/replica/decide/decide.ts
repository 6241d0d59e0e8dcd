import { assert } from '../../base/assert.ts';
import { canonicalBytes } from '../../base/canonical-json.ts';
import { groupBy } from '../../base/group-by.ts';
import type { RecordId, ScopeId } from '../../base/ids.ts';
import type { JsonObject } from '../../base/json.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { wallMs } from '../../clock/stamp.ts';
import type { Choice, ReviewItem } from '../../contract/review.ts';
import type { Beside, DecideContext, Decided, Strategy } from '../../contract/strategy.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import { wholeFieldsOf } from '../../merge/values/decision.ts';
import { strategyOf } from '../../merge/strategies.ts';
import { admittedChanges, recordContext } from '../apply/apply.ts';
import type { Author } from '../edit/author.ts';
import { authored } from '../edit/authored.ts';
import { type Core, type Known, commit } from '../kernel/core.ts';
import { decideBrake } from './decide-brake.ts';
import { decideCycle } from './decide-cycle.ts';
import { isHeldItem } from '../../contract/held-item.ts';
import { type Fail, attempt } from '../kernel/attempt.ts';
import { decideHeld } from './decide-held.ts';
import { decideLate } from './decide-late.ts';
import { isLateItem } from '../waits/late-list.ts';
import { pastUnreadable } from '../names/past-unreadable.ts';
import type { WriteRefusal } from '../names/write.ts';
import type { CollectionBinding } from '../names/binding.ts';
import { noteDecided } from '../kernel/decided-list.ts';
import { createRestorePoint, noteRestorePoint } from '../kernel/restore-points.ts';
import { auditSecretRefused } from '../kernel/secrets.ts';
import { isCycleItem } from '../apply/tree.ts';
import { editable, maximumValueBytes, writableRow, write } from '../edit/write-change.ts';
import type { Store } from '../../store/ground/port.ts';

type Decision = Result<ReviewItem, WriteRefusal>;

/** Decides review items; each decision is a signed change of its own, so that it travels. */
export function decide(core: Core, reviewIds: readonly string[], choice: Choice): readonly Decision[] {
  const results = new Map<string, Decision>();
  const decidable = decidableItems(core.store, reviewIds, choice, results);
  for (const item of decidable.filter(({ kind }) => kind === 'brake')) {
    results.set(item.id, decideBrake(core, item, choice.kind));
  }
  for (const item of decidable.filter(isLateItem)) {
    results.set(
      item.id,
      decideLate(core, item, choice, (desk, id, same) =>
        decideOne({ core, strategy: strategyOf(desk.binding.manifest.mergeStrategy), ...desk }, id, same),
      ),
    );
  }
  for (const item of decidable.filter(isHeldItem)) {
    results.set(
      item.id,
      decideHeld(core, item, choice, (ids) => void decide(core, ids, choice)),
    );
  }
  const ofRecords = decidable.filter((item) => item.kind !== 'brake' && !isLateItem(item) && !isHeldItem(item));
  for (const [collection, items] of groupBy(ofRecords, (item) => item.collection)) {
    const target = editable(core, collection);
    if (!target.ok) {
      items.forEach((item) => results.set(item.id, target));
      continue;
    }
    const { binding, scope } = target.value;
    const strategy = strategyOf(binding.manifest.mergeStrategy);
    // A decision that writes to two records is a transaction of its own, so that it can be taken back alone.
    const groups = mayWriteBeside(choice) ? items.map((item) => [item]) : [items];
    if (groups.length > 1) {
      createRestorePoint(core, { name: '', cause: 'reviews', collection });
    }
    for (const group of groups) {
      decideTogether({ core, binding, scope, strategy }, group, choice, results);
    }
  }
  return reviewIds.map((id) => results.get(id) as Decision);
}

interface Place {
  readonly core: Core;
  readonly binding: CollectionBinding;
  readonly scope: ScopeState;
  readonly strategy: Strategy;
}

interface Desk extends Place {
  readonly author: Author;
  readonly fail: Fail<WriteRefusal>;
}

function decideTogether(
  place: Place,
  items: readonly ReviewItem[],
  choice: Choice,
  results: Map<string, Decision>,
): void {
  const { core, binding, scope } = place;
  const decided = attempt<void, WriteRefusal>((fail) => {
    authored(core, scope, (author) => {
      if (items.length > 1) {
        noteRestorePoint(core, { name: '', cause: 'reviews', collection: binding.manifest.collection });
      }
      for (const { id } of items) {
        results.set(id, decideOne({ ...place, author, fail }, id, choice));
      }
      noteDecided(
        core.store,
        items.flatMap(({ id }) => {
          const decision = results.get(id);
          return decision?.ok === true ? [decision.value] : [];
        }),
      );
    });
  });
  if (!decided.ok) {
    const refusal = decided.error;
    items.forEach(({ id }) => results.set(id, err(refusal)));
    if (refusal.kind === 'refused' && refusal.refusal.reasonCode === 'secret_redacted') {
      // What was noted of it went with the transaction.
      commit(core, () => auditSecretRefused(core, binding));
    }
  }
}

function decideOne(desk: Desk, reviewId: string, choice: Choice): Decision {
  const { core, binding, scope, strategy, author } = desk;
  const item = core.store.reviews.get(reviewId) as ReviewItem;
  if (choice.kind !== 'undo' && item.status !== 'open') {
    // An earlier decision of the same call answered it too.
    return ok(item);
  }
  if (isCycleItem(item)) {
    return decideCycle(core, binding, author, item, choice.kind);
  }
  const context = decideContext(core, binding, item.recordId, needsPast(choice));
  if (!context.ok) {
    return context;
  }
  const decided = strategy.decide(item, choice, context.value);
  if (!decided.ok) {
    return err({ kind: 'refused', refusal: decided.error, message: decided.error.message });
  }
  const besides = prepared(desk, decided.value);
  if (!besides.ok) {
    return besides;
  }
  const { draft } = decided.value;
  const target = { id: item.recordId, row: context.value.row };
  const written = write(core, binding, scope, author, strategy, target, draft);
  if (!written.ok) {
    return written;
  }
  // An own change follows every head, so that it is the only one now.
  const [changeId] = written.value.heads;
  assert(changeId !== undefined, 'a record that was written to has a head');
  for (const { beside, other } of besides.value) {
    const next = beside.draft(changeId, other);
    const target = { id: beside.id, row: core.store.records.get(binding.manifest.collection, beside.id) };
    const kept = next && write(core, binding, scope, author, strategy, target, next);
    if (kept?.ok === false) {
      const message = `Nothing was decided, because ${beside.id}, which goes with the decision, could not be written: ${kept.error.message}`;
      desk.fail({ ...kept.error, message });
    }
  }
  return ok(core.store.reviews.get(reviewId) as ReviewItem);
}

interface Prepared {
  readonly beside: Beside;
  readonly other: DecideContext;
}

/** What refuses a decision's content by its size and schema is asked before the first of its changes is written. */
function prepared(
  { core, binding }: Desk,
  { draft, beside: besides }: Decided,
): Result<readonly Prepared[], WriteRefusal> {
  const others: Prepared[] = [];
  for (const fields of [wholeFieldsOf(draft), ...besides.map((beside) => beside.fields)]) {
    const refused = fields && refusedContent(binding, fields);
    if (refused !== undefined) {
      return err(refused);
    }
  }
  for (const beside of besides) {
    const other = decideContext(core, binding, beside.id, true);
    if (!other.ok) {
      return other;
    }
    others.push({ beside, other: other.value });
  }
  return ok(others);
}

function refusedContent(binding: CollectionBinding, fields: JsonObject): WriteRefusal | undefined {
  if (canonicalBytes(fields).length > largestContentBytes) {
    return {
      kind: 'invalid',
      message: `The record has more than ${largestContentBytes} bytes, which fit no decision.`,
    };
  }
  const valid = binding.validate(fields);
  const wrong = valid.ok ? binding.engine.lacking?.(fields, null) : valid.error;
  return wrong === undefined ? undefined : { kind: 'invalid', message: wrong };
}

/** Leaves room for what a decision says beside the fields. */
const largestContentBytes = maximumValueBytes - 64 * 1024;

/** What a strategy decides from; what stands on the past gets all of it. */
export function decideContext(
  core: Known & Pick<Core, 'notices' | 'backlog'>,
  binding: CollectionBinding,
  id: RecordId,
  needsHistory: boolean,
): Result<DecideContext, WriteRefusal> {
  const { collection } = binding.manifest;
  const row = writableRow(core, binding, id);
  if (!row.ok) {
    return row;
  }
  const history = needsHistory ? admittedChanges(core, binding, { collection, objectId: id }) : [];
  return history === undefined
    ? err({ kind: 'damaged', message: pastUnreadable.message })
    : ok({ ...recordContext(core, binding, row.value), processEpoch: core.device.processEpoch, history });
}

function needsPast({ kind }: Choice): boolean {
  return kind !== 'accept' && kind !== 'reject';
}

function mayWriteBeside({ kind }: Choice): boolean {
  return kind === 'keep_both' || kind === 'undo';
}

function decidableItems(
  store: Pick<Store, 'reviews'>,
  reviewIds: readonly string[],
  choice: Choice,
  results: Map<string, Decision>,
): readonly ReviewItem[] {
  const items: ReviewItem[] = [];
  for (const id of new Set(reviewIds)) {
    const item = store.reviews.get(id);
    if (item === undefined) {
      results.set(id, err({ kind: 'invalid', message: `No review item is called ${id}. See: sourcesync reviews ls` }));
    } else if (item.status === 'superseded' && item.restsFor !== undefined) {
      results.set(id, err({ kind: 'decided', message: restsWith(item, item.restsFor) }));
    } else if (item.status !== 'open' && choice.kind !== 'undo') {
      results.set(id, err({ kind: 'decided', message: decidedAlready(item) }));
    } else {
      items.push(item);
    }
  }
  return items;
}

function restsWith({ id, collection }: ReviewItem, scopeId: ScopeId): string {
  return `${id} rests: its workspace does not serve ${collection} here now, and the question comes back with it. Choose it again with: sourcesync scopes use ${scopeId} --collection ${collection}`;
}

/** How, by whom and when, and what to do about it. */
export function decidedAlready(item: ReviewItem): string {
  const { id, status, closedBy } = item;
  const when = closedBy && new Date(wallMs(closedBy.stamp)).toISOString();
  const by = closedBy === undefined ? '' : ` by ${closedBy.authorId} on ${closedBy.deviceId} at ${when}`;
  const remedy = isHeldItem(item)
    ? `It was about one write, and what became of it says: sourcesync reviews show ${id}`
    : status === 'superseded'
      ? 'A newer item took its place. See: sourcesync reviews ls'
      : `To open it again: sourcesync reviews undo ${id}`;
  return `${id} was decided already: ${wordsOf[status]}${by}. ${remedy}`;
}

const wordsOf: Readonly<Record<ReviewItem['status'], string>> = {
  open: 'open',
  accepted: 'accepted',
  rejected: 'rejected',
  merged: 'merged',
  kept_both: 'both versions kept',
  superseded: 'superseded',
  resolved: 'resolved',
};
