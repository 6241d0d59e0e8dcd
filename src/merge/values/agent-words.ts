import { isAgent } from '../../contract/agent.ts';
import type { LoggedChange } from '../../contract/change.ts';
import type { IsOld } from './past-words.ts';

/**
 * True for what an agent wrote while no person said yes to it: nobody's word, also not that of the device it came through.
 * A use of a lease that a person approved before it was written is that person's word.
 */
export function isUnspoken(change: LoggedChange, isOld: IsOld = isNever): boolean {
  return (
    change.operation !== 'command' && isAgent(change.authorId) && change.lease?.approval === undefined && !isOld(change)
  );
}

/** An agent never decides, whoever's device its command comes through. */
export function isAgentsDecision(change: LoggedChange, isOld: IsOld = isNever): boolean {
  return change.operation === 'command' && isAgent(change.authorId) && !isOld(change);
}

function isNever(): boolean {
  return false;
}
