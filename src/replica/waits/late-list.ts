import type { ChangeId, CollectionName, RecordId } from '../../base/ids.ts';
import { isJsonObject } from '../../base/json.ts';
import type { RecordRow } from '../../contract/record.ts';
import type { ReviewItem } from '../../contract/review.ts';
import type { Store } from '../../store/ground/port.ts';

/** Records with edits that came after their deletion was collected, each with the review item that asks about them. */
export interface LateList {
  has(record: Pick<RecordRow, 'collection' | 'id'>): boolean;
  /** The review item that asks about a record. */
  of(collection: CollectionName, id: RecordId): string | undefined;
  /** Inside a transaction. */
  note(item: ReviewItem): void;
  settle(item: ReviewItem): void;
  /** These were answered for in the transaction under way: nothing holds them any more. */
  free(changes: readonly ChangeId[]): void;
  isFree(change: ChangeId): boolean;
  /** A transaction failed: what it wrote never was. */
  forget(): void;
}

const setting = 'tombstones.late';

export function createLateList(store: Pick<Store, 'settings'>): LateList {
  let known: Map<string, string> | undefined;
  // A change that counts is not judged again, so that this need not be forgotten when its transaction ends.
  const freed = new Set<ChangeId>();

  function all(): Map<string, string> {
    const saved = known === undefined ? store.settings.get(setting) : undefined;
    known ??= new Map(saved !== undefined && isJsonObject(saved) ? (Object.entries(saved) as [string, string][]) : []);
    return known;
  }

  function save(): void {
    store.settings.set(setting, Object.fromEntries(all()));
  }

  return {
    has: ({ collection, id }) => all().size > 0 && all().has(nameOf(collection, id)),
    of: (collection, id) => (all().size === 0 ? undefined : all().get(nameOf(collection, id))),
    note({ id, collection, recordId }) {
      all().set(nameOf(collection, recordId), id);
      save();
    },
    settle({ collection, recordId }) {
      if (all().delete(nameOf(collection, recordId))) {
        save();
      }
    },
    free: (changes) => {
      changes.forEach((change) => freed.add(change));
    },
    isFree: (change) => freed.has(change),
    forget() {
      freed.clear();
      known = undefined;
    },
  };
}

export function isLateItem({ deletion }: Pick<ReviewItem, 'deletion'>): boolean {
  return deletion !== undefined;
}

function nameOf(collection: CollectionName, id: RecordId): string {
  return `${collection}/${id}`;
}
