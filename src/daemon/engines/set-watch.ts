import type { EngineBody, SetNeedBody } from '../../api/types/bodies.ts';
import type { CollectionName, RecordId } from '../../base/ids.ts';
import type { EngineFacts } from '../../lifecycle/facts.ts';
import type { Replica } from '../../replica/port.ts';
import type { Bindings } from '../../replica/names/binding.ts';
import type { Store } from '../../store/ground/port.ts';
import type { EngineStates } from './engine-states.ts';
import { type NeedyRecords, type RecordPlace, createNeedyRecords, keyOf } from './needy-records.ts';
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

/** Looks at records only while a set is late, a slice at a time. */
export function createSetWatch({ replica, store, bindings, guard, later, changed }: SetWatchDeps): SetWatch {
  const needy = createNeedyRecords(replica, () => {
    isNews = true;
  });
  const walk = createRecordWalk(store, needy);
  let isLate = false;
  let isNews = false;

  const looking = createPlannedStep(later, () => {
    const isDone = guard(walk.step);
    if (isDone && walk.isLeft) {
      looking.wake();
    } else if (isNews) {
      isNews = false;
      changed('owner_sets');
    }
  });

  return {
    needs: needy.needs,
    recordChanged(collection, id) {
      if (!isLate) {
        return;
      }
      const place = { collection, id };
      if ((bindings.ofCollection(collection)?.references.length ?? 0) > 0) {
        walk.touch(place);
      }
      needy.needing(keyOf(place)).forEach(walk.touch);
      if (walk.hasTouched) {
        looking.wake();
      }
    },
    ownersChanged() {
      const all = bindings.all();
      isLate = all.some(({ manifest }) => replica.hasLateSet(manifest.collection));
      isNews ||= needy.size > 0;
      if (!isLate) {
        needy.clear();
        walk.forgetTouched();
      }
      const referring = isLate ? all.filter(({ references }) => references.length > 0) : [];
      walk.begin(referring.map(({ manifest }) => manifest.collection));
      looking.wake();
    },
    stop: looking.stop,
  };
}

/** The way through all records that refer to others, and through those that changed since they were looked at. */
interface RecordWalk {
  begin(collections: readonly CollectionName[]): void;
  touch(place: RecordPlace): void;
  forgetTouched(): void;
  /** Looks at one slice of each. */
  step(): void;
  readonly hasTouched: boolean;
  readonly isLeft: boolean;
}

function createRecordWalk(store: SetWatchDeps['store'], needy: Pick<NeedyRecords, 'note'>): RecordWalk {
  const touched = new Map<string, RecordPlace>();
  let left: readonly { readonly collection: CollectionName; readonly cursor: string | null }[] = [];

  function lookAtTouched(): void {
    for (const [key, place] of [...touched].slice(0, sliceRecords)) {
      const row = store.records.get(place.collection, place.id);
      needy.note(place, row === 'damaged' ? undefined : row);
      touched.delete(key);
    }
  }

  function lookAtNext(): void {
    const [next, ...others] = left;
    if (next === undefined) {
      return;
    }
    const { collection, cursor } = next;
    const { items, nextCursor } = store.records.list(collection, { cursor, limit: sliceRecords });
    for (const row of items) {
      needy.note(row, row);
    }
    left = nextCursor === null ? others : [{ collection, cursor: nextCursor }, ...others];
  }

  return {
    begin(collections) {
      left = collections.map((collection) => ({ collection, cursor: null }));
    },
    touch: (place) => void touched.set(keyOf(place), place),
    forgetTouched: () => {
      touched.clear();
    },
    step() {
      lookAtTouched();
      lookAtNext();
    },
    get hasTouched() {
      return touched.size > 0;
    },
    get isLeft() {
      return touched.size > 0 || left.length > 0;
    },
  };
}

/** The facts of an engine of which some record requires what an owner's set would bring and has not. */
export function lackingSets<T extends Pick<EngineFacts, 'degradedCauses'>>(facts: T, needs: readonly SetNeedBody[]): T {
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
