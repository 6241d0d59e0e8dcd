import type { ChangeId } from '../../base/ids.ts';
import type { JsonObject } from '../../base/json.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { LoggedChange } from '../../contract/change.ts';
import type { RecordRow } from '../../contract/record.ts';
import type { ReviewItem } from '../../contract/review.ts';
import type { DraftContext, Intent, Plan, RecordContext, Strategy } from '../../contract/strategy.ts';
import { type Refusal, refuse } from '../../contract/verdict.ts';
import { isLinear } from '../../merge/values/causal.ts';
import { intendedFields } from '../../merge/values/draft.ts';
import { sameValue } from '../../merge/values/json-patch.ts';
import { decisionEvents } from '../../policy/decision-events.ts';
import { auditByEngine } from '../kernel/audit-by-engine.ts';
import { isWithheld, noteTouched } from '../guard/brake.ts';
import type { Core, Known } from '../kernel/core.ts';
import { countsInMerge } from '../kernel/counting.ts';
import { fieldsAfter, pastOf } from '../past/row-after.ts';
import { gatedFile } from '../guard/gated-file.ts';
import { foreignParentsOf, forkUnfounded, isFounded } from '../past/fork.ts';
import { isLateItem } from '../waits/late-list.ts';
import { generationsOf } from '../kernel/generations.ts';
import { keepRow } from '../kernel/keep.ts';
import { rowOfOtherMajor } from '../past/migrate.ts';
import { awaitsMove, moveFault } from '../past/move-founded.ts';
import { viewerOf } from '../past/viewer-of.ts';
import type { CollectionBinding } from '../names/binding.ts';
import { pastUnreadable } from '../names/past-unreadable.ts';
import { currentForm, readChanges } from '../past/read-changes.ts';
import { closeReview, openReview, withCounts } from '../kernel/review-queue.ts';
import { rowDamaged } from '../names/row-damaged.ts';
import { secretTyped, secretsTyped } from '../kernel/secrets.ts';
import { isCycleItem, watchTree } from './tree.ts';
import { versionOf } from '../names/version.ts';
import { keepAs, setAside, setAsideWithout } from './set-aside.ts';
import type { Store } from '../../store/ground/port.ts';

/** A record as the store has it. */
export type HeldRow = RecordRow | 'damaged' | undefined;

/** Plans one admitted change and obeys the plan, inside the caller's transaction. A refusal has left no effect. */
export function applyChange(
  core: Core,
  binding: CollectionBinding,
  strategy: Strategy,
  change: LoggedChange,
  /** Its record, as it was read in this transaction. */
  held: HeldRow,
  /** A person let it in, whatever secret it holds. */
  isReleased = false,
): Result<RecordRow | undefined, Refusal> {
  if (held === 'damaged') {
    return err(rowDamaged);
  }
  // Most changes follow what the row in hand stands on, which needs no question.
  const missing = change.parents.filter((parent) => !held?.heads.includes(parent) && !isKnown(core.store, parent));
  if (missing.length > 0) {
    setAsideWithout(core, change, missing);
    return ok(held);
  }
  if (foreignParentsOf(change).some((parent) => !isKnown(core.store, parent)) || awaitsMove(core, change)) {
    setAside(core, change);
    return ok(held);
  }
  const fault =
    (isReleased ? undefined : core.guards.forks.refusalOf(change, held)) ??
    (isFounded(core, binding, change) ? moveFault(core, binding, change) : forkUnfounded);
  if (fault !== undefined) {
    return err(fault);
  }
  const stale = held && rowOfOtherMajor(binding, held);
  const current = stale === undefined ? currentForm(core, binding, change) : err(stale);
  if (!current.ok) {
    return current;
  }
  const planned = planChange(core, binding, strategy, current.value, held, isReleased);
  if (!planned.ok) {
    return planned;
  }
  const running = isReleased ? undefined : gatedFile(core, binding, change, held?.fields ?? null, planned.value.row);
  if (running !== undefined) {
    return err(running);
  }
  if (!isReleased && isWithheld(core, binding, change, held, planned.value.row)) {
    setAside(core, change);
    return ok(held);
  }
  obey(core, binding, change, planned.value, held);
  return ok(planned.value.row ?? held);
}

