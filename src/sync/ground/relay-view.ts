import type { DeviceId } from '../../base/ids.ts';
import type { RelayMessage } from '../wire/messages.ts';
import type { RelayView, ScopeView, SessionEffect } from './session.ts';

type State = Extract<RelayMessage, { type: 'state' }>;
type Loss = Pick<Extract<SessionEffect, { type: 'relay_behind' }>, 'chains' | 'log'>;

/** What a relay holds of the chains that are held here, as its answer to hello tells it. */
export function relayViewOf(
  { frontier }: ScopeView,
  self: DeviceId,
  { logSequence, ownHead, behind }: State,
): RelayView {
  const chains: Record<DeviceId, number> = {};
  for (const [id, [sequence]] of Object.entries(frontier)) {
    const deviceId = id as DeviceId;
    chains[deviceId] = behind[deviceId] ?? sequence;
  }
  chains[self] = ownHead?.[0] ?? 0;
  return { logSequence, chains };
}

/** What a relay holds less than it was seen to hold, or than it confirmed; undefined for nothing. */
export function lossOf({ seen, confirmed }: ScopeView, self: DeviceId, now: RelayView): Loss | undefined {
  const before: Record<DeviceId, number> = { ...seen?.chains };
  before[self] = Math.max(before[self] ?? 0, confirmed?.sequence ?? 0);
  const chains = Object.entries(before).flatMap(([id, had]) => {
    const deviceId = id as DeviceId;
    const has = now.chains[deviceId] ?? had;
    return has < had ? [{ deviceId, had, has }] : [];
  });
  const had = seen?.logSequence ?? -1;
  const log = now.logSequence < had ? { had, has: now.logSequence } : null;
  return chains.length === 0 && log === null ? undefined : { chains, log };
}
