import type { MergeCase } from '../../src/merge/values/merge-case.ts';

export const cases: readonly MergeCase[] = [
  {
    title: 'an agent without tools is live everywhere',
    writes: [{ name: 'a1', by: 'A', put: { name: 'helper' } }],
    seenBy: 'B',
    state: 'live',
    fields: { name: 'helper' },
  },
  {
    title: 'tools wait for a yes as a whole change; what was live before stays',
    writes: [
      { name: 'a1', by: 'A', put: { name: 'helper' } },
      {
        name: 'a2',
        by: 'A',
        patch: [
          { op: 'add', path: '/tools', value: ['shell'] },
          { op: 'add', path: '/description', value: 'runs things' },
        ],
      },
    ],
    seenBy: 'B',
    state: 'live',
    fields: { name: 'helper' },
    reviews: 1,
  },
  {
    title: 'one yes counts on every device',
    writes: [
      { name: 'a1', by: 'A', put: { name: 'helper', trustTier: 'trusted' } },
      { name: 'b1', by: 'B', after: ['a1'], decide: 'accept' },
    ],
    seenBy: 'C',
    state: 'live',
    fields: { name: 'helper', trustTier: 'trusted' },
  },
  {
    title: 'a no takes it back where it was written',
    writes: [
      { name: 'a1', by: 'A', put: { name: 'helper' } },
      { name: 'a2', by: 'A', patch: [{ op: 'add', path: '/tools', value: ['shell'] }] },
      { name: 'b1', by: 'B', after: ['a1', 'a2'], decide: 'reject' },
    ],
    seenBy: 'A',
    state: 'live',
    fields: { name: 'helper' },
  },
  {
    title: 'two versions are never mixed: the later is live, and a person chooses',
    writes: [
      { name: 'a1', by: 'A', put: { name: 'helper' } },
      { name: 'a2', by: 'A', patch: [{ op: 'add', path: '/description', value: 'by A' }] },
      { name: 'b1', by: 'B', after: ['a1'], patch: [{ op: 'add', path: '/manifest', value: { by: 'B' } }] },
    ],
    seenBy: 'C',
    state: 'live',
    fields: { name: 'helper', manifest: { by: 'B' } },
    conflicts: 1,
  },
  {
    title: 'choosing the other version settles it everywhere',
    writes: [
      { name: 'a1', by: 'A', put: { name: 'helper' } },
      { name: 'a2', by: 'A', patch: [{ op: 'add', path: '/description', value: 'by A' }] },
      { name: 'b1', by: 'B', after: ['a1'], patch: [{ op: 'add', path: '/manifest', value: { by: 'B' } }] },
      { name: 'c1', by: 'C', after: ['a1', 'a2', 'b1'], decide: 'reject' },
    ],
    seenBy: 'B',
    state: 'live',
    fields: { name: 'helper', description: 'by A' },
  },
  {
    title: 'a deletion that met a change is live as the change until somebody decides',
    writes: [
      { name: 'a1', by: 'A', put: { name: 'helper' } },
      { name: 'a2', by: 'A', patch: [{ op: 'add', path: '/description', value: 'by A' }] },
      { name: 'b1', by: 'B', after: ['a1'], remove: true },
    ],
    seenBy: 'C',
    state: 'live',
    fields: { name: 'helper', description: 'by A' },
    conflicts: 1,
  },
  {
    title: 'a rule that denies is live everywhere; that it is gone waits',
    writes: [
      { name: 'a1', by: 'A', put: { kind: 'permission', app: 'claude', list: 'deny', name: 'Bash', value: 'Bash' } },
      { name: 'a2', by: 'A', after: ['a1'], remove: true },
    ],
    seenBy: 'B',
    state: 'live',
    fields: { kind: 'permission', app: 'claude', list: 'deny', name: 'Bash', value: 'Bash' },
    reviews: 1,
  },
  {
    title: 'a rule that allows waits',
    writes: [
      { name: 'a1', by: 'A', put: { kind: 'permission', app: 'claude', list: 'allow', name: 'Bash', value: 'Bash' } },
    ],
    seenBy: 'B',
    state: 'absent',
    reviews: 1,
  },
];
