import type { EngineState } from '../contract/states.ts';
import type { EngineFacts } from './facts.ts';
import { stateTable } from './state-table.ts';

/**
 * How far an engine's syncing has come since it could begin: it begins when the relay first talks with it, and is
 * through when everything is acknowledged and applied. off: it may not sync at all, and begins anew afterwards.
 */
export type SyncRun = 'off' | 'waiting' | 'started' | 'completed';

/** What interrupts a run and ends none: it would begin anew with every tunnel that a train goes through. */
const interruptions: ReadonlySet<EngineState> = new Set([
  'auth_pending',
  'network_down',
  'network_untrusted',
  'relay_unreachable',
]);

const ends = stateTable.filter(({ state, stopsTransport }) => stopsTransport && !interruptions.has(state));

/** The run as it is with these facts; it only goes forward until it is off. */
export function runAfter(before: SyncRun, facts: EngineFacts): SyncRun {
  if (ends.some((row) => row.holds(facts))) {
    return 'off';
  }
  if (before === 'completed' || facts.relay !== 'online' || facts.authentication !== 'settled') {
    return before === 'off' ? 'waiting' : before;
  }
  const isThrough = facts.caughtUp && facts.inFlight + facts.pendingInbound + facts.unacknowledged === 0;
  return isThrough ? 'completed' : 'started';
}
