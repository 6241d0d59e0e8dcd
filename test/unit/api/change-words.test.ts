import { describe, expect, it } from 'vitest';
import { changeSummary } from '../../../src/api/answers/change-words.ts';
import type { Operation } from '../../../src/contract/operation.ts';
import type { JsonObject, JsonValue } from '../../../src/base/json.ts';

const engine = { summarize: (fields: JsonObject) => `record ${String(fields['title'])}` };
const add = (path: string): JsonObject => ({ op: 'add', path, value: 1 });

const cases: readonly (readonly [Operation, JsonValue, string])[] = [
  ['put', { title: 'one' }, 'record one'],
  ['put', { yjs: 'AAAA' }, 'edited the document'],
  ['put', 'no fields', 'wrote it'],
  ['patch', [add('/a'), add('/b')], 'set /a, /b'],
  ['patch', ['/a', '/b', '/c', '/d', '/e'].map(add), 'set /a, /b, /c and 2 more'],
  ['patch', [], 'confirmed it as it was'],
  ['patch', { not: 'a patch' }, 'edited it'],
  ['tombstone', null, 'deleted it'],
  ['delete', null, 'deleted it'],
  ['command', { decision: 'accept', proposals: ['x'] }, 'decided: accept of 1 change'],
  ['command', { decision: 'reject', proposals: ['x', 'y'] }, 'decided: reject of 2 changes'],
  ['command', null, 'decided: something else of 0 changes'],
];

describe('a change in words', () => {
  it.each(cases)('%s of %j: %s', (operation, value, words) => {
    expect(changeSummary(engine, { operation, value })).toBe(words);
  });
});