/** A change counts as known once it no longer waits itself. */
export function isKnown(store: Pick<Store, 'history'>, parent: LoggedChange['parents'][number]): boolean {
  const row = store.history.get(parent);
  return row !== undefined && row.disposition !== 'waiting';
}

function planChange(
  core: Known,
  binding: CollectionBinding,
  strategy: Strategy,
  change: LoggedChange,
  row: RecordRow | undefined,
  isReleased: boolean,
): Result<Plan, Refusal> {
  const others = once(() => admittedChanges(core, binding, change));
  const history = strategy.needsHistory(change, row) ? others() : [];
  if (history === undefined) {
    return err(pastUnreadable);
  }
  const context = recordContext(core, binding, row);
  const generations = generationsOf(core.logs, strategy, history.length === 0 ? [] : [...history, change]);
  let plan: Plan;
  try {
    // Nothing in here reads the store: a disk that fails must end the transaction, not become a verdict.
    // Written out, because spreading an object of this many members costs 5 µs, for each change.
    const { manifest, viewer, textPaths, openReviews } = context;
    plan = strategy.plan({ manifest, viewer, row, textPaths, openReviews, change, history, generations });
  } catch {
    // A change that breaks its strategy is that change's trouble: the device's chain goes on.
    return err(refuse('quarantine', 'schema_unknown', 'record_malformed', 'The change could not be merged.'));
  }
  if (plan.verdict.verdict === 'quarantine' || plan.verdict.verdict === 'reject' || plan.verdict.verdict === 'hold') {
    return err(plan.verdict);
  }
  const fieldsFrom = (heads: readonly ChangeId[]): JsonObject | undefined => {
    const known = new Map([...(others() ?? []), change].map((one) => [one.changeId, one]));
    const past = pastOf(heads, (id) => known.get(id));
    return past && fieldsAfter(core.logs, binding, strategy, past);
  };
  const fields = authorFields(strategy, change, row, plan, fieldsFrom);
  const valid = fields && binding.validate(fields);
  const wrong = valid?.ok === true ? binding.engine.lacking?.(valid.value, change.authorId) : valid?.error;
  if (wrong !== undefined) {
    return err(refuse('quarantine', 'schema_unknown', 'record_invalid', wrong));
  }
  // What a rename brings was typed under the old id, and looked through there.
  const typed =
    strategy.name === 'crdt' && change.move === undefined && fields !== undefined && !isReleased
      ? secretsTyped(core.rules.secrets.find, fields, () => fieldsFrom(change.parents))
      : [];
  return typed.length > 0 ? err(secretTyped(typed)) : ok(plan);
}

/**
 * The fields that a change leads to where its author stands, to be held against the schema; undefined when there are
 * none to check. What others wrote at the same time takes no part: every device must judge alike.
 */
function authorFields(
  strategy: Strategy,
  change: LoggedChange,
  row: RecordRow | undefined,
  plan: Plan,
  fieldsFrom: (heads: readonly ChangeId[]) => JsonObject | undefined,
): JsonObject | undefined {
  const isArrival = change.move?.kind === 'arrival';
  const isEdit =
    change.operation === 'patch' || (change.operation === 'put' && (isArrival || strategy.name === 'crdt'));
  if (!isEdit || plan.verdict.verdict === 'duplicate') {
    return undefined;
  }
  const isQuiet = row === undefined || row.openReviews + row.openConflicts === 0;
  if (isQuiet && plan.disposition === 'applied' && isLinear(change, row)) {
    return plan.row?.fields ?? undefined;
  }
  return fieldsFrom([change.changeId]);
}

/** The work done when it is first asked for, and not again. */
function once<T>(work: () => T): () => T {
  let done: { readonly value: T } | undefined;
  return () => (done ??= { value: work() }).value;
}

