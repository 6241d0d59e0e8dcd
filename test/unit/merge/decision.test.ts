import { describe, expect, it } from 'vitest';
import type { ChangeId, CollectionName, RecordId } from '../../../src/base/ids.ts';
import type { JsonValue } from '../../../src/base/json.ts';
import type { Operation } from '../../../src/contract/operation.ts';
import { contentOf, forkIdOf, parseDecision } from '../../../src/merge/values/decision.ts';

describe('42a the decision that a command speaks', () => {
  it.each<[string, JsonValue]>([
    ['accept', { decision: 'accept', proposals: ['a'] }],
    ['reject', { decision: 'reject', proposals: ['a', 'b'] }],
    ['merge', { decision: 'merge', fields: { a: 1 }, proposals: ['a'] }],
    ['keep_both', { decision: 'keep_both', as: 'r2', proposals: ['a'] }],
    ['fork', { decision: 'fork', fields: {}, keepBoth: 'c', proposals: ['a'] }],
    ['undo', { decision: 'undo', undoes: ['c'] }],
  ])('%s is read as it is written', (_kind, value) => {
    expect(parseDecision(value)).toEqual(value);
  });

  it('an acceptance of a graph record says a path beside, which is none of its own', () => {
    const value = { decision: 'accept', path: '/a', proposals: ['a'] };
    expect(parseDecision(value)).toEqual({ decision: 'accept', proposals: ['a'] });
  });

  it.each<JsonValue>([
    null,
    'accept',
    [],
    {},
    { decision: 'maybe', proposals: ['a'] },
    { decision: ['accept'], proposals: ['a'] },
    { decision: 'accept' },
    { decision: 'accept', proposals: [] },
    { decision: 'accept', proposals: 'a' },
    { decision: 'accept', proposals: [1] },
    { decision: 'merge', proposals: ['a'] },
    { decision: 'merge', fields: null, proposals: ['a'] },
    { decision: 'merge', fields: [1], proposals: ['a'] },
    { decision: 'merge', fields: {}, proposals: ['a'], as: 'r2' },
    { decision: 'merge', fields: {}, proposals: [] },
    { decision: 'keep_both', proposals: ['a'] },
    { decision: 'keep_both', as: '', proposals: ['a'] },
    { decision: 'keep_both', as: 'a\n', proposals: ['a'] },
    { decision: 'keep_both', as: 'a'.repeat(513), proposals: ['a'] },
    { decision: 'keep_both', as: 'r2', proposals: ['a'], fields: {} },
    { decision: 'fork', fields: {}, proposals: ['a'] },
    { decision: 'fork', fields: {}, keepBoth: 1, proposals: ['a'] },
    { decision: 'fork', fields: {}, keepBoth: 'c', proposals: ['a'], more: 1 },
    { decision: 'undo' },
    { decision: 'undo', undoes: [] },
    { decision: 'undo', undoes: ['c'], proposals: ['a'] },
  ])('%j is none', (value) => {
    expect(parseDecision(value)).toBeUndefined();
  });
});

describe('what a change brings in', () => {
  it.each<[Operation, JsonValue, readonly (readonly [string, JsonValue])[]]>([
    ['put', { a: 1 }, [['', { a: 1 }]]],
    ['put', 5, []],
    [
      'patch',
      [
        { op: 'add', path: '/a', value: 's' },
        { op: 'remove', path: '/b' },
        { op: 'add', path: '/c', value: null },
      ],
      [
        ['/a', 's'],
        ['/c', null],
      ],
    ],
    ['patch', { yjs: 'AA' }, []],
    ['patch', [null, { op: 'add' }], []],
    ['tombstone', null, []],
    ['command', { decision: 'merge', fields: { a: 2 }, proposals: ['p'] }, [['', { a: 2 }]]],
    ['command', { decision: 'fork', fields: { a: 3 }, keepBoth: 'c', proposals: ['p'] }, [['', { a: 3 }]]],
    ['command', { decision: 'accept', proposals: ['p'] }, []],
    ['command', { decision: 'undo', undoes: ['c'] }, []],
  ])('%s %j', (operation, value, expected) => {
    expect(contentOf({ operation, value })).toEqual(expected.map(([path, one]) => ({ path, value: one })));
  });
});

describe('the id under which a proposal is kept beside its record', () => {
  const shell = 'shell' as CollectionName;
  const idOf = (id: string, ...proposals: string[]): string =>
    forkIdOf(shell, id as RecordId, proposals as unknown as ChangeId[]);

  it('follows from the record and what is forked, in whatever order', () => {
    expect(idOf('r1', 'a', 'b')).toBe(idOf('r1', 'b', 'a'));
    const ids = [
      idOf('r1', 'a'),
      idOf('r1', 'b'),
      idOf('r2', 'a'),
      forkIdOf('x' as CollectionName, 'r1' as RecordId, ['a' as ChangeId]),
    ];
    expect(new Set(ids).size).toBe(4);
  });

  it.each([
    ['r1', /^r1\.kept-[a-z2-7]{16}$/],
    ['bin/notes.md', /^bin\/notes\.kept-[a-z2-7]{16}\.md$/],
    ['.bashrc', /^\.bashrc\.kept-[a-z2-7]{16}$/],
    ['a/.profile', /^a\/\.profile\.kept-[a-z2-7]{16}$/],
    [`${'é'.repeat(250)}.json`, /^kept-[a-z2-7]{16}\.json$/],
  ])('%s keeps its ending and fits', (id, expected) => {
    expect(idOf(id, 'a')).toMatch(expected);
  });
});
