import type { Random } from './random.ts';

/** Lies of a relay. */
export const lieNames = [
  'fork_views',
  'rewind_relay',
  'wipe_relay',
  'false_acknowledgement',
  'withhold',
  'inject_garbage',
  'inject_stranger',
  'swap_scope',
] as const;
export type LieName = (typeof lieNames)[number];

/** What befalls devices whose keys or disks are not where they should be. */
export const deviceFaultNames = ['stale_device', 'lose_device', 'clone_device', 'restore_device'] as const;
export type DeviceFaultName = (typeof deviceFaultNames)[number];

/** What administrators do to the membership log. */
export const membershipNames = ['revoke_device', 'rotate_keys', 'change_role', 'enrol_device'] as const;
export type MembershipName = (typeof membershipNames)[number];

/** What else a member that means harm sends; drawn by itself, so that the seeds of before stay what they are. */
export const sideNames = ['false_frontier', 'self_running'] as const;

const wrongNames = [
  'wrong_epoch',
  'wrong_root',
  'wrong_key',
  'older_suite',
  'unknown_flag',
  'unknown_collection',
  'vault_collection',
  'policy_collection',
  'huge_stamp',
  'unknown_parents',
  'garbage_record',
  'announced_scope',
  'equivocation',
  'backdated',
  'own_yes',
  'foreign_merge',
  'foreign_author',
  'flood',
] as const;

/** Batches of a member that means harm: validly signed, and wrong in one thing. */
export const hostileNames = [...wrongNames, ...sideNames] as const;
export type HostileName = (typeof hostileNames)[number];

/** Who in a seed is not to be trusted. A relay that lies and a device that was copied do not meet in one seed. */
export interface TrustSwarm {
  readonly kind: 'honest' | 'lying_relay' | 'copied_devices';
  readonly lies: ReadonlySet<LieName>;
  readonly deviceFaults: ReadonlySet<DeviceFaultName>;
  readonly membership: readonly MembershipName[];
  readonly hostile: readonly HostileName[];
}

const honest: TrustSwarm = {
  kind: 'honest',
  lies: new Set(),
  deviceFaults: new Set(),
  membership: [],
  hostile: [],
};

/** One seed in so many knows somebody who is not to be trusted; its devices are three at least. */
const knowsHarmEvery = 6;
const claimsOften = 0.8;

/** Nobody means harm; keys may be changed, so that a membership log grows. */
export function drawRotations(random: Random): TrustSwarm {
  return { ...honest, membership: random.chance(0.5) ? ['rotate_keys'] : [] };
}

export function drawTrust(random: Random, isForced: boolean, claims: Random): TrustSwarm {
  const isDrawn = random.below(knowsHarmEvery) === 0;
  if (!isDrawn && !isForced) {
    return honest;
  }
  const some = <T>(items: readonly T[]): readonly T[] => items.filter(() => random.chance(0.5));
  const isRelay = random.chance(0.6);
  const claimsOf = (wrong: readonly HostileName[]): readonly HostileName[] =>
    wrong.length > 0 && claims.chance(claimsOften) ? [...wrong, ...sideNames] : wrong;
  return {
    kind: isRelay ? 'lying_relay' : 'copied_devices',
    lies: new Set(isRelay ? some(lieNames) : []),
    deviceFaults: new Set(isRelay ? some(deviceFaultNames.slice(0, 2)) : some(deviceFaultNames)),
    membership: some(membershipNames),
    hostile: claimsOf(random.chance(0.6) ? some(wrongNames) : []),
  };
}
