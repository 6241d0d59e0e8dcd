import type { MergeCase } from '../../src/merge/values/merge-case.ts';

export const cases: readonly MergeCase[] = [
  {
    title: 'insertions of two writers both stand',
    writes: [
      { name: 'a1', by: 'A', put: { kind: 'note', text: 'Shopping: bread' } },
      { name: 'a2', by: 'A', after: ['a1'], patch: [{ op: 'add', path: '/text', value: 'Saturday. Shopping: bread' }] },
      { name: 'b1', by: 'B', after: ['a1'], patch: [{ op: 'add', path: '/text', value: 'Shopping: bread, milk' }] },
    ],
    seenBy: 'C',
    state: 'live',
    fields: { kind: 'note', text: 'Saturday. Shopping: bread, milk' },
  },
  {
    title: 'what a program keeps beside the text stays when the text is edited',
    writes: [
      { name: 'a1', by: 'A', put: { kind: 'note', text: 'one', data: { pinned: true } } },
      { name: 'b1', by: 'B', after: ['a1'], patch: [{ op: 'add', path: '/text', value: 'one two' }] },
      { name: 'a2', by: 'A', after: ['a1'], patch: [{ op: 'add', path: '/data/pinned', value: false }] },
    ],
    seenBy: 'C',
    state: 'live',
    fields: { kind: 'note', text: 'one two', data: { pinned: false } },
  },
  {
    title: 'an edit concurrent with a deletion keeps the note',
    writes: [
      { name: 'a1', by: 'A', put: { kind: 'note', text: 'one' } },
      { name: 'a2', by: 'A', after: ['a1'], remove: true },
      { name: 'b1', by: 'B', after: ['a1'], patch: [{ op: 'add', path: '/text', value: 'one two' }] },
    ],
    seenBy: 'C',
    state: 'live',
    fields: { kind: 'note', text: 'one two' },
  },
  {
    title: 'a later deletion wins',
    writes: [
      { name: 'a1', by: 'A', put: { kind: 'note', text: 'one' } },
      { name: 'b1', by: 'B', after: ['a1'], remove: true },
    ],
    seenBy: 'A',
    state: 'tombstoned',
  },
];
