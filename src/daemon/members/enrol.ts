import type { DeviceId, ScopeId, UserId } from '../../base/ids.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { type Refusal, refuse } from '../../contract/verdict.ts';
import type { DeviceKeys, PublicKeys } from '../../crypto/keys.ts';
import { createAdd } from '../../membership/log/create.ts';
import { parseLabel } from '../../membership/parse/labels.ts';
import type { Newcomer, PairingGrant } from '../../membership/pairing/pairing-events.ts';
import { currentEpoch } from '../../membership/parse/standing.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import type { Replica } from '../../replica/port.ts';
import type { RelayHost } from '../relays/relay-host.ts';

export interface EnrolDeps {
  readonly keys: DeviceKeys;
  readonly userId: UserId;
  readonly replica: Pick<Replica, 'self' | 'scopes' | 'receiveEntries' | 'epochKey'>;
  readonly relay: () => Pick<RelayHost, 'appendEntry'> | undefined;
}

interface EnteringDevice extends PairingGrant {
  readonly deviceId: DeviceId;
  readonly keys: PublicKeys;
  readonly userId: UserId;
  readonly label: string;
}

const appendAttempts = 5;

/** Adds a newcomer to each scope, with the other devices of its person where another person comes. */
export async function enrol(
  deps: EnrolDeps,
  scopes: readonly ScopeState[],
  newcomer: Newcomer,
): Promise<Result<readonly ScopeState[], Refusal>> {
  const after: ScopeState[] = [];
  for (const { scopeId, members } of scopes) {
    if ((members.get(newcomer.deviceId)?.revoked ?? null) !== null) {
      return err(wasRevoked);
    }
    let added: ScopeState | undefined;
    for (const device of devicesOf(newcomer, deps.userId)) {
      added = await addTo(deps, scopeId, device);
      if (added === undefined) {
        return err(notTaken);
      }
    }
    if (added !== undefined) {
      after.push(added);
    }
  }
  return ok(after);
}

function devicesOf({ person, ...first }: Newcomer, ownUserId: UserId): readonly EnteringDevice[] {
  const userId = person?.userId ?? ownUserId;
  const others = (person?.devices ?? []).filter(({ deviceId }) => deviceId !== first.deviceId);
  // What the person calls those is sealed in their own profile.
  const label = parseLabel(`another of ${first.label}`) ?? first.label;
  return [{ ...first, userId }, ...others.map((device) => ({ ...first, ...device, userId, label }))];
}

/** By compare-and-swap: when another administrator's entry came first, it is taken in and the entry is made anew. */
async function addTo(
  { keys, replica, relay }: EnrolDeps,
  scopeId: ScopeId,
  device: EnteringDevice,
): Promise<ScopeState | undefined> {
  for (let attempt = 0; attempt < appendAttempts; attempt++) {
    const state = replica.scopes().find((scope) => scope.state.scopeId === scopeId)?.state;
    const epochKey = state && replica.epochKey(scopeId, currentEpoch(state).epoch);
    if (state === undefined || epochKey === undefined) {
      return undefined;
    }
    if (state.members.has(device.deviceId)) {
      return state;
    }
    const { label, ...member } = device;
    const entry = createAdd({ state, signer: keys, member, epochKey, label, nowMs: Date.now() });
    const sequence = state.sequence + 1;
    if ((await relay()?.appendEntry(scopeId, sequence, entry)) === true) {
      const extended = replica.receiveEntries(scopeId, sequence, [entry]);
      return extended.ok ? extended.value : undefined;
    }
  }
  return undefined;
}

const notTaken = refuse(
  'hold',
  'relay_untrusted',
  undefined,
  'The relay did not take the membership entry. Try again when it answers.',
);

const wasRevoked = refuse(
  'reject',
  'policy_denied',
  'revoked',
  'That device was revoked here, and revoked keys never enter again. Set it up anew (another home), then invite it.',
);
