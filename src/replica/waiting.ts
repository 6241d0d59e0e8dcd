import type { ChangeId, CollectionName, RecordId } from '../base/ids.ts';
import type { Store } from '../store/port.ts';
import type { Bindings } from './port.ts';

/**
 * What waits for something. Which records have a change that does is asked on every write: where nothing of a
 * collection waits, memory says so; where something does, the store is asked, so that what is held here does not grow
 * with what waits.
 */
export interface Waiting {
  /** False while what waits of the record is being judged, unless something of it goes on waiting. */
  has(record: Waited): boolean;
  add(record: Waited): void;
  /**
   * The same of a change that waits for these others, or for a person, alone. While all that waits of a record does, and
   * none of them has come, nothing else that comes of it makes anything go on.
   */
  addOrphan(record: Waited, missing: readonly ChangeId[]): void;
  /** True while that is so. */
  isStuck(record: Waited): boolean;
  /** A change waits no longer, or came and never did. */
  settled(change: Waited & { readonly changeId: ChangeId }): void;
  /** What waits of it is judged from here on. */
  take(record: Waited): void;
  /** True once a change of any collection waited. */
  any(): boolean;
  /** True once a batch was held whole, in quarantine. */
  anyBatch(): boolean;
  addBatch(): void;
  /** A transaction failed: what it added or took never was. */
  forget(): void;
}

export interface Waited {
  readonly collection: CollectionName;
  readonly objectId: RecordId;
}

/** Records that were asked for last. */
const mostKnown = 4_000;
/** Records of which it is known what their changes wait for, and for how many at most. */
const mostStuck = 256;
const mostMissing = 4_096;

export function createWaiting(
  { history, quarantine }: Pick<Store, 'history' | 'quarantine'>,
  bindings: Bindings,
): Waiting {
  const first = { cursor: null, limit: 1 };
  const collections = new Set<CollectionName>();
  let holdsBatches = quarantine.listHeld(first, null).items.length > 0;
  // The one that was asked for first goes first.
  const records = new Map<string, boolean>();
  const stuck = new Map<string, Set<ChangeId>>();
  for (const { manifest } of bindings.all()) {
    if (history.listWaiting(manifest.collection, first).items.length > 0) {
      collections.add(manifest.collection);
    }
  }

  function remember(key: string, waits: boolean): boolean {
    if (records.size >= mostKnown) {
      const [oldest] = records.keys();
      records.delete(oldest as string);
    }
    records.set(key, waits);
    return waits;
  }

  function has({ collection, objectId }: Waited): boolean {
    if (!collections.has(collection)) {
      return false;
    }
    const key = recordKey({ collection, objectId });
    return records.get(key) ?? remember(key, history.hasWaiting(collection, objectId));
  }

  /** What the changes of a record wait for, where that is all known. */
  function missingOf(record: Waited): Set<ChangeId> | undefined {
    return has(record) ? stuck.get(recordKey(record)) : new Set();
  }

  function stick(key: string, missing: Set<ChangeId>): void {
    stuck.delete(key);
    if (missing.size > mostMissing) {
      return;
    }
    if (stuck.size >= mostStuck) {
      const [oldest] = stuck.keys();
      stuck.delete(oldest as string);
    }
    stuck.set(key, missing);
  }

  return {
    has,
    add(record) {
      const key = recordKey(record);
      collections.add(record.collection);
      stuck.delete(key);
      remember(key, true);
    },
    addOrphan(record, missing) {
      const key = recordKey(record);
      const before = missingOf(record);
      collections.add(record.collection);
      remember(key, true);
      if (before !== undefined) {
        missing.forEach((changeId) => before.add(changeId));
        stick(key, before);
      }
    },
    isStuck: (record) => stuck.has(recordKey(record)),
    settled(change) {
      const key = recordKey(change);
      if (stuck.get(key)?.has(change.changeId) === true) {
        stuck.delete(key);
      }
    },
    take(record) {
      stuck.delete(recordKey(record));
      remember(recordKey(record), false);
    },
    any: () => collections.size > 0,
    anyBatch: () => holdsBatches,
    addBatch() {
      holdsBatches = true;
    },
    forget() {
      stuck.clear();
      records.clear();
    },
  };
}

/** One text for each record. */
export function recordKey({ collection, objectId }: Waited): string {
  return `${collection}/${objectId}`;
}
