import type { CollectionName, DeviceId, EngineId, RecordId, ScopeId } from '../base/ids.ts';
import type { Manifest } from '../contract/manifest.ts';
import { type BrakeSetting, allowedRecords } from '../policy/brake.ts';
import { type Cycle, cycleAt, touchedWithin } from '../policy/cycle.ts';
import type { Store } from '../store/port.ts';

/** What each author did lately to each collection, in memory: a restart begins new cycles. */
export interface Cycles {
  /** The cycle under way, or one that begins now. */
  of(source: CycleSource): OpenCycle;
  settingOf(manifest: Pick<Manifest, 'engineId' | 'policyClass'>): BrakeSetting;
  /** The relay handed out everything that it has of a scope: what comes now is new. */
  caughtUp(scopeId: ScopeId): void;
}

export interface CycleSource {
  readonly manifest: Pick<Manifest, 'engineId' | 'policyClass' | 'collection'>;
  readonly scopeId: ScopeId;
  readonly deviceId: DeviceId;
}

export interface OpenCycle {
  readonly liveBefore: number;
  /** So few were live that all of them may go. */
  readonly isFree: boolean;
  /** The most live records that may be deleted or replaced in it. */
  readonly allowed: number;
  /** Records deleted or replaced within about a minute. */
  readonly touched: number;
  /** False for a record that this cycle brought, or has touched before: it counts once. */
  isFresh(id: RecordId): boolean;
  /** The record was touched, or is new. */
  note(id: RecordId, touchedLive: boolean): void;
  /** So many records would have been touched, and are held: who goes on is held too. */
  noteHeld(records: number): void;
}

interface Kept {
  cycle: Cycle;
  allowed: number;
  met: Set<RecordId>;
}

/** Beyond it a cycle forgets whom it met, and counts some of them twice. */
const mostMet = 100_000;

export function createCycles(
  store: Store,
  nowMs: () => number,
  configured: ((engineId: EngineId) => Pick<BrakeSetting, 'share' | 'minimum'>) | undefined,
): Cycles {
  const kept = new Map<string, Kept>();
  const live = new Set<ScopeId>();

  function settingOf({ engineId, policyClass }: Pick<Manifest, 'engineId' | 'policyClass'>): BrakeSetting {
    return { policyClass, ...configured?.(engineId) };
  }

  function current({ manifest, scopeId, deviceId }: CycleSource, now: number): Kept {
    const key = `${manifest.collection} ${deviceId}`;
    const known = kept.get(key);
    const cycle = cycleAt(known?.cycle, {
      nowMs: now,
      isCatchingUp: !live.has(scopeId),
      live: () => liveCount(store, manifest.collection),
    });
    if (known !== undefined && cycle === known.cycle) {
      return known;
    }
    const next = { cycle, allowed: allowedRecords(settingOf(manifest), cycle.liveBefore), met: new Set<RecordId>() };
    kept.set(key, next);
    return next;
  }

  return {
    settingOf,
    of(source) {
      const now = nowMs();
      const state = current(source, now);
      // Where so few are live that all may go, nothing needs to be remembered.
      const isFree = state.cycle.liveBefore <= state.allowed && state.cycle.carried === 0;
      return {
        liveBefore: state.cycle.liveBefore,
        isFree,
        allowed: isFree ? Number.POSITIVE_INFINITY : state.allowed,
        touched: touchedWithin(state.cycle, now),
        isFresh: (id) => !state.met.has(id),
        note(id, touchedLive) {
          if (isFree || state.met.has(id)) {
            return;
          }
          if (state.met.size >= mostMet) {
            state.met.clear();
          }
          state.met.add(id);
          if (touchedLive) {
            state.cycle = { ...state.cycle, touched: state.cycle.touched + 1 };
          }
        },
        noteHeld(records) {
          state.cycle = { ...state.cycle, touched: state.cycle.touched + records };
        },
      };
    },
    caughtUp(scopeId) {
      live.add(scopeId);
    },
  };
}

function liveCount(store: Store, collection: CollectionName): number {
  return store.records.counts(collection).live;
}
