import { isHeldItem } from '../../contract/held-item.ts';
import { assert } from '../../base/assert.ts';
import type { CollectionName } from '../../base/ids.ts';
import type { QuarantineItem, ReviewItem } from '../../contract/review.ts';
import { type CounterName, counterOfQuarantine, counterOfReview } from '../ground/counting.ts';
import { noPosition, pageOf, positionFromCursor } from '../ground/paging.ts';
import type { Page, PageRequest, QuarantineTable, ReviewTable } from '../ground/port.ts';
import type { MemoryCounters } from './counters.ts';
import type { UndoLog } from './undo.ts';

export function createReviews(undo: UndoLog, counters: MemoryCounters): ReviewTable {
  const queue = createQueue<ReviewItem>(undo, counters, counterOfReview);
  const openOf: ReviewTable['openOf'] = (collection, id) =>
    queue.openItems(collection).filter((item) => item.recordId === id && !isHeldItem(item));
  return {
    get: queue.get,
    put: queue.put,
    listOpen: queue.page,
    openOf,
    countOpen(collection, id) {
      const open = openOf(collection, id);
      const conflicts = open.filter(({ kind }) => kind === 'conflict').length;
      return { reviews: open.length - conflicts, conflicts };
    },
  };
}

export function createQuarantine(undo: UndoLog, counters: MemoryCounters): QuarantineTable {
  const queue = createQueue<QuarantineItem>(undo, counters, counterOfQuarantine);
  return { get: queue.get, put: queue.put, listHeld: queue.page };
}

interface Queued {
  readonly id: string;
  readonly collection: CollectionName | null;
}

interface Place<T> {
  readonly position: number;
  readonly item: T;
}

interface Queue<T> {
  get(id: string): T | undefined;
  put(item: T): void;
  page(request: PageRequest, collection?: CollectionName | null): Page<T>;
  openItems(collection: CollectionName): readonly T[];
}

/** Items by id; those that add to a counter are open, and listed in order of arrival. */
function createQueue<T extends Queued>(
  undo: UndoLog,
  counters: MemoryCounters,
  counterOf: (item: T) => CounterName | undefined,
): Queue<T> {
  const places = new Map<string, Place<T>>();
  const open = new Map<string, Place<T>>();
  let sorted: readonly Place<T>[] | undefined;

  function setPlace(id: string, place: Place<T> | undefined): void {
    sorted = undefined;
    open.delete(id);
    if (place === undefined) {
      places.delete(id);
      return;
    }
    places.set(id, place);
    if (counterOf(place.item) !== undefined) {
      open.set(id, place);
    }
  }

  function openPlaces(collection: CollectionName | null | undefined): readonly Place<T>[] {
    sorted ??= [...open.values()].sort((left, right) => left.position - right.position);
    return collection === undefined ? sorted : sorted.filter((place) => place.item.collection === collection);
  }

  function count(item: T, from: CounterName | undefined, to: CounterName | undefined): void {
    if (item.collection !== null) {
      counters.move(item.collection, from, to);
    }
  }

  return {
    get: (id) => places.get(id)?.item,
    put(item) {
      const before = places.get(item.id);
      if (before !== undefined) {
        count(before.item, counterOf(before.item), undefined);
      }
      count(item, undefined, counterOf(item));
      setPlace(item.id, { position: before?.position ?? places.size + 1, item });
      undo.note(() => setPlace(item.id, before));
    },
    page({ cursor, limit }, collection) {
      assert(limit >= 1, 'a page has a limit of at least 1');
      const after = positionFromCursor(cursor);
      const found = after === noPosition ? [] : openPlaces(collection).filter((place) => place.position > after);
      const page = pageOf(found, limit, (last) => String(last.position));
      return { items: page.items.map((place) => place.item), nextCursor: page.nextCursor };
    },
    openItems: (collection) => openPlaces(collection).map((place) => place.item),
  };
}
