import type { ChangeId, CollectionName, DeviceId, EngineId, RecordId, ScopeId } from '../../../src/base/ids.ts';
import { type Result, ok } from '../../../src/base/result.ts';
import type { Stamp } from '../../../src/clock/stamp.ts';
import type { LoggedChange } from '../../../src/contract/change.ts';
import type { Engine } from '../../../src/contract/engine.ts';
import type { Manifest, MergeStrategyName } from '../../../src/contract/manifest.ts';
import type { Disposition, RecordRow } from '../../../src/contract/record.ts';
import type { Choice, ReviewItem, ReviewMode } from '../../../src/contract/review.ts';
import type { Draft, Intent, Plan, Strategy, Viewer, WriterContext } from '../../../src/contract/strategy.ts';
import { type Refusal, reasonText } from '../../../src/contract/verdict.ts';
import { intendedFields } from '../../../src/merge/values/draft.ts';
import { runOfRow } from '../../../src/merge/crdt/crdt-draft.ts';
import { strategyOf } from '../../../src/merge/strategies.ts';

export function manifestOf(mergeStrategy: MergeStrategyName, changes: Partial<Manifest> = {}): Manifest {
  return {
    engineId: 'sourceos.sync.test' as EngineId,
    collection: 'test' as CollectionName,
    schemaVersion: '1.0.0',
    ownerRepo: 'owner/name',
    defaultEnabled: true,
    policyClass: 'medium',
    encryptionScope: 'profile',
    mergeStrategy,
    supportsTombstones: true,
    supportsRollback: true,
    supportsExport: true,
    dangerousFields: [],
    auditEvents: [],
    ...changes,
  };
}

export const plainEngine: Engine = {
  engineId: 'sourceos.sync.test' as EngineId,
  summarize: () => 'a record',
  dangerousPaths: () => [],
  files: undefined,
};

export interface Setting {
  readonly manifest: Manifest;
  readonly engine?: Engine;
  readonly strategy?: Strategy;
  readonly textPaths?: readonly string[];
  readonly reviewMode?: ReviewMode;
  readonly isOld?: Viewer['isOld'];
  /** How high the authority of a device stands; all equal unless told. */
  readonly generations?: Readonly<Record<string, number>>;
}

/** What a change looks like in the log; ids are readable, stamps count up unless given. */
export function changeOf(
  by: string,
  number: number,
  draft: Draft,
  tick: number,
  setting: Setting,
  authorId = `urn:srcos:user:${by}`,
): LoggedChange {
  return {
    ...draft,
    collection: setting.manifest.collection,
    objectId: 'r1' as RecordId,
    schemaVersion: '1.0.0',
    authorId,
    managedBy: 'user',
    stamp: `${tick.toString(16).padStart(12, '0')}-0000` as Stamp,
    changeId: `${by}${number}` as ChangeId,
    scopeId: 'scope' as ScopeId,
    deviceId: by as DeviceId,
    sequence: number,
    index: 1,
  };
}

/** One device with one record: the replica's part of the contract in forty lines. */
export function createDevice(name: string, setting: Setting) {
  const strategy = setting.strategy ?? strategyOf(setting.manifest.mergeStrategy);
  const known = new Map<ChangeId, LoggedChange>();
  const dispositions = new Map<ChangeId, Disposition>();
  const reviews = new Map<string, ReviewItem>();
  const waiting: LoggedChange[] = [];
  let row: RecordRow | undefined;
  let tick = 0;
  let written = 0;
  let lastRefusal: string | undefined;
  let lastRuling: Plan['ruling'];
  const runs = new Set<number>();

  function context(): WriterContext {
    const openReviews = [...reviews.values()].filter(({ status }) => status === 'open');
    return {
      manifest: setting.manifest,
      viewer: {
        self: name as DeviceId,
        engine: setting.engine ?? plainEngine,
        reviewMode: setting.reviewMode ?? 'once',
        isOld: setting.isOld,
      },
      row,
      textPaths: setting.textPaths ?? [],
      openReviews,
      processEpoch: { id: `${name} once`, runs },
    };
  }

  function take(change: LoggedChange): Plan {
    const admitted = [...known.values()].filter(({ changeId }) => dispositions.get(changeId) !== 'waiting');
    const history = strategy.needsHistory(change, row) ? admitted : [];
    const ranked = [...history, change].map((one) => [one.changeId, setting.generations?.[one.deviceId] ?? 0] as const);
    const plan = strategy.plan({ ...context(), change, history, generations: new Map(ranked) });
    lastRuling = plan.ruling;
    if (plan.verdict.verdict !== 'accept' && plan.verdict.verdict !== 'duplicate') {
      lastRefusal = reasonText(plan.verdict);
    }
    if (plan.verdict.verdict !== 'duplicate' || !known.has(change.changeId)) {
      dispositions.set(change.changeId, plan.disposition);
    }
    known.set(change.changeId, change);
    row = plan.row ?? row;
    for (const item of plan.open) {
      reviews.set(item.id, item);
    }
    for (const { id, status } of plan.close) {
      const item = reviews.get(id);
      if (item !== undefined) {
        reviews.set(id, { ...item, status });
      }
    }
    for (const { changeId, disposition } of plan.dispositions ?? []) {
      dispositions.set(changeId, disposition);
    }
    tick = Math.max(tick, Number.parseInt(change.stamp, 16));
    return plan;
  }

  function commit(draft: Result<Draft, Refusal>, authorId?: string): LoggedChange | undefined {
    if (!draft.ok) {
      lastRefusal = reasonText(draft.error);
      return undefined;
    }
    written++;
    tick++;
    const change = changeOf(name, written, draft.value, tick, setting, authorId);
    take(change);
    const run = runOfRow(row);
    if (run !== undefined) {
      runs.add(run);
    }
    return change;
  }

  return {
    name,
    row: () => row,
    open: () => context().openReviews,
    disposition: (change: LoggedChange) => dispositions.get(change.changeId),
    lastRefusal: () => lastRefusal,
    /** What the last change did against what held before it. */
    lastRuling: () => lastRuling,
    context,
    /** A new process on the same disk. */
    restart: () => runs.clear(),
    advance: (ticks: number) => {
      tick += ticks;
    },
    write: (intent: Intent, authorId?: string) =>
      commit(strategy.draft(intent, { ...context(), intended: intendedFields(intent, row) }), authorId),
    /** Every item that was ever open, as it is now. */
    items: () => [...reviews.values()],
    decide: (choice: Choice | 'accept' | 'reject', item = context().openReviews[0]) => {
      const asked = typeof choice === 'string' ? { kind: choice } : choice;
      const decided = item && strategy.decide(item, asked, { ...context(), history: [...known.values()] });
      return decided && commit(decided.ok ? ok(decided.value.draft) : decided);
    },
    /** Takes a change once its parents are known, as the replica promises. */
    receive(change: LoggedChange): void {
      waiting.push(change);
      for (let isMoving = true; isMoving; ) {
        const ready = waiting.findIndex(({ parents }) => parents.every((parent) => known.has(parent)));
        isMoving = ready >= 0;
        for (const next of isMoving ? waiting.splice(ready, 1) : []) {
          take(next);
        }
      }
    },
  };
}

export type Device = ReturnType<typeof createDevice>;

/** What must be equal on all devices that have the same changes. */
export function sharedState(device: Device): unknown {
  const row = device.row();
  return row && { state: row.state, fields: row.fields, heads: row.heads, version: row.version };
}
