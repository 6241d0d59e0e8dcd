import { canonicalText } from '../../base/canonical-json.ts';
import type { ScopeId } from '../../base/ids.ts';
import type { JsonValue } from '../../base/json.ts';
import type { LoggedChange } from '../../contract/change.ts';
import type { RecordRow } from '../../contract/record.ts';
import { decisionOf, forkOf } from '../../merge/values/decision.ts';
import { sameValue } from '../../merge/values/json-patch.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import { currentHorizon } from '../kernel/applied.ts';
import { type Core, type Known, commit } from '../kernel/core.ts';
import { type Horizon, heldUpBy } from '../names/horizon.ts';
import type { CollectionBinding } from '../names/binding.ts';
import { replayedRow } from '../past/replayed-row.ts';
import type { Store } from '../../store/ground/port.ts';

export interface CollectReport {
  /** Deleted records that were looked at. */
  readonly looked: number;
  /** Of these, how many were collected. */
  readonly collected: number;
  /** True when all deleted records of the scope have been looked at under this horizon. */
  readonly isDone: boolean;
}

/**
 * Collects deleted records of a scope that every device which is waited for has seen deleted: at most `limit` of them are
 * looked at, in one transaction. Costs nothing where neither horizon nor tombstones changed since the last whole pass.
 * Call it only while a relay says that everything is here, or for a scope that does not travel.
 */
export function collectTombstones(core: Core, scope: ScopeState, limit: number): CollectReport {
  const { passes } = core.chains;
  const { scopeId } = scope;
  const bindings = core.rules.bindings.all().filter((binding) => isCollected(core, binding, scopeId));
  if (tombstonesOf(core.store, bindings) === 0) {
    return { looked: 0, collected: 0, isDone: true };
  }
  const horizon = currentHorizon(core, scope);
  if (passes.ended.get(scopeId) === markOf(core.store, bindings, horizon)) {
    return { looked: 0, collected: 0, isDone: true };
  }
  const at = passes.at.get(scopeId);
  const position = Math.max(
    0,
    bindings.findIndex(({ manifest }) => manifest.collection === at?.collection),
  );
  const binding = bindings[position] as CollectionBinding;
  const { collection } = binding.manifest;
  const cursor = at?.collection === collection ? at.cursor : null;
  const page = core.store.records.list(collection, { cursor, limit }, 'tombstoned');
  const collected = collect(core, binding, scope, horizon, page.items);
  const next = page.nextCursor === null ? bindings[position + 1] : binding;
  if (next === undefined) {
    passes.at.delete(scopeId);
    passes.ended.set(scopeId, markOf(core.store, bindings, horizon));
  } else {
    passes.at.set(scopeId, { collection: next.manifest.collection, cursor: page.nextCursor });
  }
  return { looked: page.items.length, collected, isDone: next === undefined };
}

/** The collections whose deleted records a scope's devices have to have applied. */
export function isCollected(core: Pick<Core, 'logs' | 'rules'>, binding: CollectionBinding, scopeId: ScopeId): boolean {
  const { engineId, collection } = binding.manifest;
  return (
    core.rules.isEnabled(engineId) &&
    // An edit of it may stand in a part of the log that was not judged yet.
    !core.logs.chosen.isLearning(collection) &&
    core.logs.scopes.serving(binding)?.scopeId === scopeId
  );
}

function tombstonesOf(store: Pick<Store, 'records'>, bindings: readonly CollectionBinding[]): number {
  return bindings.reduce((sum, { manifest }) => sum + store.records.counts(manifest.collection).tombstoned, 0);
}

function markOf(store: Pick<Store, 'records'>, bindings: readonly CollectionBinding[], { appliedBy }: Horizon): string {
  const cuts = [...appliedBy].map(([deviceId, applied]) => [deviceId, applied === null ? null : cutOf(applied)]);
  return canonicalText([tombstonesOf(store, bindings), cuts] as JsonValue);
}

function cutOf(applied: ReadonlyMap<string, number>): JsonValue {
  return [...applied].filter(([, sequence]) => Number.isFinite(sequence)).map(([id, sequence]) => [id, sequence]);
}

function collect(
  core: Core,
  binding: CollectionBinding,
  { scopeId }: ScopeState,
  horizon: Horizon,
  rows: readonly RecordRow[],
): number {
  const { collection } = binding.manifest;
  const below = rows.filter((row) => isBelow(core.store, horizon, row));
  if (below.length === 0) {
    return 0;
  }
  return commit(core, () => {
    const ripe = below.filter((row) => comesBackAlike(core, binding, scopeId, row));
    const collected = ripe.filter(({ id }) => core.store.records.collect(collection, id)).length;
    if (collected > 0) {
      core.notices.journal.audit({
        eventType: 'sync.tombstones.collected',
        actorId: core.device.id,
        subjectId: scopeId,
        policyDomain: collection,
        outcome: 'informational',
        reasonCode: 'none',
        details: { records: collected },
      });
    }
    return collected;
  });
}

function isBelow(store: Pick<Store, 'history'>, horizon: Horizon, row: RecordRow): boolean {
  const head = store.history.get(row.version);
  // Most that are not below it show so by the change that made them what they are.
  return (
    head !== undefined &&
    row.openReviews + row.openConflicts === 0 &&
    heldUpBy(horizon, [head]).length === 0 &&
    heldUpBy(horizon, store.history.list(row.collection, row.id)).length === 0
  );
}

/**
 * True where the log gives back what is about to be taken away. What others may still refer to by the id of a change
 * stays: the uses of a lease, which may be revoked, and what was kept beside another record.
 */
function comesBackAlike(core: Known, binding: CollectionBinding, scopeId: ScopeId, row: RecordRow): boolean {
  const history = core.store.history.list(row.collection, row.id);
  const changes = history.map((place) => core.logs.reader.change(place));
  const isPlain = (change: LoggedChange | undefined): boolean =>
    change !== undefined &&
    change.lease === undefined &&
    forkOf(change) === undefined &&
    decisionOf(change)?.decision !== 'keep_both';
  const isQuiet = history.every((place) => place.scopeId === scopeId && place.disposition !== 'waiting');
  if (!isQuiet || !changes.every(isPlain)) {
    return false;
  }
  const again = replayedRow(core, binding, row.id);
  return again !== undefined && isAlike(again, row);
}

/** The bytes of a shared document depend on the order in which its changes came. */
function isAlike(left: RecordRow, right: RecordRow): boolean {
  const said = ({ document, strategyState, heads, ...row }: RecordRow): JsonValue => ({
    ...row,
    heads: [...heads].sort(),
    strategyState: document === null ? strategyState : null,
  });
  return sameValue(said(left), said(right));
}
