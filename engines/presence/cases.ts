import type { MergeCase } from '../../src/merge/values/merge-case.ts';

export const cases: readonly MergeCase[] = [
  {
    title: 'insertions of two writers both stand',
    writes: [
      { name: 'a1', by: 'A', put: { kind: 'note', text: 'middle' } },
      { name: 'a2', by: 'A', after: ['a1'], patch: [{ op: 'add', path: '/text', value: 'start middle' }] },
      { name: 'b1', by: 'B', after: ['a1'], patch: [{ op: 'add', path: '/text', value: 'middle end' }] },
    ],
    seenBy: 'C',
    state: 'live',
    fields: { kind: 'note', text: 'start middle end' },
  },
  {
    title: 'members of data merge one by one',
    writes: [
      { name: 'a1', by: 'A', put: { kind: 'cursor', data: { x: 1, y: 1 } } },
      { name: 'a2', by: 'A', after: ['a1'], patch: [{ op: 'add', path: '/data/x', value: 2 }] },
      { name: 'b1', by: 'B', after: ['a1'], patch: [{ op: 'add', path: '/data/y', value: 3 }] },
    ],
    seenBy: 'C',
    state: 'live',
    fields: { kind: 'cursor', data: { x: 2, y: 3 } },
  },
  {
    title: 'an update concurrent with a tombstone keeps the record',
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
    title: 'a later tombstone wins',
    writes: [
      { name: 'a1', by: 'A', put: { kind: 'note', text: 'one' } },
      { name: 'b1', by: 'B', after: ['a1'], remove: true },
    ],
    seenBy: 'A',
    state: 'tombstoned',
  },
];
