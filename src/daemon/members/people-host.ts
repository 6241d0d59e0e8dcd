import type { PeoplePort } from '../../api/ports/people-port.ts';
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
import { findScope } from './find-scope.ts';
import { homeSettings, randomBytes } from '../keys/open-home.ts';
import type { PairingHost } from './pairing-host.ts';
import type { RelayHost } from '../relays/relay-host.ts';
import { profileOf, scopeNameOf } from '../keys/scope-names.ts';

export interface PeopleHostDeps {
  readonly keys: DeviceKeys;
  readonly label: string;
  readonly replica: Replica;
  readonly store: Store;
  /** The relay that orders membership, where people meet. */
  readonly relay: () => InviteRelay | undefined;
  readonly pairing: Pick<PairingHost, 'invitePerson'>;
  readonly scopes: () => readonly ScopeBody[];
  /** A scope was taken in and its name kept: relays and the person's other devices are to be told. */
  readonly joined: (scope: JoinedLog) => void;
}

export interface PeopleHost extends PeoplePort {
  stop(): void;
}

type InviteRelay = Pick<RelayHost, 'address'>;

const nothing: ScopeJoinBody = { state: 'none', digits: null, scope: null, message: null };

/** Invites people to a scope, and enters scopes of other people: one code at a time. */
export function createPeopleHost(deps: PeopleHostDeps): PeopleHost {
  const { replica, store } = deps;
  let body = nothing;
  let current = new AbortController();

  /** Refuses what cannot succeed before the code is used up. */
  function prepared(text: string): Result<Entrance, ControlFault> {
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
    const profile = profileOf(replica);
    if (profile === undefined) {
      return err({ kind: 'not_ready', message: 'This device has no profile, by which others could know whose it is.' });
    }
    const entries = store.scopes.entries(profile.scopeId).map(({ bytes }) => bytes);
    return ok({ secret, relay, user: { entries, head: headOf(profile) } });
  }

  async function enter({ secret, relay, user }: Entrance, signal: AbortSignal, told: () => void): Promise<void> {
    const { mailbox: name, bearer } = pairingSecretsOf(secret);
    const opened = await openPairingMailbox(relay.address, name, bearer);
    if (!opened.ok) {
      body = { ...nothing, state: 'failed', message: `The relay does not answer: ${opened.error.message}` };
      return;
    }
    const label = parseLabel(deps.label) ?? 'device';
    const joiner = createJoiner({ secret, deviceKeys: deps.keys, label, user, randomBytes, nowMs: Date.now() });
    const showDigits = (digits: string): void => {
      body = { ...nothing, state: 'waiting_approval', digits };
      told();
    };
    const { address } = relay;
    const joined = await converse({ joiner, mailbox: opened.value, keys: deps.keys, address, showDigits, signal });
    opened.value.close();
    if (signal.aborted) {
      return;
    }
    body = joined.ok
      ? take(joined.value.scopes, joined.value.invitedTo ?? '')
      : { ...nothing, state: 'failed', message: joined.error };
  }

  function take(logs: readonly JoinedLog[], name: string): ScopeJoinBody {
    for (const log of logs) {
      const { scopeId } = log;
      const adopted = replica.adoptScope(log.entries, log.epochKeys);
      if (!adopted.ok) {
        return { ...nothing, state: 'failed', message: adopted.error.message };
      }
      store.settings.set(`${homeSettings.scopeName}${scopeId}`, name);
      deps.joined(log);
    }
    const scope = deps.scopes().find(({ scopeId }) => scopeId === logs[0]?.scopeId) ?? null;
    return { state: 'joined', digits: null, scope, message: `This device has joined ${name}.` };
  }

  return {
    async invite(text, role) {
      const scope = findScope(replica, store, text);
      if (!scope.ok) {
        return scope;
      }
      const { scopeId, kind } = scope.value;
      if (kind !== 'workspace' && kind !== 'org') {
        return err({
          kind: 'invalid',
          message: `A ${kind} is one person's. Others can be invited to workspaces and orgs.`,
        });
      }
      const scopeName = parseLabel(scopeNameOf(store, scopeId)) ?? kind;
      return deps.pairing.invitePerson({ scope: scope.value, scopeName, role });
    },
    async join(code) {
      const entrance = prepared(code);
      if (!entrance.ok) {
        return entrance;
      }
      current.abort();
      current = new AbortController();
      const { signal } = current;
      body = { ...nothing, state: 'connecting' };
      await new Promise<void>((resolve) => {
        enter(entrance.value, signal, resolve)
          .catch((cause: unknown) => {
            const why = cause instanceof Error ? cause.message : String(cause);
            body = { ...nothing, state: 'failed', message: `The scope could not be joined on this device: ${why}` };
          })
          .finally(resolve);
      });
      return ok(body);
    },
    joining: () => body,
    stop: () => {
      current.abort();
    },
  };
}

interface Entrance {
  readonly secret: Uint8Array;
  readonly relay: InviteRelay;
  readonly user: UserLog;
}
