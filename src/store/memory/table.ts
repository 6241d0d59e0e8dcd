import type { UndoLog } from './undo.ts';

/** A map that can be rolled back and remembers the order in which its keys first came. */
export interface MemoryTable<K, V> {
  get(key: K): V | undefined;
  set(key: K, value: V): void;
  remove(key: K): boolean;
  /** In order of arrival. */
  entries(): readonly Entry<K, V>[];
}

export interface Entry<K, V> {
  readonly key: K;
  readonly value: V;
  /** From 1, rising; kept when the value is replaced. */
  readonly position: number;
}

export function createTable<K, V>(undo: UndoLog): MemoryTable<K, V> {
  const entries = new Map<K, Entry<K, V>>();
  let lastPosition = 0;
  let sorted: readonly Entry<K, V>[] | undefined;

  function write(key: K, entry: Entry<K, V> | undefined): void {
    if (entry === undefined) {
      entries.delete(key);
    } else {
      entries.set(key, entry);
    }
    sorted = undefined;
  }

  return {
    get: (key) => entries.get(key)?.value,
    set(key, value) {
      const before = entries.get(key);
      const position = before?.position ?? lastPosition + 1;
      const lastBefore = lastPosition;
      lastPosition = Math.max(lastPosition, position);
      write(key, { key, value, position });
      undo.note(() => {
        lastPosition = lastBefore;
        write(key, before);
      });
    },
    remove(key) {
      const before = entries.get(key);
      if (before === undefined) {
        return false;
      }
      write(key, undefined);
      undo.note(() => write(key, before));
      return true;
    },
    entries() {
      sorted ??= [...entries.values()].sort((left, right) => left.position - right.position);
      return sorted;
    },
  };
}
