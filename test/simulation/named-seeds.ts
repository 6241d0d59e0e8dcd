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
  { seed: 3068, found: 'a damaged record was not made again once relays had given back what the log lost of it' },
  { seed: 3100, found: 'a change that came before the log was whole again went on to be held' },
  { seed: 3110, found: 'an own record of which log and history lost everything stayed here alone' },
  { seed: 3060, found: 'what a person had let in was held again, for good, when its record was learnt again' },
  { seed: 3057, found: 'a question about a forgotten change stopped the mending of a database' },
  { seed: 3192, found: 'own changes that nobody else had were lost with the keys of a new epoch' },
  { seed: 3080, found: 'a damaged row that nothing had named went on to count once it was known and mended' },
  { seed: 3114, found: 'damage that was mended counted again with an older copy of the settings' },
  { seed: 1776, found: 'a deletion made apart decided by its arrival which of two first texts stood above the other' },
];
