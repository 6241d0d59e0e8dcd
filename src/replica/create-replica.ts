import { alarmsOf } from './alarms.ts';
import { choosingOf } from './choosing.ts';
import { createCore } from './create-core.ts';
import { decidingOf } from './deciding.ts';
import { deliveringOf } from './delivering.ts';
import { editingOf } from './editing.ts';
import { folderQuestionsOf } from './folder-questions.ts';
import { grantingOf } from './granting.ts';
import type { ReplicaDeps } from './kernel/deps.ts';
import { massChangesOf } from './mass-changes.ts';
import { mendingOf } from './mending.ts';
import { ownerSetsOf } from './owner-sets.ts';
import type { Replica } from './port.ts';
import { provingOf } from './proving.ts';
import { readingOf } from './reading.ts';
import { rejudgingOf } from './rejudging.ts';
import { scopeKeepingOf } from './scope-keeping.ts';
import { watchingOf } from './watching.ts';

export function createReplica(deps: ReplicaDeps): Replica {
  const core = createCore(deps);
  return {
    self: core.device.id,
    ...editingOf(core),
    ...ownerSetsOf(core),
    ...deliveringOf(core),
    ...decidingOf(core),
    ...rejudgingOf(core),
    ...massChangesOf(core),
    ...folderQuestionsOf(core),
    ...readingOf(core),
    ...provingOf(core),
    ...scopeKeepingOf(core),
    ...grantingOf(core),
    ...mendingOf(core),
    ...watchingOf(core),
    ...choosingOf(core),
    ...alarmsOf(core),
  };
}
