import type { MergeCase } from '../../src/merge/values/merge-case.ts';

export const cases: readonly MergeCase[] = [
  {
    title: 'another device sees a proposal and nothing live',
    writes: [{ name: 'a1', by: 'A', put: { text: 'likes tea', lifecycle: 'observed', provenance: 'chat' } }],
    seenBy: 'B',
    state: 'absent',
    reviews: 1,
  },
  {
    title: 'the author has it live at once',
    writes: [{ name: 'a1', by: 'A', put: { text: 'likes tea', lifecycle: 'observed', provenance: 'chat' } }],
    seenBy: 'A',
    state: 'live',
    fields: { text: 'likes tea', lifecycle: 'observed', provenance: 'chat' },
  },
  {
    title: 'accepting makes it live on a device that did not review it',
    writes: [
      { name: 'a1', by: 'A', put: { text: 'likes tea', lifecycle: 'observed', provenance: 'chat' } },
      { name: 'b1', by: 'B', after: ['a1'], decide: 'accept' },
    ],
    seenBy: 'C',
    state: 'live',
    fields: { text: 'likes tea', lifecycle: 'observed', provenance: 'chat' },
  },
  {
    title: 'a rejection leaves it live at its author, who is asked',
    writes: [
      { name: 'a1', by: 'A', put: { text: 'likes tea', lifecycle: 'observed', provenance: 'chat' } },
      { name: 'b1', by: 'B', after: ['a1'], decide: 'accept' },
      { name: 'a2', by: 'A', after: ['b1'], patch: [{ op: 'add', path: '/text', value: 'likes coffee' }] },
      { name: 'c1', by: 'C', after: ['a2'], decide: 'reject' },
    ],
    seenBy: 'A',
    state: 'live',
    fields: { text: 'likes coffee', lifecycle: 'observed', provenance: 'chat' },
    reviews: 1,
  },
  {
    title: 'an author who gives in to a rejection has again what was accepted',
    writes: [
      { name: 'a1', by: 'A', put: { text: 'likes tea', lifecycle: 'observed', provenance: 'chat' } },
      { name: 'b1', by: 'B', after: ['a1'], decide: 'accept' },
      { name: 'a2', by: 'A', after: ['b1'], patch: [{ op: 'add', path: '/text', value: 'likes coffee' }] },
      { name: 'c1', by: 'C', after: ['a2'], decide: 'reject' },
      { name: 'a3', by: 'A', after: ['c1'], decide: 'accept' },
    ],
    seenBy: 'A',
    state: 'live',
    fields: { text: 'likes tea', lifecycle: 'observed', provenance: 'chat' },
  },
  {
    title: 'an accepted change replaces the field everywhere',
    writes: [
      { name: 'a1', by: 'A', put: { text: 'likes tea', lifecycle: 'observed', provenance: 'chat' } },
      { name: 'b1', by: 'B', after: ['a1'], decide: 'accept' },
      { name: 'a2', by: 'A', after: ['b1'], patch: [{ op: 'add', path: '/text', value: 'likes coffee' }] },
      { name: 'c1', by: 'C', after: ['a2'], decide: 'accept' },
    ],
    seenBy: 'B',
    state: 'live',
    fields: { text: 'likes coffee', lifecycle: 'observed', provenance: 'chat' },
  },
];
