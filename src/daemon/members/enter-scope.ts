import type { ControlFault } from '../../api/ports/fault.ts';
import type { ScopeBody } from '../../api/types/devices.ts';
import type { ScopeJoinBody } from '../../api/types/people.ts';
import { parseRelayAddress } from '../../base/relay-address.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { DeviceKeys } from '../../crypto/keys.ts';
import { parseLabel } from '../../membership/parse/labels.ts';
import { createJoiner, decodePairingCode, pairingSecretsOf } from '../../membership/pairing.ts';
import type { JoinedLog } from '../../membership/pairing/pairing-events.ts';
import { headOf } from '../../membership/parse/standing.ts';
import type { UserLog } from '../../membership/log/user-proof.ts';
import { openPairingMailbox } from '../../net/pairing-link.ts';
import type { Replica } from '../../replica/port.ts';
import type { Store } from '../../store/ground/port.ts';
import { converse } from '../ground/converse.ts';
import { homeSettings, randomBytes } from '../keys/open-home.ts';
import { profileOf } from '../keys/scope-names.ts';
import type { RelayHost } from '../relays/relay-host.ts';

export interface EnterScopeDeps {
  readonly keys: DeviceKeys;
  readonly label: () => string;
  readonly replica: Pick<Replica, 'scopes' | 'adoptScope'>;
  readonly store: Store;
  /** The relay that orders membership, where people meet. */
  readonly relay: () => InviteRelay | undefined;
  readonly scopes: () => readonly ScopeBody[];
  /** A scope was taken in and its name kept: relays and the person's other devices are to be told. */
  readonly joined: (scope: JoinedLog) => void;
}

type InviteRelay = Pick<RelayHost, 'address'>;

/** What a code opens: the relay where the other person waits, and what this one shows of itself. */
export interface Entrance {
  readonly secret: Uint8Array;
  readonly relay: InviteRelay;
  readonly user: UserLog;
}

export const notJoining: ScopeJoinBody = { state: 'none', digits: null, scope: null, message: null };

/** Refuses what cannot succeed before the code is used up. */
export function entranceOf(deps: EnterScopeDeps, text: string): Result<Entrance, ControlFault> {
  const code = decodePairingCode(text);
  if (!code.ok) {
    return err({ kind: 'invalid', message: code.error.message });
  }
  const { relayUrl, secret } = code.value;
  const relay = deps.relay();
  const address = parseRelayAddress(relayUrl);
  if (relay === undefined || address === undefined || relay.address.text !== address.text) {
    const message = `The scope lives at the relay ${relayUrl}, which is not the first one of this device. Both people need the same first relay.`;
    return err({ kind: 'not_ready', message });
  }
  const profile = profileOf(deps.replica);
  if (profile === undefined) {
    return err({ kind: 'not_ready', message: 'This device has no profile, by which others could know whose it is.' });
  }
  const entries = deps.store.scopes.entries(profile.scopeId).map(({ bytes }) => bytes);
  return ok({ secret, relay, user: { entries, head: headOf(profile) } });
}

/** Goes through a code with the other person. `show` is called with each body that somebody is to see, the last included. */
export async function enterScope(
  deps: EnterScopeDeps,
  { secret, relay, user }: Entrance,
  signal: AbortSignal,
  show: (body: ScopeJoinBody) => void,
): Promise<void> {
  const { mailbox: name, bearer } = pairingSecretsOf(secret);
  const opened = await openPairingMailbox(relay.address, name, bearer);
  if (!opened.ok) {
    show(failed(`The relay does not answer: ${opened.error.message}`));
    return;
  }
  const { keys } = deps;
  const label = parseLabel(deps.label()) ?? 'device';
  const joiner = createJoiner({ secret, deviceKeys: keys, label, user, randomBytes, nowMs: Date.now() });
  const showDigits = (digits: string): void => {
    show({ ...notJoining, state: 'waiting_approval', digits });
  };
  const joined = await converse({ joiner, mailbox: opened.value, keys, address: relay.address, showDigits, signal });
  opened.value.close();
  if (!signal.aborted) {
    show(joined.ok ? take(deps, joined.value.scopes, joined.value.invitedTo ?? '') : failed(joined.error));
  }
}

function take(deps: EnterScopeDeps, logs: readonly JoinedLog[], name: string): ScopeJoinBody {
  for (const log of logs) {
    const { scopeId } = log;
    const adopted = deps.replica.adoptScope(log.entries, log.epochKeys);
    if (!adopted.ok) {
      return failed(adopted.error.message);
    }
    deps.store.settings.set(`${homeSettings.scopeName}${scopeId}`, name);
    deps.joined(log);
  }
  const scope = deps.scopes().find(({ scopeId }) => scopeId === logs[0]?.scopeId) ?? null;
  return { state: 'joined', digits: null, scope, message: `This device has joined ${name}.` };
}

export function failed(message: string): ScopeJoinBody {
  return { ...notJoining, state: 'failed', message };
}
