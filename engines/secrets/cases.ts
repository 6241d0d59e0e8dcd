import type { MergeCase } from '../../src/merge/values/merge-case.ts';

export const cases: readonly MergeCase[] = [
  {
    title: 'nothing of a secret is ever drafted',
    writes: [{ name: 'a1', by: 'A', put: { label: 'token', value: 'x' } }],
    seenBy: 'A',
    state: 'none',
    refusal: 'policy_denied/stays_on_device',
  },
];
