import type { CollectionName, EngineId } from '../../base/ids.ts';
import type { EngineBody, EngineDetailBody } from '../../api/types/bodies.ts';
import type { JsonObject } from '../../base/json.ts';
import type { ReasonCode } from '../../contract/reasons.ts';
import type { SyncEvent } from '../../contract/events.ts';
import { describeState } from '../../lifecycle/describe.ts';
import type { Manifest } from '../../contract/manifest.ts';
import type { EngineFacts } from '../../lifecycle/facts.ts';
import { type EngineCondition, stateOf } from '../../lifecycle/state-of.ts';
import { stateTable } from '../../lifecycle/state-table.ts';
import { type SyncRun, runAfter } from '../../lifecycle/sync-run.ts';
import { transitionOf } from '../../lifecycle/transition.ts';
import type { Bindings, CollectionBinding } from '../../replica/names/binding.ts';
import type { Store } from '../../store/ground/port.ts';
import { createTransitionNotes } from './transition-notes.ts';

/** The state of each engine, computed from facts whenever something happened, and told only when it changed. */
export interface EngineStates {
  /** Looks at every engine again; `event` says what happened. */
  refresh(event: string): void;
  body(binding: CollectionBinding): EngineBody;
  detail(binding: CollectionBinding): EngineDetailBody;
}

export interface EngineStatesDeps {
  readonly bindings: Bindings;
  readonly store: Store;
  readonly factsOf: (binding: CollectionBinding) => EngineFacts;
  readonly outboxOf: (collection: CollectionName) => number;
  readonly nowMs: () => number;
  readonly tell: (event: SyncEvent) => void;
  /** An engine began to sync here, or is through for the first time since. */
  readonly audit: (manifest: Manifest, run: 'started' | 'completed') => void;
  /** Runs what writes; false where the disk did not take it. */
  readonly guard: (work: () => void) => boolean;
}

/** How the audit calls the two moments of a run. */
export const runEvents = { started: 'sync.engine.started', completed: 'sync.engine.completed' } as const;

interface Seen {
  readonly condition: EngineCondition;
  readonly sinceMs: number;
  readonly run: SyncRun;
  /** What is asked of the person of this device. */
  readonly waiting: { readonly review: number; readonly conflicts: number };
}

export function createEngineStates(deps: EngineStatesDeps): EngineStates {
  const { bindings, store, nowMs } = deps;
  const seen = new Map<EngineId, Seen>();
  const notes = createTransitionNotes(store, deps.guard);

  function look(binding: CollectionBinding, event: string): Seen {
    const { engineId } = binding.manifest;
    const before = seen.get(engineId);
    const facts = deps.factsOf(binding);
    const condition = stateOf(facts);
    const transition = transitionOf(before?.condition ?? null, condition);
    const now: Seen = {
      condition,
      sinceMs: transition === undefined && before !== undefined ? before.sinceMs : nowMs(),
      waiting: { review: facts.openReviews, conflicts: facts.openConflicts },
      run: follow(deps, binding.manifest, before?.run ?? 'off', facts),
    };
    seen.set(engineId, now);
    if (transition !== undefined && transition.from !== null) {
      const { from, to, reasonCodes } = transition;
      notes.add({ engineId, from, to, atMs: now.sinceMs, event, reasonCodes });
      deps.tell({ type: 'engine.state_changed', data: { engineId, from, to, reasonCodes } });
    }
    return now;
  }

  function body(binding: CollectionBinding): EngineBody {
    const { condition, sinceMs, waiting } = look(binding, 'asked');
    const { engineId, collection, mergeStrategy, policyClass } = binding.manifest;
    return {
      engineId,
      collection,
      enabled: !condition.conditions.some(({ state }) => state === 'engine_disabled'),
      state: condition.state,
      reasonCodes: condition.reasonCodes,
      conditions: condition.conditions,
      causes: condition.causes,
      since: new Date(sinceMs).toISOString(),
      mergeStrategy,
      encryptionScope: binding.scope,
      policyClass,
      counts: { ...store.records.counts(collection), ...waiting, outbox: deps.outboxOf(collection) },
    };
  }

  return {
    refresh(event) {
      for (const binding of bindings.all()) {
        look(binding, event);
      }
    },
    body,
    detail: (binding) => detailOf(binding.manifest, body(binding)),
  };
}

/** Where the disk does not take the note, the run stays where it was, and is noted at the next look. */
function follow({ guard, audit }: EngineStatesDeps, manifest: Manifest, before: SyncRun, facts: EngineFacts): SyncRun {
  const after = runAfter(before, facts);
  const isNews = after !== before && (after === 'started' || after === 'completed');
  const hasBegun = before === 'started' || after === 'started';
  const noted =
    !isNews ||
    guard(() => {
      if (!hasBegun) {
        audit(manifest, 'started');
      }
      audit(manifest, after);
    });
  return noted ? after : before;
}

function detailOf(manifest: Manifest, shown: EngineBody): EngineDetailBody {
  return {
    ...shown,
    manifest: manifest as unknown as JsonObject,
    machine: stateTable.map(({ position, state, holdsWhen }) => ({
      row: position,
      state,
      holdsWhen,
      current: state === shown.state,
    })),
    explanation: describeState(shown.state, shown.reasonCodes as readonly ReasonCode[]),
  };
}
