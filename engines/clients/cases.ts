import type { MergeCase } from '../../src/merge/merge-case.ts';

export const cases: readonly MergeCase[] = [
  {
    title: 'a write is refused by a build that cannot apply the strategy',
    writes: [
      {
        name: 'a1',
        by: 'A',
        put: { label: 'desk', platform: 'linux', appVersion: '1', publicKeys: { sign: 's', box: 'b' } },
      },
    ],
    seenBy: 'A',
    state: 'none',
    refusal: 'policy_denied/not_implemented_here',
  },
];
