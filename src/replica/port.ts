import type { DeviceId } from '../base/ids.ts';
import type { Editing } from './editing.ts';
import type { Choosing } from './choosing.ts';
import type { OwnerSets } from './owner-sets.ts';
import type { Delivering } from './delivering.ts';
import type { Deciding } from './deciding.ts';
import type { Rejudging } from './rejudging.ts';
import type { MassChanges } from './mass-changes.ts';
import type { FolderQuestions } from './folder-questions.ts';
import type { Reading } from './reading.ts';
import type { Proving } from './proving.ts';
import type { ScopeKeeping } from './scope-keeping.ts';
import type { Granting } from './granting.ts';
import type { Mending } from './mending.ts';
import type { Watching } from './watching.ts';
import type { Alarms } from './alarms.ts';

/**
 * Where engine, log and store meet: each call is one transaction, durable when it returns. Who takes a replica names the part of
 * it, or the calls.
 */
export interface Replica
  extends Editing,
    OwnerSets,
    Delivering,
    Deciding,
    Rejudging,
    MassChanges,
    FolderQuestions,
    Reading,
    Proving,
    ScopeKeeping,
    Granting,
    Mending,
    Watching,
    Choosing,
    Alarms {
  readonly self: DeviceId;
}
