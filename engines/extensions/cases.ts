import type { MergeCase } from '../../src/merge/values/merge-case.ts';

export const cases: readonly MergeCase[] = [
  {
    title: 'another device sees a proposal and nothing live',
    writes: [{ name: 'a1', by: 'A', put: { host: 'vscode', extensionId: 'a.b', version: '1.0.0', enabled: true } }],
    seenBy: 'B',
    state: 'absent',
    reviews: 1,
  },
  {
    title: 'the author has it live at once',
    writes: [{ name: 'a1', by: 'A', put: { host: 'vscode', extensionId: 'a.b', version: '1.0.0', enabled: true } }],
    seenBy: 'A',
    state: 'live',
    fields: { host: 'vscode', extensionId: 'a.b', version: '1.0.0', enabled: true },
  },
  {
    title: 'accepting makes it live on a device that did not review it',
    writes: [
      { name: 'a1', by: 'A', put: { host: 'vscode', extensionId: 'a.b', version: '1.0.0', enabled: true } },
      { name: 'b1', by: 'B', after: ['a1'], decide: 'accept' },
    ],
    seenBy: 'C',
    state: 'live',
    fields: { host: 'vscode', extensionId: 'a.b', version: '1.0.0', enabled: true },
  },
  {
    title: 'a rejection leaves it live at its author, who is asked',
    writes: [
      { name: 'a1', by: 'A', put: { host: 'vscode', extensionId: 'a.b', version: '1.0.0', enabled: true } },
      { name: 'b1', by: 'B', after: ['a1'], decide: 'accept' },
      { name: 'a2', by: 'A', after: ['b1'], patch: [{ op: 'add', path: '/version', value: '1.1.0' }] },
      { name: 'c1', by: 'C', after: ['a2'], decide: 'reject' },
    ],
    seenBy: 'A',
    state: 'live',
    fields: { host: 'vscode', extensionId: 'a.b', version: '1.1.0', enabled: true },
    reviews: 1,
  },
  {
    title: 'an author who gives in to a rejection has again what was accepted',
    writes: [
      { name: 'a1', by: 'A', put: { host: 'vscode', extensionId: 'a.b', version: '1.0.0', enabled: true } },
      { name: 'b1', by: 'B', after: ['a1'], decide: 'accept' },
      { name: 'a2', by: 'A', after: ['b1'], patch: [{ op: 'add', path: '/version', value: '1.1.0' }] },
      { name: 'c1', by: 'C', after: ['a2'], decide: 'reject' },
      { name: 'a3', by: 'A', after: ['c1'], decide: 'accept' },
    ],
    seenBy: 'A',
    state: 'live',
    fields: { host: 'vscode', extensionId: 'a.b', version: '1.0.0', enabled: true },
  },
  {
    title: 'an accepted change replaces the field everywhere',
    writes: [
      { name: 'a1', by: 'A', put: { host: 'vscode', extensionId: 'a.b', version: '1.0.0', enabled: true } },
      { name: 'b1', by: 'B', after: ['a1'], decide: 'accept' },
      { name: 'a2', by: 'A', after: ['b1'], patch: [{ op: 'add', path: '/version', value: '1.1.0' }] },
      { name: 'c1', by: 'C', after: ['a2'], decide: 'accept' },
    ],
    seenBy: 'B',
    state: 'live',
    fields: { host: 'vscode', extensionId: 'a.b', version: '1.1.0', enabled: true },
  },
  {
    title: 'a removal on one machine waits on the others, and is none of their own',
    writes: [
      { name: 'a1', by: 'A', put: { host: 'vscode', extensionId: 'a.b', version: '1.0.0', enabled: true } },
      { name: 'b1', by: 'B', after: ['a1'], decide: 'accept' },
      { name: 'a2', by: 'A', after: ['b1'], remove: true },
    ],
    seenBy: 'B',
    state: 'live',
    reviews: 1,
  },
  {
    title: 'what was removed stays removed, also for a machine that saw nothing of it before',
    writes: [
      { name: 'a1', by: 'A', put: { host: 'vscode', extensionId: 'a.b', version: '1.0.0', enabled: true } },
      { name: 'b1', by: 'B', after: ['a1'], decide: 'accept' },
      { name: 'a2', by: 'A', after: ['b1'], remove: true },
      { name: 'b2', by: 'B', after: ['a2'], decide: 'accept' },
    ],
    seenBy: 'C',
    state: 'tombstoned',
  },
];
