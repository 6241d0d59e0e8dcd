import type { ChangeId, ScopeId } from '../base/ids.ts';
import type { JsonValue } from '../base/json.ts';
import type { SettingTable } from '../store/port.ts';
import type { Waited } from './waiting.ts';

/** A record of which something came that others waited for, and of which not all are judged again. */
export interface Woken extends Waited {
  /** Through which the last that was judged came. */
  readonly scopeId: ScopeId;
}

/** What one pass over the waiting changes of a record has left to do. */
export interface Round {
  /** Each after its parents. */
  readonly left: readonly ChangeId[];
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
  /** The transaction has no time for the rest. Inside a transaction. */
  leave(record: Woken, round: Round): void;
  /** All of it is judged. Inside a transaction. */
  finish(record: Waited): void;
  /** A transaction failed: what it wrote never was. */
  forget(): void;
}

const setting = 'intake.woken';

export function createWakes(settings: SettingTable): Wakes {
  const underWay = new Set<string>();
  const reasons = new Set<string>();
  const rounds = new Map<string, Round>();
  let known: readonly Woken[] | undefined;
  const list = (): readonly Woken[] => {
    known ??= (settings.get(setting) ?? []) as unknown as readonly Woken[];
    return known;
  };
  const save = (next: readonly Woken[]): void => {
    known = next;
    if (next.length === 0) {
      settings.remove(setting);
    } else {
      settings.set(setting, next as unknown as JsonValue);
    }
  };
  return {
    list,
    isUnderWay: (record) => underWay.has(nameOf(record)),
    noteReason: (record) => void reasons.add(nameOf(record)),
    takeReason: (record) => reasons.delete(nameOf(record)),
    begin: (record) => void underWay.add(nameOf(record)),
    end: (record) => void underWay.delete(nameOf(record)),
    takeRound(record) {
      const round = rounds.get(nameOf(record));
      rounds.delete(nameOf(record));
      return round;
    },
    leave({ scopeId, collection, objectId }, round) {
      const name = nameOf({ collection, objectId });
      rounds.set(name, round);
      if (!list().some((one) => nameOf(one) === name)) {
        save([...list(), { scopeId, collection, objectId }]);
      }
    },
    finish(record) {
      if (list().length > 0) {
        save(list().filter((one) => nameOf(one) !== nameOf(record)));
      }
    },
    forget() {
      known = undefined;
      underWay.clear();
      reasons.clear();
      rounds.clear();
    },
  };
}

function nameOf({ collection, objectId }: Waited): string {
  return `${collection}\0${objectId}`;
}
