import type { ScopeId } from '../../base/ids.ts';
import type { LoggedChange } from '../../contract/change.ts';
import type { HistoryRow, SettingTable } from '../../store/ground/port.ts';
import { createKeptList } from './kept-list.ts';
import { type Waited, recordKey } from './waiting.ts';

/** A record of which something came that others waited for, and of which not all are judged again. */
export interface Woken extends Waited {
  /** Through which the last that was judged came. */
  readonly scopeId: ScopeId;
}

/** A waiting change as far as its turn depends on it; of what cannot be read no parents are known. */
export type Queued = Pick<LoggedChange, 'changeId' | 'parents'>;

/** What one pass over the waiting changes of a record has left to do. */
export interface Round {
  /** Still to be read, before the first is judged. */
  readonly unread: readonly HistoryRow[];
  /** What was read, without what it says. */
  readonly read: readonly LoggedChange[];
  readonly unreadable: readonly Queued[];
  /** Still to be judged, each after its parents; undefined until all is read. */
  readonly left: readonly Queued[] | undefined;
  /** Something of the record has come to count since the first was judged. */
  readonly hasCounted: boolean;
}

/**
 * Records whose waiting changes are being judged again. Which they are stands in the store, so that a process that ended
 * in the middle goes on; how far a pass has come is only remembered.
 */
export interface Wakes {
  list(): readonly Woken[];
  /** True for a record whose waiting changes are being judged, in causal order: each gets its turn. */
  isUnderWay(record: Waited): boolean;
  begin(record: Waited): void;
  /** Something else of it counts meanwhile: what has had its turn gets another. */
  noteReason(record: Waited): void;
  /** True where that was noted; from here on it is not. */
  takeReason(record: Waited): boolean;
  end(record: Waited): void;
  /** Of the round that was left; undefined where nobody knows of it any more. */
  takeRound(record: Waited): Round | undefined;
  /** The transaction has no time for the rest; without a round that is what the orphans know. Inside a transaction. */
  leave(record: Woken, round?: Round): void;
  /** All of it is judged. Inside a transaction. */
  finish(record: Waited): void;
  /** A transaction failed: what it wrote never was. */
  forget(): void;
}

export function createWakes(settings: SettingTable): Wakes {
  const underWay = new Set<string>();
  const reasons = new Set<string>();
  const rounds = new Map<string, Round>();
  const { list, save, forget } = createKeptList<Woken>(settings, 'intake.woken');
  return {
    list,
    isUnderWay: (record) => underWay.has(recordKey(record)),
    noteReason: (record) => void reasons.add(recordKey(record)),
    takeReason: (record) => reasons.delete(recordKey(record)),
    begin: (record) => void underWay.add(recordKey(record)),
    end: (record) => void underWay.delete(recordKey(record)),
    takeRound(record) {
      const round = rounds.get(recordKey(record));
      rounds.delete(recordKey(record));
      return round;
    },
    leave({ scopeId, collection, objectId }, round) {
      const name = recordKey({ collection, objectId });
      if (round !== undefined) {
        rounds.set(name, round);
      }
      if (!list().some((one) => recordKey(one) === name)) {
        save([...list(), { scopeId, collection, objectId }]);
      }
    },
    finish(record) {
      if (list().length > 0) {
        save(list().filter((one) => recordKey(one) !== recordKey(record)));
      }
    },
    forget() {
      forget();
      underWay.clear();
      reasons.clear();
      rounds.clear();
    },
  };
}
