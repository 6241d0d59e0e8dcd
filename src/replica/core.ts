import type { ChangeId, DeviceId } from '../base/ids.ts';
import type { LoggedChange } from '../contract/change.ts';
import type { SyncEvent } from '../contract/events.ts';
import type { DeadEnds } from './dead-ends.ts';
import type { AlarmList } from './alarms.ts';
import type { Checkpoints } from './checkpoints.ts';
import type { Attested } from './attested.ts';
import type { Passes } from './collect-passes.ts';
import type { Confirmed } from './confirmed.ts';
import type { Cycles } from './cycles.ts';
import type { FrontierNews } from './frontier-news.ts';
import type { HoldList } from './holds.ts';
import type { Journal } from './journal.ts';
import type { LateList } from './late-list.ts';
import type { LeaseBook } from './lease-book.ts';
import type { LogReader } from './log-reader.ts';
import type { OldNews } from './old-news.ts';
import type { PolicyView } from './policy-view.ts';
import type { ReplicaDeps } from './port.ts';
import type { Scopes } from './scopes.ts';
import type { Waiting } from './waiting.ts';

/** What every part of the replica works with. */
export interface Core extends ReplicaDeps {
  readonly self: DeviceId;
  readonly scopes: Scopes;
  readonly journal: Journal;
  readonly checkpoints: Checkpoints;
  readonly reader: LogReader;
  readonly alarms: AlarmList;
  readonly news: FrontierNews;
  readonly attested: Attested;
  readonly confirmed: Confirmed;
  readonly cycles: Cycles;
  readonly holds: HoldList;
  readonly leases: LeaseBook;
  readonly late: LateList;
  readonly passes: Passes;
  readonly oldNews: OldNews;
  readonly waiting: Waiting;
  readonly policy: PolicyView;
  readonly deadEnds: DeadEnds;
  /** This process: what it begins to write into shared documents, no other goes on with. */
  readonly incarnation: { readonly id: string; readonly runs: Set<number> };
  /** Own changes of the transaction under way, which the log does not hold before they are sealed. */
  readonly unsealed: Map<ChangeId, LoggedChange>;
  /** Events of the transaction under way; told to the listener once it is durable. */
  readonly pendingEvents: SyncEvent[];
}

/** Runs one user action as one transaction; `believe` changes memory once it is durable, and only then it is told of. */
export function commit<T>(core: Core, work: () => T, believe: () => void = () => undefined): T {
  begin(core);
  let result: T;
  try {
    result = core.store.transaction(work as () => T extends PromiseLike<unknown> ? never : T);
  } catch (cause) {
    core.waiting.forget();
    core.reader.forget();
    core.policy.forget();
    core.alarms.forget();
    core.news.forget();
    core.attested.forget();
    core.holds.forget();
    core.leases.forget();
    core.late.forget();
    core.oldNews.forget();
    begin(core);
    throw cause;
  }
  core.unsealed.clear();
  believe();
  for (const event of core.pendingEvents.splice(0)) {
    core.listener.event(event);
  }
  return result;
}

function begin(core: Core): void {
  core.pendingEvents.length = 0;
  core.unsealed.clear();
}
