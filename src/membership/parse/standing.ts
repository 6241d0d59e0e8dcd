import { assert } from '../../base/assert.ts';
import type { DeviceId } from '../../base/ids.ts';
import { type Authority, type EpochCommitment, type Member, type Role, type ScopeState, roles } from './state.ts';

/** What a device is at one position of the log. */
export interface Standing {
  readonly member: Member;
  readonly role: Role;
  readonly authorities: readonly Authority[];
  /** Set for a revoked device whatever the position: its batches past the cut are refused, backdated or not. */
  readonly revoked: Member['revoked'];
}

/**
 * undefined for a device that was not yet added at that position. `batchSequence` is the number of the batch that names
 * the position: past the cut of a later grant that takes something away, the batch may not rest on what the device had.
 */
export function standingAt(
  state: ScopeState,
  deviceId: DeviceId,
  logSequence: number,
  batchSequence: number,
): Standing | undefined {
  const member = state.members.get(deviceId);
  const granted = member?.grants.findLast((grant) => grant.since <= logSequence);
  if (member === undefined || granted === undefined) {
    return undefined;
  }
  let { role, authorities } = granted;
  for (const later of member.grants) {
    if (later.since > logSequence && later.cut !== null && batchSequence > later.cut.sequence) {
      role = lesserOf(role, later.role);
      authorities = authorities.filter((authority) => later.authorities.includes(authority));
    }
  }
  return { member, role, authorities, revoked: member.revoked };
}

function lesserOf(left: Role, right: Role): Role {
  return roles.indexOf(left) <= roles.indexOf(right) ? left : right;
}

/** Members that are not revoked, in the order in which they were added. */
export function activeMembers(state: ScopeState): readonly Member[] {
  return [...state.members.values()].filter((member) => member.revoked === null);
}

/** The epoch in force at a position: 0 to the log's last. */
export function epochAt(state: ScopeState, logSequence: number): EpochCommitment {
  const epoch = state.epochs.findLast((candidate) => candidate.since <= logSequence);
  assert(epoch !== undefined, 'genesis brings the first epoch into force');
  return epoch;
}

/** The epoch in force after the last entry. */
export function currentEpoch(state: ScopeState): EpochCommitment {
  return epochAt(state, state.sequence);
}

/** Hash of the last entry. */
export function headOf(state: ScopeState): Uint8Array {
  const head = state.heads[state.sequence];
  assert(head !== undefined, 'the log has a hash for each position');
  return head;
}
