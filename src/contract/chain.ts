import type { BatchId } from '../base/ids.ts';

/** The last batch of one device's chain in a scope. */
export interface ChainHead {
  readonly sequence: number;
  readonly batchId: BatchId;
}
