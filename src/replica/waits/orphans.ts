import type { ChangeId } from '../../base/ids.ts';

/** A change and what of its parents has not come; none for one that waits for a person. */
export interface Orphan {
  readonly changeId: ChangeId;
  readonly missing: readonly ChangeId[];
}

interface Known {
  readonly children: Map<ChangeId, Set<ChangeId>>;
  readonly ready: ChangeId[];
  size: number;
  /** False while what waits of the record is being looked through. */
  isWhole: boolean;
}

/**
 * Of records all of whose waiting changes wait for parents, or for a person, alone: which change waits for which. What
 * comes of such a record makes those go on that wait for it, and nobody looks at the others. In memory only, and bounded;
 * where nothing is known of a record, all that waits of it is looked through.
 */
export interface Orphans {
  /** True where all that waits is known. */
  knows(record: string): boolean;
  /** True where all is known, or is being looked through. */
  isBegun(record: string): boolean;
  /** True where it is known, and nothing that others wait for has come. */
  isStuck(record: string): boolean;
  /** Nothing waits yet, or all that does is about to be looked through. */
  begin(record: string, isWhole: boolean): void;
  /** Noted where the record is known, or is being looked through. */
  add(record: string, orphan: Orphan): void;
  /** All was looked through. */
  end(record: string): void;
  settled(record: string, changeId: ChangeId): void;
  /** One that may go on, each once. */
  takeReady(record: string): ChangeId | undefined;
  /** Something waits for another reason. */
  drop(record: string): void;
  forget(): void;
}

/** Changes and parents that are remembered, over all records. */
const mostRemembered = 65_536;

export function createOrphans(): Orphans {
  // The one that was begun first goes first.
  const records = new Map<string, Known>();
  let size = 0;

  function drop(record: string): void {
    size -= records.get(record)?.size ?? 0;
    records.delete(record);
  }

  function makeRoom(): void {
    for (const record of records.keys()) {
      if (size <= mostRemembered) {
        return;
      }
      drop(record);
    }
  }

  return {
    knows: (record) => records.get(record)?.isWhole === true,
    isBegun: (record) => records.has(record),
    isStuck(record) {
      const known = records.get(record);
      return known?.isWhole === true && known.ready.length === 0;
    },
    begin(record, isWhole) {
      drop(record);
      records.set(record, { children: new Map(), ready: [], size: 1, isWhole });
      size += 1;
      makeRoom();
    },
    add(record, { changeId, missing }) {
      const known = records.get(record);
      if (known === undefined) {
        return;
      }
      for (const parent of missing) {
        const children = known.children.get(parent);
        if (children === undefined) {
          known.children.set(parent, new Set([changeId]));
        } else {
          children.add(changeId);
        }
      }
      known.size += missing.length;
      size += missing.length;
      makeRoom();
    },
    end(record) {
      const known = records.get(record);
      if (known !== undefined) {
        known.isWhole = true;
      }
    },
    settled(record, changeId) {
      const known = records.get(record);
      const children = known?.children.get(changeId);
      if (known !== undefined && children !== undefined) {
        known.children.delete(changeId);
        known.ready.push(...children);
      }
    },
    takeReady: (record) => records.get(record)?.ready.shift(),
    drop,
    forget() {
      records.clear();
      size = 0;
    },
  };
}
