import { type Random, createRandom } from './random.ts';

/** What people, agents and producers do where records are governed. Each is on with p = ½ in a governed seed. */
export const governanceGroups = {
  policy: ['write_policy', 'weaken_policy', 'set_floor'],
  reviews: ['put_memory', 'merge_reviews', 'keep_both', 'undo_decision', 'decide_many'],
  brake: [
    ...['fill_recipes', 'remove_few', 'remove_many', 'replace_many', 'decide_brake'],
    ...['fill_notes', 'save_note', 'empty_many', 'overwrite_many'],
  ],
  history: ['mark_point', 'restore_point', 'roll_back_record', 'roll_back_collection'],
  owners: ['push_set', 'push_older_set'],
  secrets: ['write_secret', 'write_secret_in_text'],
  agents: ['put_agent', 'grant_lease', 'write_by_lease', 'revoke_lease', 'propose_as_agent', 'answer_agent'],
  versions: ['put_recipe', 'patch_recipe', 'remove_recipe', 'release_recipe', 'upgrade_engine'],
  documents: ['update_document'],
  words: ['say_word', 'answer_word', 'merge_word'],
} as const;
export type GovernanceGroup = keyof typeof governanceGroups;
export type GovernanceName = (typeof governanceGroups)[GovernanceGroup][number];
export const governanceNames: readonly GovernanceName[] = Object.values(governanceGroups).flat();

/** What only a device with an authority does. */
export const authorityOperations = [
  'write_policy',
  'weaken_policy',
  'put_agent',
  'grant_lease',
  'revoke_lease',
] as const satisfies readonly GovernanceName[];

/** What governs one seed, and how tight it is set. */
export interface GovernanceSwarm {
  readonly operations: readonly GovernanceName[];
  /** The major of the recipes engine that each device starts with. */
  readonly majors: readonly (1 | 2)[];
  readonly secretModes: readonly ('redact' | 'refuse')[];
  /** How tight the brake is: tight where few records are many. */
  readonly brake: { readonly share?: number; readonly minimum?: number };
}

/** Governance is drawn from a stream of its own, so that a seed without it runs as if there were none to draw. */
export function drawGovernance(
  seed: number,
  probability: number,
  only?: readonly GovernanceGroup[],
): GovernanceSwarm | undefined {
  const random = createRandom(seed, 'governance');
  if (!random.chance(probability)) {
    return undefined;
  }
  const isTight = random.chance(0.7);
  return {
    operations: only?.flatMap((group) => governanceGroups[group]) ?? drawOperations(random),
    majors: Array.from({ length: mostDevices }, () => (random.chance(0.5) ? 1 : 2)),
    secretModes: Array.from({ length: mostDevices }, () => (random.chance(0.7) ? 'redact' : 'refuse')),
    brake: isTight ? { share: 0.3, minimum: 3 } : {},
  };
}

const mostDevices = 8;

/** People who answer each other are asked for by name: sets of owners are too rare to be drawn less often. */
const { words: _words, ...others } = governanceGroups;
const drawnGroups: readonly (readonly GovernanceName[])[] = Object.values(others);

function drawOperations(random: Random): readonly GovernanceName[] {
  const some = <T>(items: readonly T[]): readonly T[] => items.filter(() => random.chance(0.5));
  if (random.chance(0.6)) {
    // One group alone meets itself: most of what it does needs something of it to have been done before.
    return random.pick(drawnGroups);
  }
  const drawn = some(drawnGroups).flatMap(some);
  return drawn.length === 0 ? governanceGroups.versions : drawn;
}
