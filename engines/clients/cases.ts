import type { JsonObject } from '../../src/base/json.ts';
import type { MergeCase } from '../../src/merge/values/merge-case.ts';

const desk: JsonObject = { label: 'desk', platform: 'linux', appVersion: '1', publicKeys: { sign: 's', box: 'b' } };

export const cases: readonly MergeCase[] = [
  {
    title: 'public keys of a new client wait on other devices',
    writes: [{ name: 'a1', by: 'A', put: desk }],
    seenBy: 'B',
    state: 'absent',
    reviews: 1,
  },
  {
    title: 'once they are accepted, what is harmless is live at once',
    writes: [
      { name: 'a1', by: 'A', put: desk },
      { name: 'b1', by: 'B', after: ['a1'], decide: 'accept' },
      { name: 'a2', by: 'A', after: ['b1'], patch: [{ op: 'add', path: '/appVersion', value: '2' }] },
    ],
    seenBy: 'C',
    state: 'live',
    fields: { ...desk, appVersion: '2' },
  },
];
