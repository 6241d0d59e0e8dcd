import type { ChangeId } from '../../base/ids.ts';
import type { LoggedChange } from '../../contract/change.ts';
import type { Strategy } from '../../contract/strategy.ts';
import { authorityGeneration, holdsAuthorityOver } from '../../membership/parse/collection-authority.ts';
import type { Logs } from './logs.ts';

/**
 * How high the authority stands under which each change was written, for a strategy that ranks them: 1 and the
 * generation at the position that its batch names, 0 for everything that counts by a lease or a person's word.
 */
export function generationsOf(
  logs: Logs,
  strategy: Strategy,
  changes: readonly LoggedChange[],
): ReadonlyMap<ChangeId, number> {
  return strategy.ranksAuthorities === true
    ? new Map(changes.map((change) => [change.changeId, generationOf(logs, change)]))
    : none;
}

const none: ReadonlyMap<ChangeId, number> = new Map();

function generationOf(logs: Logs, change: LoggedChange): number {
  const scope = logs.scopes.get(change.scopeId);
  // A change that is being written names the log as it is held: its batch is not sealed yet.
  const logSequence = logs.unsealed.has(change.changeId)
    ? scope?.sequence
    : logs.reader.record(change)?.header.logSequence;
  if (scope === undefined || logSequence === undefined) {
    return 0;
  }
  const { deviceId, collection, sequence } = change;
  return holdsAuthorityOver(scope, deviceId, collection, { logSequence, sequence })
    ? 1 + authorityGeneration(scope, collection, logSequence)
    : 0;
}
