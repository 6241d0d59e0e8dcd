import type { EngineBody, SetNeedBody } from '../../api/types/bodies.ts';
import type { CollectionName, RecordId } from '../../base/ids.ts';
import type { RecordRow } from '../../contract/record.ts';
import type { EngineFacts } from '../../lifecycle/facts.ts';
import type { LateSet } from '../../merge/values/references.ts';
import type { Replica } from '../../replica/port.ts';
import type { Bindings } from '../../replica/names/binding.ts';
import type { Store } from '../../store/ground/port.ts';
import type { EngineStates } from './engine-states.ts';
import { type Later, createPlannedStep } from '../ground/planned-step.ts';

/** Knows which records require something of an owner's set that is not what its owner pushed last. */
export interface SetWatch {
  /** What the records of a collection require so, by set; empty nearly always. */
  needs(collection: CollectionName): readonly SetNeedBody[];
  recordChanged(collection: CollectionName, id: RecordId): void;
  /** A set was pushed, or was not taken: everything that refers to others is looked at again. */
  ownersChanged(): void;
  stop(): void;
}

export interface SetWatchDeps {
  readonly replica: Pick<Replica, 'references' | 'hasLateSet'>;
  readonly store: Pick<Store, 'records'>;
  readonly bindings: Bindings;
  /** Runs what the disk may fail; false where it did. */
  readonly guard: (work: () => void) => boolean;
  readonly later: Later;
  /** What some engine needs became different. */
  readonly changed: (reason: string) => void;
}

/** About 5 ms of work. */
const sliceRecords = 200;
const namedRecords = 3;

interface Need {
  readonly to: string;
  readonly set: LateSet;
  readonly isMissing: boolean;
}

interface Needy {
  readonly collection: CollectionName;
  readonly id: RecordId;
  readonly needs: readonly Need[];
}

/** Looks at records only while a set is late, a slice at a time; nothing is kept of those that need nothing. */
export function createSetWatch({ replica, store, bindings, guard, later, changed }: SetWatchDeps): SetWatch {
  const needy = new Map<string, Needy>();
  /** What was answered of each collection, until something of it is different. */
  const told = new Map<CollectionName, readonly SetNeedBody[]>();
  /** Records that changed since they were looked at. */
  const touched = new Map<string, Pick<Needy, 'collection' | 'id'>>();
  let walk: readonly { readonly collection: CollectionName; readonly cursor: string | null }[] = [];
  let isLate = false;
  let isNews = false;

  function note({ collection, id }: Pick<Needy, 'collection' | 'id'>, row: RecordRow | undefined): void {
    const key = `${collection}/${id}`;
    const needs = row === undefined ? [] : needsOf(row);
    if (needs.length === 0 && !needy.has(key)) {
      return;
    }
    isNews = true;
    told.clear();
    if (needs.length === 0) {
      needy.delete(key);
    } else {
      needy.set(key, { collection, id, needs });
    }
  }

  function needsOfAll(collection: CollectionName): readonly SetNeedBody[] {
    const known = told.get(collection) ?? bySet([...needy.values()].filter((one) => one.collection === collection));
    told.set(collection, known);
    return known;
  }

  function needsOf(row: RecordRow): readonly Need[] {
    return (replica.references(row) ?? []).flatMap(({ to, required, outcome, set }) =>
      required && set !== undefined ? [{ to, set, isMissing: outcome !== 'present' }] : [],
    );
  }

  function lookAtTouched(): void {
    for (const [key, place] of [...touched].slice(0, sliceRecords)) {
      const row = store.records.get(place.collection, place.id);
      note(place, row === 'damaged' ? undefined : row);
      touched.delete(key);
    }
  }

  function lookAtNext(): void {
    const [next, ...others] = walk;
    if (next === undefined) {
      return;
    }
    const { collection, cursor } = next;
    const { items, nextCursor } = store.records.list(collection, { cursor, limit: sliceRecords });
    for (const row of items) {
      note(row, row);
    }
    walk = nextCursor === null ? others : [{ collection, cursor: nextCursor }, ...others];
  }

  const looking = createPlannedStep(later, () => {
    const isDone = guard(() => {
      lookAtTouched();
      lookAtNext();
    });
    const isLeft = touched.size > 0 || walk.length > 0;
    if (isDone && isLeft) {
      looking.wake();
    } else if (isNews) {
      isNews = false;
      changed('owner_sets');
    }
  });

  return {
    needs: needsOfAll,
    recordChanged(collection, id) {
      if (!isLate) {
        return;
      }
      const key = `${collection}/${id}`;
      if ((bindings.ofCollection(collection)?.references.length ?? 0) > 0) {
        touched.set(key, { collection, id });
      }
      for (const [other, place] of needy) {
        if (place.needs.some(({ to, set }) => to === key || set.lacks === key)) {
          touched.set(other, place);
        }
      }
      if (touched.size > 0) {
        looking.wake();
      }
    },
    ownersChanged() {
      const all = bindings.all();
      isLate = all.some(({ manifest }) => replica.hasLateSet(manifest.collection));
      isNews ||= needy.size > 0;
      if (!isLate) {
        needy.clear();
        told.clear();
        touched.clear();
      }
      const referring = isLate ? all.filter(({ references }) => references.length > 0) : [];
      walk = referring.map(({ manifest }) => ({ collection: manifest.collection, cursor: null }));
      looking.wake();
    },
    stop: looking.stop,
  };
}

/** The facts of an engine of which some record requires what an owner's set would bring and has not. */
export function lackingSets(facts: EngineFacts, needs: readonly SetNeedBody[]): EngineFacts {
  return needs.some(({ missing }) => missing > 0)
    ? { ...facts, degradedCauses: [...facts.degradedCauses, { cause: 'owner_set_not_synced', reasonCode: null }] }
    : facts;
}

/** States that say beside an engine what its records need. */
export function tellingNeeds(states: EngineStates, needsOf: SetWatch['needs']): EngineStates {
  const withNeeds = <T extends EngineBody>(body: T): T => {
    const needs = needsOf(body.collection as CollectionName);
    return needs.length === 0 ? body : { ...body, needs };
  };
  return {
    ...states,
    body: (binding) => withNeeds(states.body(binding)),
    detail: (binding) => withNeeds(states.detail(binding)),
  };
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
