/** A schedule that once broke an invariant, and what it found. It is replayed in every run. */
export interface NamedSeed {
  readonly seed: number;
  readonly found: string;
  /** As it was found, before there was anything that governs. */
  readonly governs?: 'never';
}

export const namedSeeds: readonly NamedSeed[] = [
  {
    seed: 966,
    found: 'a disk that failed while a change was planned turned into a verdict about the change',
    governs: 'never',
  },
  { seed: 5342, found: 'seventeen held changes of one record come up one release at a time', governs: 'never' },
  { seed: 298, found: 'a member that signed one number twice sent everybody into endless questions', governs: 'never' },
  {
    seed: 124,
    found: 'an entry that the relay took after its author had stopped waiting never reached the author',
    governs: 'never',
  },
  { seed: 1776, found: 'a deletion made apart decided by its arrival which of two first texts stood above the other' },
];
