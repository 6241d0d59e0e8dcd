import type { CollectionName, RecordId, ScopeId } from '../../base/ids.ts';

/**
 * What arrives from losing sight of a relay until it says that everything is here is the past: a record that it brings
 * was never anybody's here, so that a past may also take it away. In memory: a restart begins another past.
 */
export interface Past {
  /** The relay handed out everything that it has of a scope: what comes now is new. */
  caughtUp(scopeId: ScopeId): void;
  /** A relay was lost sight of: what comes next is the past again, until it has been taken in. */
  fellBehind(): void;
  /** A record became live by a change that came through a scope. */
  noteArrival(scopeId: ScopeId, collection: CollectionName, id: RecordId): void;
  /** The past under way brought the record. */
  brought(scopeId: ScopeId, collection: CollectionName, id: RecordId): boolean;
}

/** Nobody may keep a past going for ever. */
const longestMs = 60 * 60_000;
/** Records beyond it count as if they had been here before. */
const mostRecords = 100_000;

interface Arrivals {
  readonly startedMs: number;
  readonly records: Set<string>;
}

export function createPast(nowMs: () => number): Past {
  const live = new Set<ScopeId>();
  const arrivals = new Map<ScopeId, Arrivals>();

  /** Undefined once what comes is no past, or another one. */
  function underWay(scopeId: ScopeId): Arrivals | undefined {
    const past = arrivals.get(scopeId);
    const ageMs = past === undefined ? 0 : nowMs() - past.startedMs;
    return ageMs >= 0 && ageMs < longestMs ? past : undefined;
  }

  return {
    caughtUp(scopeId) {
      live.add(scopeId);
      arrivals.delete(scopeId);
    },
    fellBehind() {
      live.clear();
      arrivals.clear();
    },
    noteArrival(scopeId, collection, id) {
      if (live.has(scopeId)) {
        return;
      }
      const past = underWay(scopeId) ?? { startedMs: nowMs(), records: new Set() };
      arrivals.set(scopeId, past);
      if (past.records.size < mostRecords) {
        past.records.add(`${collection}/${id}`);
      }
    },
    brought: (scopeId, collection, id) => underWay(scopeId)?.records.has(`${collection}/${id}`) === true,
  };
}
