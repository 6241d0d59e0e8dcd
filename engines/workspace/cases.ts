import type { JsonObject } from '../../src/base/json.ts';
import type { MergeCase } from '../../src/merge/values/merge-case.ts';

export const cases: readonly MergeCase[] = [
  {
    title: 'edits of different properties both hold',
    writes: [
      { name: 'a1', by: 'A', put: { kind: 'task', title: 'one', props: { owner: 'ann' } } },
      { name: 'a2', by: 'A', after: ['a1'], patch: [{ op: 'add', path: '/title', value: 'two' }] },
      { name: 'b1', by: 'B', after: ['a1'], patch: [{ op: 'add', path: '/props/owner', value: 'bob' }] },
    ],
    seenBy: 'C',
    state: 'live',
    fields: { kind: 'task', title: 'two', props: { owner: 'bob' } },
    conflicts: 0,
  },
  {
    title: 'edits of the same property leave one conflict',
    writes: [
      { name: 'a1', by: 'A', put: { kind: 'task', title: 'one' } },
      { name: 'a2', by: 'A', after: ['a1'], patch: [{ op: 'add', path: '/title', value: 'two' }] },
      { name: 'b1', by: 'B', after: ['a1'], patch: [{ op: 'add', path: '/title', value: 'three' }] },
    ],
    seenBy: 'A',
    state: 'live',
    conflicts: 1,
  },
  {
    title: 'edits of different lines of a file both hold',
    writes: [
      {
        name: 'a1',
        by: 'A',
        put: { kind: 'artifact', title: 'list', props: { path: 'list', text: 'one\ntwo\nthree\n' } },
      },
      { name: 'a2', by: 'A', after: ['a1'], patch: [{ op: 'add', path: '/props/text', value: 'ONE\ntwo\nthree\n' }] },
      { name: 'b1', by: 'B', after: ['a1'], patch: [{ op: 'add', path: '/props/text', value: 'one\ntwo\nTHREE\n' }] },
    ],
    seenBy: 'C',
    state: 'live',
    fields: { kind: 'artifact', title: 'list', props: { path: 'list', text: 'ONE\ntwo\nTHREE\n' } },
    conflicts: 0,
  },
  {
    title: 'edits of the same line of a file leave one conflict',
    writes: [
      {
        name: 'a1',
        by: 'A',
        put: { kind: 'artifact', title: 'list', props: { path: 'list', text: 'one\ntwo\nthree\n' } },
      },
      { name: 'a2', by: 'A', after: ['a1'], patch: [{ op: 'add', path: '/props/text', value: 'one\nhere\nthree\n' }] },
      { name: 'b1', by: 'B', after: ['a1'], patch: [{ op: 'add', path: '/props/text', value: 'one\nthere\nthree\n' }] },
    ],
    seenBy: 'A',
    state: 'live',
    conflicts: 1,
  },
  {
    title: 'a decision closes the conflict everywhere',
    writes: [
      { name: 'a1', by: 'A', put: { kind: 'task', title: 'one' } },
      { name: 'a2', by: 'A', after: ['a1'], patch: [{ op: 'add', path: '/title', value: 'two' }] },
      { name: 'b1', by: 'B', after: ['a1'], patch: [{ op: 'add', path: '/title', value: 'three' }] },
      { name: 'c1', by: 'C', after: ['a2', 'b1'], decide: 'accept' },
    ],
    seenBy: 'B',
    state: 'live',
    conflicts: 0,
  },
  {
    title: 'an update concurrent with a tombstone keeps the node',
    writes: [
      { name: 'a1', by: 'A', put: { kind: 'note', title: 'one' } },
      { name: 'a2', by: 'A', after: ['a1'], remove: true },
      { name: 'b1', by: 'B', after: ['a1'], patch: [{ op: 'add', path: '/title', value: 'two' }] },
    ],
    seenBy: 'C',
    state: 'live',
    fields: { kind: 'note', title: 'two' },
    conflicts: 1,
  },
  {
    title: 'a later tombstone wins',
    writes: [
      { name: 'a1', by: 'A', put: { kind: 'note', title: 'one' } },
      { name: 'b1', by: 'B', after: ['a1'], remove: true },
    ],
    seenBy: 'A',
    state: 'tombstoned',
    conflicts: 0,
  },
  {
    title: 'an automation edge of another device waits for approval',
    writes: [
      { name: 'a1', by: 'A', put: { kind: 'repo', title: 'r' } },
      {
        name: 'b1',
        by: 'B',
        after: ['a1'],
        patch: [{ op: 'add', path: '/edges', value: { e1: { type: 'automation', to: 'agents/x' } } }],
      },
    ],
    seenBy: 'A',
    state: 'live',
    fields: { kind: 'repo', title: 'r', edges: {} },
    reviews: 1,
  },
  {
    title: 'an accepted automation edge is live',
    writes: [
      { name: 'a1', by: 'A', put: { kind: 'repo', title: 'r' } },
      {
        name: 'b1',
        by: 'B',
        after: ['a1'],
        patch: [{ op: 'add', path: '/edges', value: { e1: { type: 'automation', to: 'agents/x' } } }],
      },
      { name: 'a2', by: 'A', after: ['b1'], decide: 'accept' },
    ],
    seenBy: 'C',
    state: 'live',
    fields: { kind: 'repo', title: 'r', edges: { e1: { type: 'automation', to: 'agents/x' } } },
    reviews: 0,
  },
  {
    title: 'a second edit of an edge that waits is held back with it',
    writes: [
      { name: 'a1', by: 'A', put: { kind: 'repo', title: 'r', edges: {} } },
      { name: 'b1', by: 'B', after: ['a1'], patch: [{ op: 'add', path: '/edges/e1', value: automation('agents/x') }] },
      { name: 'b2', by: 'B', after: ['b1'], patch: [{ op: 'add', path: '/edges/e1/to', value: 'agents/y' }] },
    ],
    seenBy: 'A',
    state: 'live',
    fields: { kind: 'repo', title: 'r', edges: {} },
    reviews: 1,
  },
  {
    title: 'accepting an edge takes in every edit of it that waited',
    writes: [
      { name: 'a1', by: 'A', put: { kind: 'repo', title: 'r', edges: {} } },
      { name: 'b1', by: 'B', after: ['a1'], patch: [{ op: 'add', path: '/edges/e1', value: automation('agents/x') }] },
      { name: 'b2', by: 'B', after: ['b1'], patch: [{ op: 'add', path: '/edges/e1/to', value: 'agents/y' }] },
      { name: 'a2', by: 'A', after: ['b2'], decide: 'accept' },
    ],
    seenBy: 'A',
    state: 'live',
    fields: { kind: 'repo', title: 'r', edges: { e1: automation('agents/y') } },
    reviews: 0,
  },
  {
    title: 'what was approved once and replaced since waits again when it comes back',
    writes: [
      { name: 'a1', by: 'A', put: { kind: 'repo', title: 'r', edges: { e1: automation('agents/x') } } },
      { name: 'a2', by: 'A', after: ['a1'], patch: [{ op: 'add', path: '/edges/e1/to', value: 'agents/y' }] },
      { name: 'b1', by: 'B', after: ['a2'], patch: [{ op: 'add', path: '/edges/e1/to', value: 'agents/z' }] },
      { name: 'b2', by: 'B', after: ['b1'], patch: [{ op: 'add', path: '/edges/e1/to', value: 'agents/x' }] },
    ],
    seenBy: 'A',
    state: 'live',
    fields: { kind: 'repo', title: 'r', edges: { e1: automation('agents/y') } },
    reviews: 1,
  },
];

function automation(to: string): JsonObject {
  return { type: 'automation', to };
}
