import type { ChangeId, CollectionName, RecordId } from '../../base/ids.ts';
import type { Store } from '../../store/ground/port.ts';
import { type Orphan, type Orphans, createOrphans } from './orphans.ts';
import type { Bindings } from '../names/binding.ts';

/**
 * What waits for something. Which records have a change that does is asked on every write: where nothing of a
 * collection waits, memory says so; where something does, the store is asked, so that what is held here does not grow
 * with what waits.
 */
export interface Waiting {
  /** False while what waits of the record is being judged, unless something of it goes on waiting. */
  has(record: Waited): boolean;
  add(record: Waited): void;
  /** The same of a change that waits for these parents, or for a person, alone. */
  addOrphan(record: Waited, orphan: Orphan): void;
  /** A change waits no longer, or came and never did. */
  settled(change: Waited & { readonly changeId: ChangeId }): void;
  readonly orphans: Orphans;
  /** What waits of it is judged from here on. */
  take(record: Waited): void;
  /** Of what was taken some is left. */
  leave(record: Waited): void;
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

export function createWaiting(
  { history, quarantine }: Pick<Store, 'history' | 'quarantine'>,
  bindings: Bindings,
): Waiting {
  const first = { cursor: null, limit: 1 };
  const collections = new Set<CollectionName>();
  let holdsBatches = quarantine.listHeld(first, null).items.length > 0;
  // The one that was asked for first goes first.
  const records = new Map<string, boolean>();
  const orphans = createOrphans();
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

  return {
    has,
    orphans,
    add(record) {
      const key = recordKey(record);
      collections.add(record.collection);
      orphans.drop(key);
      remember(key, true);
    },
    addOrphan(record, orphan) {
      const key = recordKey(record);
      if (!has(record) && !orphans.isBegun(key)) {
        orphans.begin(key, true);
      }
      collections.add(record.collection);
      orphans.add(key, orphan);
      remember(key, true);
    },
    settled(change) {
      orphans.settled(recordKey(change), change.changeId);
    },
    take(record) {
      const key = recordKey(record);
      orphans.begin(key, false);
      remember(key, false);
    },
    leave: (record) => void remember(recordKey(record), true),
    any: () => collections.size > 0,
    anyBatch: () => holdsBatches,
    addBatch() {
      holdsBatches = true;
    },
    forget() {
      records.clear();
      orphans.forget();
    },
  };
}

/** One text for each record. */
export function recordKey({ collection, objectId }: Waited): string {
  return `${collection}/${objectId}`;
}
