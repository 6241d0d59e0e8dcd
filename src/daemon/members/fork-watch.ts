import type { ScopeId } from '../../base/ids.ts';
import type { RelayAddress } from '../../base/relay-address.ts';
import type { DeviceKeys } from '../../crypto/keys.ts';
import { adoptResolution } from '../../membership/log/scope-log.ts';
import { fetchLogs } from '../../net/fetch-logs.ts';
import type { Replica } from '../../replica/port.ts';

/** Asked for at each change of the relay; one look at a time is enough. */
const underWay = new WeakSet<object>();

/**
 * Looks, for each scope whose membership log forked, whether its root has decided at the relay, and then takes that log.
 * Answers the scopes that are settled by it. Rejects in words when the relay does not hand the logs out.
 */
export async function takeResolutions(
  replica: Pick<Replica, 'alarms' | 'scopes' | 'receiveResolution'>,
  address: RelayAddress,
  keys: DeviceKeys,
): Promise<readonly ScopeId[]> {
  const forked = new Set(replica.alarms().flatMap(({ kind, scopeId }) => (kind === 'log_fork' ? [scopeId] : [])));
  const held = replica.scopes().filter(({ state }) => forked.has(state.scopeId));
  if (held.length === 0 || underWay.has(replica)) {
    return [];
  }
  underWay.add(replica);
  const scopes = held.map(({ state }) => ({ scopeId: state.scopeId, logSequence: 0 }));
  const logs = await fetchLogs({ address, keys, scopes }).finally(() => underWay.delete(replica));
  const settled: ScopeId[] = [];
  for (const { scopeId, entries } of logs) {
    const state = held.find((scope) => scope.state.scopeId === scopeId)?.state;
    const isDecided = state !== undefined && adoptResolution(state, entries).ok;
    if (isDecided && replica.receiveResolution(scopeId, entries).ok) {
      settled.push(scopeId);
    }
  }
  return settled;
}
