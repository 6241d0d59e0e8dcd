import type { MergeCase } from '../../src/merge/values/merge-case.ts';

export const cases: readonly MergeCase[] = [
  {
    title: 'an entry is live everywhere',
    writes: [{ name: 'a1', by: 'A', put: { id: 'e1', eventType: 'x', outcome: 'allow' } }],
    seenBy: 'B',
    state: 'live',
    fields: { id: 'e1', eventType: 'x', outcome: 'allow' },
  },
  {
    title: 'an entry is never updated',
    writes: [
      { name: 'a1', by: 'A', put: { id: 'e1', outcome: 'allow' } },
      { name: 'a2', by: 'A', patch: [{ op: 'add', path: '/outcome', value: 'deny' }] },
    ],
    seenBy: 'A',
    state: 'live',
    fields: { id: 'e1', outcome: 'allow' },
    refusal: 'policy_denied/immutable_entry',
  },
  {
    title: 'of two entries under one id the earlier holds',
    writes: [
      { name: 'a1', by: 'A', put: { id: 'e1', outcome: 'allow' } },
      { name: 'b1', by: 'B', put: { id: 'e1', outcome: 'deny' } },
    ],
    seenBy: 'B',
    state: 'live',
    fields: { id: 'e1', outcome: 'allow' },
  },
];
