import { reasonText } from '../../contract/verdict.ts';
import type { EntryDraft } from '../../replica/members/rotation.ts';
import type { Replica } from '../../replica/port.ts';
import type { RelayHost } from '../relays/relay-host.ts';

export interface AppendDeps {
  readonly replica: Pick<
    Replica,
    'self' | 'scopes' | 'receiveEntries' | 'epochKey' | 'draftRotation' | 'draftRole' | 'verifyHeld'
  >;
  /** The relay that orders membership; undefined where nothing is ever sent. */
  readonly relay: () => Pick<RelayHost, 'appendEntry' | 'state'> | undefined;
  readonly warn: (message: string, facts: object) => void;
}

/** More administrators than this do not change one log within a few seconds, nor does a device write as fast. */
export const appendAttempts = 8;
export const betweenAttemptsMs = 50;

/** The relay orders membership; without any, this device is the only one who changes the log. */
export async function appendDraft(
  { replica, relay: relayNow, warn }: AppendDeps,
  { scopeId, sequence, entry }: EntryDraft,
): Promise<'appended' | 'refused' | 'unreachable'> {
  const relay = relayNow();
  if (relay !== undefined && relay.state.state !== 'online') {
    return 'unreachable';
  }
  if (relay !== undefined && !(await relay.appendEntry(scopeId, sequence, entry))) {
    return relay.state.state === 'online' ? 'refused' : 'unreachable';
  }
  const taken = replica.receiveEntries(scopeId, sequence, [entry]);
  if (!taken.ok) {
    warn('an own membership entry was not taken in', { scopeId, reason: reasonText(taken.error) });
  }
  return taken.ok ? 'appended' : 'refused';
}
