import type { JsonObject } from '../../src/base/json.ts';
import type { MergeCase } from '../../src/merge/values/merge-case.ts';

function policy(generation: number, rules: JsonObject): JsonObject {
  return { layer: 'org', generation, rules };
}

const deny = { kind: 'decision', value: 'deny' };
const allow = { kind: 'decision', value: 'allow' };

export const cases: readonly MergeCase[] = [
  {
    title: 'a document is live at once, on every device',
    writes: [{ name: 'a1', by: 'A', put: policy(1, { 'write.shell': deny }) }],
    seenBy: 'B',
    state: 'live',
    fields: policy(1, { 'write.shell': deny }),
  },
  {
    title: 'a higher generation replaces, also by a weaker rule',
    writes: [
      { name: 'a1', by: 'A', put: policy(1, { 'write.shell': deny }) },
      { name: 'b1', by: 'B', after: ['a1'], put: policy(2, { 'write.shell': allow }) },
    ],
    seenBy: 'A',
    state: 'live',
    fields: policy(2, { 'write.shell': allow }),
  },
  {
    title: 'equal generations join: the stronger rule of each key holds',
    writes: [
      { name: 'a1', by: 'A', put: policy(1, { 'write.shell': deny, 'write.memory': allow }) },
      { name: 'b1', by: 'B', put: policy(1, { 'write.shell': allow, 'engine.models': deny }) },
    ],
    seenBy: 'C',
    state: 'live',
    fields: policy(1, { 'engine.models': deny, 'write.memory': allow, 'write.shell': deny }),
  },
  {
    title: 'a lower generation that arrives later has no effect',
    writes: [
      { name: 'a1', by: 'A', put: policy(3, { 'write.shell': deny }) },
      { name: 'b1', by: 'B', put: policy(2, { 'write.shell': allow }) },
    ],
    seenBy: 'A',
    state: 'live',
    fields: policy(3, { 'write.shell': deny }),
  },
  {
    title: 'the highest of three that were written apart holds',
    writes: [
      { name: 'a1', by: 'A', put: policy(1, { 'write.shell': deny }) },
      { name: 'b1', by: 'B', put: policy(2, {}) },
      { name: 'c1', by: 'C', put: policy(2, { 'write.browser': deny }) },
    ],
    seenBy: 'A',
    state: 'live',
    fields: policy(2, { 'write.browser': deny }),
  },
  {
    title: 'the next generation ends a disagreement of kinds',
    writes: [
      { name: 'a1', by: 'A', put: policy(1, { 'app.limit': { kind: 'max', value: 3 } }) },
      { name: 'b1', by: 'B', put: policy(1, { 'app.limit': { kind: 'min', value: 3 } }) },
      { name: 'a2', by: 'A', after: ['b1'], put: policy(2, { 'app.limit': { kind: 'max', value: 2 } }) },
    ],
    seenBy: 'C',
    state: 'live',
    fields: policy(2, { 'app.limit': { kind: 'max', value: 2 } }),
  },
  {
    title: 'two kinds for one key allow nothing',
    writes: [
      { name: 'a1', by: 'A', put: policy(1, { 'app.limit': { kind: 'max', value: 3 } }) },
      { name: 'b1', by: 'B', put: policy(1, { 'app.limit': { kind: 'min', value: 3 } }) },
    ],
    seenBy: 'C',
    state: 'live',
    fields: policy(1, { 'app.limit': { kind: 'decision', value: null } }),
  },
  {
    title: 'documents of two layers under one id are of the outer one',
    writes: [
      { name: 'a1', by: 'A', put: { layer: 'repo', generation: 1, rules: {} } },
      { name: 'b1', by: 'B', put: { layer: 'org', generation: 1, rules: { 'write.shell': deny } } },
    ],
    seenBy: 'C',
    state: 'live',
    fields: policy(1, { 'write.shell': deny }),
  },
  {
    title: 'a patch of a rule is written as the whole document',
    writes: [
      { name: 'a1', by: 'A', put: policy(1, { 'write.shell': deny }) },
      {
        name: 'a2',
        by: 'A',
        patch: [
          { op: 'add', path: '/generation', value: 2 },
          { op: 'add', path: '/rules/write.memory', value: deny },
        ],
      },
    ],
    seenBy: 'B',
    state: 'live',
    fields: policy(2, { 'write.shell': deny, 'write.memory': deny }),
  },
  {
    title: 'a lower generation is not written where a higher one is known',
    writes: [
      { name: 'a1', by: 'A', put: policy(3, { 'write.shell': deny }) },
      { name: 'a2', by: 'A', put: policy(2, {}) },
    ],
    seenBy: 'A',
    state: 'live',
    fields: policy(3, { 'write.shell': deny }),
    refusal: 'local_policy_stronger/generation_lower',
  },
  {
    title: 'a document is not removed',
    writes: [
      { name: 'a1', by: 'A', put: policy(1, {}) },
      { name: 'a2', by: 'A' },
    ],
    seenBy: 'A',
    state: 'live',
    refusal: 'policy_denied/immutable_entry',
  },
  {
    title: 'a rule that this build does not know is not written here',
    writes: [{ name: 'a1', by: 'A', put: policy(1, { 'wirte.shell': deny }) }],
    seenBy: 'A',
    state: 'none',
    refusal: 'schema_unknown/record_invalid',
  },
];
