import type { CollectionName } from '../../base/ids.ts';

export interface OwnBatch {
  readonly sequence: number;
  readonly bytes: Uint8Array;
  /** How many changes of each collection it carries. */
  readonly changes: ReadonlyMap<CollectionName, number>;
}
