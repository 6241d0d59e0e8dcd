import type { SetNeedBody } from '../../api/types/bodies.ts';
import type { CollectionName, RecordId } from '../../base/ids.ts';
import type { RecordRow } from '../../contract/record.ts';
import type { LateSet } from '../../merge/values/references.ts';
import type { Replica } from '../../replica/port.ts';

export interface RecordPlace {
  readonly collection: CollectionName;
  readonly id: RecordId;
}

/** Records that require something of a set that is late; nothing is kept of those that need nothing. */
export interface NeedyRecords {
  /** Looks at one record; undefined for one that is gone. */
  note(place: RecordPlace, row: RecordRow | undefined): void;
  /** What the records of a collection require, by set. */
  needs(collection: CollectionName): readonly SetNeedBody[];
  /** Those that need this record, or what lacks it. */
  needing(key: string): readonly RecordPlace[];
  readonly size: number;
  clear(): void;
}

const namedRecords = 3;

interface Need {
  readonly to: string;
  readonly set: LateSet;
  readonly isMissing: boolean;
}

interface Needy extends RecordPlace {
  readonly needs: readonly Need[];
}

/** `isNews` is called when what is needed may be different. */
export function createNeedyRecords(replica: Pick<Replica, 'references'>, isNews: () => void): NeedyRecords {
  const needy = new Map<string, Needy>();
  /** What was answered of each collection, until something of it is different. */
  const told = new Map<CollectionName, readonly SetNeedBody[]>();

  return {
    note({ collection, id }, row) {
      const key = keyOf({ collection, id });
      const needs = row === undefined ? [] : needsOf(replica, row);
      if (needs.length === 0 && !needy.has(key)) {
        return;
      }
      isNews();
      told.clear();
      if (needs.length === 0) {
        needy.delete(key);
      } else {
        needy.set(key, { collection, id, needs });
      }
    },
    needs(collection) {
      const known = told.get(collection) ?? bySet([...needy.values()].filter((one) => one.collection === collection));
      told.set(collection, known);
      return known;
    },
    needing: (key) =>
      [...needy.values()].filter(({ needs }) => needs.some(({ to, set }) => to === key || set.lacks === key)),
    get size() {
      return needy.size;
    },
    clear() {
      needy.clear();
      told.clear();
    },
  };
}

export function keyOf({ collection, id }: RecordPlace): string {
  return `${collection}/${id}`;
}

function needsOf(replica: Pick<Replica, 'references'>, row: RecordRow): readonly Need[] {
  return (replica.references(row) ?? []).flatMap(({ to, required, outcome, set }) =>
    required && set !== undefined ? [{ to, set, isMissing: outcome !== 'present' }] : [],
  );
}

function bySet(needy: readonly Needy[]): readonly SetNeedBody[] {
  const sets = new Map<string, { readonly set: LateSet; readonly all: Set<string>; readonly missing: Set<string> }>();
  for (const { id, needs } of needy) {
    for (const { set, isMissing } of needs) {
      const key = `${set.collection} ${set.owner}`;
      const found = sets.get(key) ?? { set, all: new Set(), missing: new Set() };
      sets.set(key, found);
      found.all.add(id);
      if (isMissing) {
        found.missing.add(id);
      }
    }
  }
  return [...sets.values()].map(({ set, all, missing }) => ({
    ...set,
    records: all.size,
    missing: missing.size,
    first: [...new Set([...missing, ...all])].slice(0, namedRecords),
  }));
}
