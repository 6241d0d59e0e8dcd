import type { Random } from './random.ts';

/** What may go wrong. Each is on with p = ½ in a seed. */
export const faultNames = [
  'delay',
  'refuse_connection',
  'cut',
  'half_open',
  'partition_up',
  'partition_down',
  'flip',
  'truncate',
  'replay',
  'omit',
  'reorder',
  'device_crash',
  'device_crash_in_transaction',
  'device_disk_error',
  'relay_crash',
  'relay_crash_in_transaction',
  'relay_disk_error',
  'clock_skew',
] as const;
export type FaultName = (typeof faultNames)[number];

/** What people and programs do. Each is on with p = ½ in a seed. */
export const operationsByCollection = {
  presence: ['put_note', 'type_text', 'remove_note'],
  workspace: ['put_node', 'patch_node', 'remove_node', 'link_node', 'edit_together'],
  ledger: ['append_entry', 'rewrite_entry'],
  shell: ['put_alias', 'patch_alias', 'remove_alias'],
  inbox: ['drop_in', 'change_drop', 'remove_drop', 'release', 'drop_held'],
  secrets: ['keep_secret', 'spill_secret'],
  device: ['decide_reviews', 'switch_engine', 'pause'],
} as const;
export type OperationName = (typeof operationsByCollection)[keyof typeof operationsByCollection][number];
export const operationNames: readonly OperationName[] = Object.values(operationsByCollection).flat();

export type SwarmKind = 'calm' | 'everything' | 'mixed';

/** Seeds between these have short schedules: fewer operations in less time, of the same kinds. */
const shortSeeds = { from: 100_000, to: 999_999 } as const;

/** In these what is written on disks is lost, and disks take nothing for a while; nobody means harm there. */
const storeSeeds = { from: 3_000, to: 3_999 } as const;

export function knowsStoreFaults(seed: number): boolean {
  return seed >= storeSeeds.from && seed <= storeSeeds.to;
}

export function lengthOf(seed: number): 'short' | 'whole' {
  return seed >= shortSeeds.from && seed <= shortSeeds.to ? 'short' : 'whole';
}

/** Which operations and faults one seed knows, and how many of each. */
export interface Swarm {
  readonly kind: SwarmKind;
  readonly deviceCount: number;
  readonly operationCount: number;
  readonly faults: ReadonlySet<FaultName>;
  readonly operations: readonly OperationName[];
  /** How long things go wrong, in milliseconds. */
  readonly faultPhaseMs: number;
  /** Operations on the graph at most: merging concurrent histories costs far more than all else. */
  readonly graphOperationCount: number;
}

export function drawSwarm(random: Random, length: 'short' | 'whole'): Swarm {
  const drawn = random.below(10);
  const kind: SwarmKind = drawn === 0 ? 'calm' : drawn === 1 ? 'everything' : 'mixed';
  return {
    kind,
    deviceCount: random.pick(length === 'short' ? [2, 2, 2, 3] : [2, 2, 2, 2, 3, 3, 4]),
    // Mostly few: histories grow costly, and most bugs need few steps.
    operationCount: length === 'short' ? 7 + random.below(7) : 20 + Math.floor(41 * random.next() ** 5),
    faultPhaseMs: length === 'short' ? 30_000 : 90_000,
    faults: new Set(kind === 'calm' ? [] : kind === 'everything' ? faultNames : some(faultNames, random)),
    operations: kind === 'everything' ? operationNames : drawOperations(random),
    graphOperationCount: length === 'short' ? 3 : kind === 'everything' ? 10 : 4 + random.below(6),
  };
}

/** Some operations of some collections, so that what a seed does, it does often enough to meet itself. */
function drawOperations(random: Random): readonly OperationName[] {
  const groups: readonly (readonly OperationName[])[] = Object.values(operationsByCollection);
  const drawn = some(groups, random).flatMap((group) => some(group, random));
  return drawn.length === 0 ? ['put_note', 'type_text'] : drawn;
}

function some<T>(items: readonly T[], random: Random): readonly T[] {
  return items.filter(() => random.chance(0.5));
}
