import { equalBytes } from '../../base/bytes.ts';
import type { DeviceId } from '../../base/ids.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { Refusal } from '../../contract/verdict.ts';
import type { DeviceKeys } from '../../crypto/keys.ts';
import { parseEntry } from '../parse/entry-codec.ts';
import { currentKey, openEpochKeys } from '../log/epoch-keys.ts';
import type { EnrolledScope, OfferedScope } from './pairing-messages.ts';
import { burn } from './pairing-session.ts';
import type { JoinedLog } from './pairing-events.ts';
import { comparePin } from '../parse/pin.ts';
import { foldScope } from '../log/scope-log.ts';
import type { ScopeState } from '../parse/state.ts';

/**
 * What the newcomer demands of a fetched log before it believes to be a member: it is the offered scope, it passes
 * through both heads that the inviter named, the inviter added exactly these keys, and the key in force opens to its
 * commitment. Never throws.
 */
export function verifyJoinedLog(options: {
  readonly by: DeviceId;
  readonly deviceKeys: DeviceKeys;
  readonly offered: OfferedScope;
  readonly enrolled: EnrolledScope;
  readonly entries: readonly Uint8Array[];
}): Result<JoinedLog, Refusal> {
  const { offered, enrolled, entries, deviceKeys } = options;
  const folded = foldScope(entries, offered.scopeId);
  if (!folded.ok) {
    return folded;
  }
  const state = folded.value;
  for (const pin of [
    { sequence: 0, head: enrolled.genesisHash },
    { sequence: offered.logSequence, head: offered.head },
    { sequence: enrolled.logSequence, head: enrolled.head },
  ]) {
    const compared = comparePin(state, pin);
    if (compared.verdict !== 'accept') {
      return err(compared.verdict === 'duplicate' ? burn.enrolment : compared);
    }
  }
  if (state.kind !== offered.kind || !isEnrolled(state, options)) {
    return err(burn.enrolment);
  }
  const opened = openEpochKeys({ state, entries, recipient: deviceKeys.deviceId, box: deviceKeys.box });
  const key = currentKey(state, opened);
  return key.ok ? ok({ scopeId: state.scopeId, state, entries, epochKeys: opened.keys }) : key;
}

/** Added after the offer, by the inviter itself, in the entry it named, and still a member. */
function isEnrolled(
  state: ScopeState,
  options: {
    readonly by: DeviceId;
    readonly deviceKeys: DeviceKeys;
    readonly offered: OfferedScope;
    readonly enrolled: EnrolledScope;
    readonly entries: readonly Uint8Array[];
  },
): boolean {
  const { deviceKeys, offered, enrolled } = options;
  const member = state.members.get(deviceKeys.deviceId);
  if (member === undefined || member.revoked !== null || member.addedAt <= offered.logSequence) {
    return false;
  }
  const bytes = options.entries[member.addedAt];
  const parsed = bytes === undefined ? undefined : parseEntry(bytes);
  if (parsed?.ok !== true || parsed.value.entry.t !== 'add' || parsed.value.entry.by !== options.by) {
    return false;
  }
  return (
    equalBytes(parsed.value.hash, enrolled.entryHash) &&
    equalBytes(member.keys.sign, deviceKeys.sign.publicKey) &&
    equalBytes(member.keys.box, deviceKeys.box.publicKey)
  );
}
