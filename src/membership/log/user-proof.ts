import { equalBytes } from '../../base/bytes.ts';
import type { DeviceId, UserId } from '../../base/ids.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { type Refusal, refuse } from '../../contract/verdict.ts';
import { type PublicKeys, userIdOf } from '../../crypto/keys.ts';
import { foldScope } from './scope-log.ts';
import { activeMembers, headOf } from '../parse/standing.ts';

/** The log of a profile: whose devices these are can be proven with nothing else. */
export interface UserLog {
  readonly entries: readonly Uint8Array[];
  readonly head: Uint8Array;
}

/** A person as the log of their profile shows them. */
export interface ProvenUser {
  readonly userId: UserId;
  /** Every active device, the one that showed the log included. */
  readonly devices: readonly { readonly deviceId: DeviceId; readonly keys: PublicKeys }[];
}

/**
 * Whose device this is: the log begins with a root that the user's id is the hash of, every entry follows from it, and
 * the device is active at its head. It proves nothing of what came after that head. Never throws.
 */
export function proveUser(log: UserLog, deviceId: DeviceId): Result<ProvenUser, Refusal> {
  const folded = foldScope(log.entries);
  if (!folded.ok) {
    return folded;
  }
  const state = folded.value;
  const isOfItsRoot = userIdOf(state.rootKeys.sign) === state.userId;
  const devices = activeMembers(state).map(({ deviceId: id, keys }) => ({ deviceId: id, keys }));
  const isActive = devices.some((device) => device.deviceId === deviceId);
  if (state.kind !== 'profile' || !isOfItsRoot || !isActive || !equalBytes(headOf(state), log.head)) {
    return err(unproven);
  }
  return ok({ userId: state.userId, devices });
}

const unproven = refuse(
  'reject',
  'signature_invalid',
  'user_unproven',
  'The membership log that the other device showed does not make it the device of a person. Nobody was added: update ' +
    'both devices and make a new code.',
);
