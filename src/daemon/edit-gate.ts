import type { CollectionName } from '../base/ids.ts';
import type { Replica, Write, WriteResult } from '../replica/port.ts';

/** Writes that arrive in one turn of the event loop become one transaction, one batch and one fsync. */
export interface EditGate {
  edit(collection: CollectionName, writes: readonly Write[]): Promise<readonly WriteResult[]>;
}

interface Waiting {
  readonly collection: CollectionName;
  readonly writes: readonly Write[];
  readonly resolve: (results: readonly WriteResult[]) => void;
  readonly reject: (cause: unknown) => void;
}

export function createEditGate(replica: Pick<Replica, 'edit'>): EditGate {
  let queue: Waiting[] = [];

  function flush(): void {
    const taken = queue;
    queue = [];
    const byCollection = new Map<CollectionName, Waiting[]>();
    for (const waiting of taken) {
      const group = byCollection.get(waiting.collection);
      if (group === undefined) {
        byCollection.set(waiting.collection, [waiting]);
      } else {
        group.push(waiting);
      }
    }
    for (const [collection, group] of byCollection) {
      flushCollection(collection, group);
    }
  }

  function flushCollection(collection: CollectionName, group: readonly Waiting[]): void {
    let results: readonly WriteResult[];
    try {
      results = replica.edit(
        collection,
        group.flatMap(({ writes }) => writes),
      );
    } catch (cause) {
      for (const { reject } of group) {
        reject(cause);
      }
      return;
    }
    let offset = 0;
    for (const { writes, resolve } of group) {
      resolve(results.slice(offset, offset + writes.length));
      offset += writes.length;
    }
  }

  return {
    edit: (collection, writes) =>
      new Promise((resolve, reject) => {
        if (queue.length === 0) {
          setImmediate(flush);
        }
        queue.push({ collection, writes, resolve, reject });
      }),
  };
}
