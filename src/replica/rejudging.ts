import type { CollectionName } from '../base/ids.ts';
import type { Result } from '../base/result.ts';
import { rejudge } from './apply/release.ts';
import { rejudgeTimed } from './decide/clock-waits.ts';
import { type FirstChoice, type InitialSyncPlan, meet, planInitialSync } from './decide/initial-sync.ts';
import { policyChanged } from './decide/policy-in-force.ts';
import type { Core } from './kernel/core.ts';
import { forgetUnbelieved } from './members/judge-claims.ts';
import type { WriteRefusal } from './names/write.ts';
import { listOldOwnerSets } from './owner-sets.ts';
import { rejudgeBatches } from './receive/held-batches.ts';

/** What waits is judged again, once something else holds. */
export interface Rejudging {
  /** Judges again what waits in a collection: after it was enabled, or its manifest or schema changed. */
  rejudge(collection: CollectionName): number;
  /** Judges again what waits for the clock to catch up; asked every now and then, because nothing tells of it. */
  rejudgeTimed(): number;
  /** What an upgrade leaves to do, once at the start: batches held whole are judged again, words that count no more go. */
  rejudgeBatches(): void;
  /** Judges again what waits in every collection, after another policy came into force. */
  policyChanged(): number;
  /** What judging all that waits in a collection would do here, were its engine on; nothing is kept of the trial. */
  planInitialSync(collection: CollectionName): InitialSyncPlan;
  /** Judges all that waits in a collection whose records and those of the scope meet for the first time. */
  meet(collection: CollectionName, choice: FirstChoice): Result<number, WriteRefusal>;
}

export function rejudgingOf(core: Core): Rejudging {
  return {
    rejudge: (collection) => rejudge(core, collection),
    rejudgeTimed: () => rejudgeTimed(core),
    rejudgeBatches: () => {
      core.logs.scopes.all().forEach((scope) => {
        forgetUnbelieved(core, scope);
      });
      rejudgeBatches(core);
      listOldOwnerSets(core);
    },
    policyChanged: () => policyChanged(core),
    planInitialSync: (collection) => planInitialSync(core, collection),
    meet: (collection, choice) => meet(core, collection, choice),
  };
}
