import type { DeviceId, EngineId, RecordId, ScopeId } from '../base/ids.ts';
import type { Manifest } from '../contract/manifest.ts';
import { type BrakeSetting, allowedRecords } from '../policy/brake.ts';
import { type Cycle, cycleAt, touchedWithin } from '../policy/cycle.ts';
import type { Store } from '../store/port.ts';

/** What each author did lately to each collection, in memory: a restart begins new cycles. */
export interface Cycles {
  /** The cycle under way, or one that begins now. */
  of(source: CycleSource): OpenCycle;
  settingOf(manifest: Pick<Manifest, 'engineId' | 'policyClass'>): BrakeSetting;
  /** The relay handed out everything that it has of a scope: what comes now is new, and no past. */
  caughtUp(scopeId: ScopeId): void;
  /** A relay was lost sight of: what comes next is the past again, until it has been taken in. */
  fellBehind(): void;
}

export interface CycleSource {
  readonly manifest: Pick<Manifest, 'engineId' | 'policyClass' | 'collection'>;
  readonly scopeId: ScopeId;
  readonly deviceId: DeviceId;
}

export interface OpenCycle {
  readonly liveBefore: number;
  /** So few were live before a past was taken in that all of them may go. */
  readonly isFree: boolean;
  /** The most live records that may be deleted or replaced in it. */
  readonly allowed: number;
  /** Records deleted or replaced within about a minute. */
  readonly touched: number;
  /** False for a record that was touched before in this cycle, or that the past under way brought: it counts once. */
  isFresh(id: RecordId): boolean;
  /** The record was touched, or is new. */
  note(id: RecordId, touchedLive: boolean): void;
  /** So many records would have been touched, and are held: who goes on is held too. */
  noteHeld(records: number): void;
}

interface Kept {
  readonly isPast: boolean;
  cycle: Cycle;
  readonly met: Set<RecordId>;
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
    const isPast = !live.has(scopeId);
    const liveNow = (): number => store.records.counts(manifest.collection).live;
    const cycle =
      known === undefined || known.isPast === isPast
        ? cycleAt(known?.cycle, { nowMs: now, isCatchingUp: isPast, live: liveNow })
        : { startedMs: now, liveBefore: liveNow(), touched: 0, carried: touchedWithin(known.cycle, now) };
    if (known !== undefined && cycle === known.cycle) {
      return known;
    }
    const next = { isPast, cycle, met: new Set<RecordId>() };
    kept.set(key, next);
    return next;
  }

  return {
    settingOf,
    of(source) {
      const now = nowMs();
      const state = current(source, now);
      const { isPast } = state;
      // Records of a past are new here, however many they are; of what is live any record may be lost.
      const liveBefore = isPast
        ? state.cycle.liveBefore
        : Math.max(state.cycle.liveBefore, store.records.counts(source.manifest.collection).live);
      const allowed = allowedRecords(settingOf(source.manifest), liveBefore);
      // Where so few were live that all may go, nothing needs to be remembered of a past.
      const isFree = isPast && liveBefore <= allowed && state.cycle.carried === 0;
      return {
        liveBefore,
        isFree,
        allowed: isFree ? Number.POSITIVE_INFINITY : allowed,
        touched: touchedWithin(state.cycle, now),
        isFresh: (id) => !state.met.has(id),
        note(id, touchedLive) {
          if (isFree || state.met.has(id) || !(touchedLive || isPast)) {
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
    fellBehind() {
      live.clear();
    },
  };
}