/** Undefined when one of them cannot be read: a merge without it would be another merge. */
export function admittedChanges(
  core: Known,
  binding: CollectionBinding,
  change: Pick<LoggedChange, 'collection' | 'objectId'> & { readonly changeId?: ChangeId },
): readonly LoggedChange[] | undefined {
  const rows = core.store.history.list(change.collection, change.objectId);
  const admitted = rows.filter((row) => row.changeId !== change.changeId && countsInMerge(core, row));
  return readChanges(core, binding, rows, admitted);
}

/** What every question to a strategy about one record is asked with. */
export function recordContext(
  core: Pick<Core, 'store' | 'device' | 'logs'>,
  binding: CollectionBinding,
  row: RecordRow | undefined,
): RecordContext {
  return {
    manifest: binding.manifest,
    viewer: viewerOf(core.logs, binding, core.device.id),
    row,
    textPaths: binding.textPaths,
    openReviews: openReviewsOf(core.store, row),
  };
}

/** What a strategy drafts from, for a writer who saw the row. */
export function draftContext(
  core: Pick<Core, 'store' | 'device' | 'logs'>,
  binding: CollectionBinding,
  intent: Intent,
  row: RecordRow | undefined,
): DraftContext {
  const { processEpoch } = core.device;
  return { ...recordContext(core, binding, row), processEpoch, intended: intendedFields(intent, row) };
}

function openReviewsOf(store: Pick<Store, 'reviews'>, row: RecordRow | undefined): readonly ReviewItem[] {
  const some = row !== undefined && row.openReviews + row.openConflicts > 0;
  // What several records are about together, or a deletion before all of it, is none of a strategy's business.
  return some ? store.reviews.openOf(row.collection, row.id).filter(isOfStrategy) : [];
}

/** What a strategy asks about a record, and answers. */
export function isOfStrategy(item: ReviewItem): boolean {
  return !isCycleItem(item) && !isLateItem(item);
}

function obey(
  core: Core,
  binding: CollectionBinding,
  change: LoggedChange,
  plan: Plan,
  before: RecordRow | undefined,
): void {
  const { store } = core;
  const { pendingEvents } = core.notices;
  keepAs(store, change, plan.disposition);
  core.backlog.waiting.settled(change);
  if (change.lease !== undefined) {
    core.rules.leases.noteUse(String(change.lease.lease['leaseId']), change.changeId);
  }
  for (const { changeId, disposition } of plan.dispositions ?? []) {
    store.history.setDisposition(changeId, disposition);
  }
  for (const closed of plan.close) {
    closeReview(core, closed, change);
  }
  for (const item of plan.open) {
    openReview(core, item);
  }
  if (plan.ruling !== undefined) {
    core.notices.journal.audit({
      eventType: decisionEvents[plan.ruling.outcome],
      actorId: change.authorId,
      subjectId: change.deviceId,
      policyDomain: change.collection,
      outcome: plan.ruling.outcome,
      reasonCode: plan.ruling.reasonCode,
      details: { changeId: change.changeId },
    });
  }
  const row = plan.row ?? before;
  if (row === undefined) {
    return;
  }
  const isOfTree = binding.tree !== undefined && before !== undefined && before.openConflicts > 0;
  const hasQueue = isOfTree || core.backlog.late.has(row);
  const counted = hasQueue || plan.open.length + plan.close.length > 0 ? withCounts(core.store, row) : row;
  if (counted !== before) {
    keepRow(core, counted);
  }
  watchTree(core, binding, change, before, counted);
  const isChanged = row.state !== before?.state || !sameValue(row.fields, before.fields);
  if (isChanged) {
    noteTouched(core, change, before, row);
  }
  auditByEngine(
    core.notices,
    binding.engine.audited,
    change,
    plan,
    isChanged ? [before?.fields ?? null, row.fields] : undefined,
  );
  // A concurrent change may alter the fields below a version that stays the latest.
  if (isChanged || row.version !== before?.version) {
    pendingEvents.push({
      type: 'record.changed',
      data: { engineId: binding.manifest.engineId, collection: row.collection, id: row.id, version: versionOf(row) },
    });
  }
}
