import type { CollectionName } from '../base/ids.ts';
import { err } from '../base/result.ts';
import type { Replica, Write, WriteResult } from '../replica/port.ts';

/** Writes that arrive in one turn of the event loop become one transaction, one batch and one fsync. */
export interface EditGate {
  /** What one call would delete and replace is weighed by itself, unless it is confirmed. */
  edit(collection: CollectionName, writes: readonly Write[], isConfirmed?: boolean): Promise<readonly WriteResult[]>;
}

interface Waiting {
  readonly collection: CollectionName;
  readonly writes: readonly Write[];
  readonly isConfirmed: boolean;
  readonly resolve: (results: readonly WriteResult[]) => void;
  readonly reject: (cause: unknown) => void;
}

export function createEditGate(replica: Pick<Replica, 'edit' | 'massChangeOf'>): EditGate {
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

  function flushCollection(collection: CollectionName, waiting: readonly Waiting[]): void {
    let results: readonly WriteResult[];
    const group = waiting.filter((call) => !isBraked(call));
    try {
      // Each call was weighed: that many came together is nobody's mass change.
      results = replica.edit(
        collection,
        group.flatMap(({ writes }) => writes),
        true,
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

  function isBraked({ collection, writes, isConfirmed, resolve }: Waiting): boolean {
    const preview = isConfirmed ? undefined : replica.massChangeOf(collection, writes);
    if (preview !== undefined) {
      resolve(writes.map(() => err({ kind: 'mass_change', preview, message: preview.message })));
    }
    return preview !== undefined;
  }

  return {
    edit: (collection, writes, isConfirmed = false) =>
      new Promise((resolve, reject) => {
        if (queue.length === 0) {
          setImmediate(flush);
        }
        queue.push({ collection, writes, isConfirmed, resolve, reject });
      }),
  };
}
