import type { MergeCase } from '../../src/merge/values/merge-case.ts';

export const cases: readonly MergeCase[] = [
  {
    title: 'what arrives has no effect',
    writes: [{ name: 'a1', by: 'A', put: { producer: 'mail', body: 'hello' } }],
    seenBy: 'B',
    state: 'none',
    refusal: 'manual_review_required/quarantined_on_arrival',
  },
  {
    title: 'what is written here is live here',
    writes: [{ name: 'a1', by: 'A', put: { producer: 'mail', body: 'hello' } }],
    seenBy: 'A',
    state: 'live',
    fields: { producer: 'mail', body: 'hello' },
  },
];
