import { groupBy } from '../../base/group-by.ts';
import type { CollectionName } from '../../base/ids.ts';
import { err } from '../../base/result.ts';
import type { Replica } from '../../replica/port.ts';
import type { Write, WriteResult } from '../../replica/names/write.ts';

/** Writes that arrive in one turn of the event loop become one transaction, one batch and one fsync. */
export interface EditGate {
  /** What one call would take away is looked at by itself, unless it is confirmed. */
  readonly edit: (
    collection: CollectionName,
    writes: readonly Write[],
    isConfirmed?: boolean,
  ) => Promise<readonly WriteResult[]>;
}

interface Waiting {
  readonly collection: CollectionName;
  readonly writes: readonly Write[];
  readonly isConfirmed: boolean;
  readonly resolve: (results: readonly WriteResult[]) => void;
  readonly reject: (cause: unknown) => void;
}

type Edited = Pick<Replica, 'edit' | 'heldCall'>;

export function createEditGate(replica: Edited): EditGate {
  let queue: Waiting[] = [];

  function flush(): void {
    const taken = queue;
    queue = [];
    for (const [collection, calls] of groupBy(taken, (call) => call.collection)) {
      for (const run of runsOf(calls)) {
        if (run[0]?.isConfirmed === true) {
          run.forEach((call) => editConfirmed(replica, call));
        } else {
          editTogether(replica, collection, run);
        }
      }
    }
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

function editTogether(replica: Edited, collection: CollectionName, calls: readonly Waiting[]): void {
  let results: readonly WriteResult[];
  const group = calls.filter((call) => !isHeld(replica, call));
  try {
    // Each call was looked at: that many came together is nobody's mass change.
    results = replica.edit(
      collection,
      group.flatMap(({ writes }) => writes),
      'looked_at',
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

/** A person's word is for one call alone. */
function editConfirmed(replica: Edited, { collection, writes, resolve, reject }: Waiting): void {
  try {
    resolve(replica.edit(collection, writes, true));
  } catch (cause) {
    reject(cause);
  }
}

function isHeld(replica: Edited, { collection, writes, resolve, reject }: Waiting): boolean {
  try {
    const preview = replica.heldCall(collection, writes);
    if (preview !== undefined) {
      resolve(writes.map(() => err({ kind: 'mass_change', preview, message: preview.message })));
    }
    return preview !== undefined;
  } catch (cause) {
    reject(cause);
    return true;
  }
}

/** Calls in their order, those that are confirmed apart from the others. */
function runsOf(calls: readonly Waiting[]): readonly (readonly Waiting[])[] {
  const runs: Waiting[][] = [];
  for (const call of calls) {
    const last = runs.at(-1);
    if (last?.[0]?.isConfirmed === call.isConfirmed) {
      last.push(call);
    } else {
      runs.push([call]);
    }
  }
  return runs;
}
