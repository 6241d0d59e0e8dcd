import type { ClaimedHeads } from '../lists/claimed-heads.ts';
import type { Passes } from '../lists/collect-passes.ts';
import type { Confirmed } from '../lists/confirmed.ts';
import type { FrontierDeltas } from '../lists/frontier-deltas.ts';
import type { RejectedBatches } from '../lists/rejected-batches.ts';
import type { StalledChains } from '../waits/stalled-chains.ts';

/** What is known of the chains of each scope beside the log: who claims, confirmed and was told what, and where one ends. */
export interface Chains {
  readonly claimedHeads: ClaimedHeads;
  readonly confirmed: Confirmed;
  readonly frontierDeltas: FrontierDeltas;
  readonly rejectedBatches: RejectedBatches;
  readonly stalledChains: StalledChains;
  readonly passes: Passes;
}
