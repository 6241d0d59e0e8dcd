import type { MergeCase } from '../../src/merge/merge-case.ts';

export const cases: readonly MergeCase[] = [
  {
    title: 'a write is refused by a build that cannot apply the strategy',
    writes: [{ name: 'a1', by: 'A', put: { name: 'helper' } }],
    seenBy: 'A',
    state: 'none',
    refusal: 'policy_denied/not_implemented_here',
  },
];
