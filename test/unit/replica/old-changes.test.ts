import { expect, it } from 'vitest';
import type { JsonObject } from '../../../src/base/json.ts';
import { last, setupPair } from '../../helpers/setup-pair.ts';

const place = ['shell', 's'] as const;
const alias = (body: string): JsonObject => ({ kind: 'alias', name: 'll', body });

it('42e what a merge of before an upgrade approved stays approved after it, and what comes then waits', () => {
  const { a, b, exchange } = setupPair();
  a.put(place, alias('ls'));
  exchange();
  b.replica.decide([last(b.reviews()).id], 'accept');
  exchange();
  a.patch(place, { op: 'add', path: '/body', value: 'ls -l' });
  exchange();
  b.replica.decide([last(b.reviews()).id], 'merge', alias('ls -lh'));
  exchange();
  for (const device of [a, b]) {
    device.disk.settings.remove('reviews.laws_since');
    device.restart();
  }
  b.patch(place, { op: 'add', path: '/name', value: 'lll' });
  exchange();
  expect(a.fields(place)).toEqual(alias('ls -lh'));
  expect(a.reviews().map(({ alternatives }) => alternatives[1]?.value)).toEqual([{ ...alias('ls -lh'), name: 'lll' }]);
  a.replica.decide([last(a.reviews()).id], 'accept');
  exchange();
  a.restart();
  b.patch(place, { op: 'add', path: '/body', value: 'ls -a' });
  exchange();
  expect(a.fields(place)).toEqual({ ...alias('ls -lh'), name: 'lll' });
});
