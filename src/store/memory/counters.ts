import type { CollectionName } from '../../base/ids.ts';
import { type CounterName, noCounts } from '../ground/counting.ts';
import type { CollectionCounts } from '../ground/port.ts';
import type { UndoLog } from './undo.ts';

export interface MemoryCounters {
  of(collection: CollectionName): CollectionCounts;
  /** Moves one item from a counter to another; undefined is outside every counter. */
  move(collection: CollectionName, from: CounterName | undefined, to: CounterName | undefined): void;
}

export function createCounters(undo: UndoLog): MemoryCounters {
  const counts = new Map<CollectionName, Record<CounterName, number>>();

  function add(collection: CollectionName, name: CounterName, change: number): void {
    const held = counts.get(collection) ?? { ...noCounts };
    counts.set(collection, held);
    held[name] += change;
    undo.note(() => {
      held[name] -= change;
    });
  }

  return {
    of: (collection) => ({ ...(counts.get(collection) ?? noCounts) }),
    move(collection, from, to) {
      if (from === to) {
        return;
      }
      if (from !== undefined) {
        add(collection, from, -1);
      }
      if (to !== undefined) {
        add(collection, to, 1);
      }
    },
  };
}
