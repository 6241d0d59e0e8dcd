import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/base/json.ts';
import { mergeThreeWay } from '../../../src/merge/texts/three-way.ts';

type Row = readonly [
  what: string,
  base: unknown,
  live: unknown,
  proposed: unknown,
  fields: unknown,
  conflicts: string[],
];

const lines = (...text: readonly string[]): string => text.map((line) => `${line}\n`).join('');

const table: readonly Row[] = [
  ['nothing anywhere', {}, {}, {}, {}, []],
  ['only live changed', { a: 1 }, { a: 2 }, { a: 1 }, { a: 2 }, []],
  ['only the proposal changed', { a: 1 }, { a: 1 }, { a: 2 }, { a: 2 }, []],
  ['both changed to the same', { a: 1 }, { a: 2 }, { a: 2 }, { a: 2 }, []],
  ['both changed, each in its way', { a: 1 }, { a: 2 }, { a: 3 }, { a: 2 }, ['/a']],
  ['each changed another member', { a: 1, b: 1 }, { a: 2, b: 1 }, { a: 1, b: 2 }, { a: 2, b: 2 }, []],
  ['each added another member', {}, { a: 1 }, { b: 2 }, { a: 1, b: 2 }, []],
  ['both added the same member with other values', {}, { a: 1 }, { a: 2 }, { a: 1 }, ['/a']],
  ['both began anew with parts of one object', {}, { o: { a: 1 } }, { o: { b: 2 } }, { o: { a: 1, b: 2 } }, []],
  ['live removed, the proposal left alone', { a: 1 }, {}, { a: 1 }, {}, []],
  ['the proposal removed, live left alone', { a: 1 }, { a: 1 }, {}, {}, []],
  ['both removed', { a: 1 }, {}, {}, {}, []],
  ['live removed, the proposal changed', { a: 1 }, {}, { a: 2 }, {}, ['/a']],
  ['the proposal removed, live changed', { a: 1 }, { a: 2 }, {}, { a: 2 }, ['/a']],
  ['inside of objects', { o: { a: 1, b: 1 } }, { o: { a: 2, b: 1 } }, { o: { a: 1, b: 2 } }, { o: { a: 2, b: 2 } }, []],
  ['one place inside of objects', { o: { a: 1 } }, { o: { a: 2 } }, { o: { a: 3 } }, { o: { a: 2 } }, ['/o/a']],
  ['an object against a value', { o: { a: 1 } }, { o: 5 }, { o: { a: 2 } }, { o: 5 }, ['/o']],
  ['lists are whole', { l: [1] }, { l: [1, 2] }, { l: [0, 1] }, { l: [1, 2] }, ['/l']],
  ['numbers and null are no text', { n: 1 }, { n: null }, { n: '1' }, { n: null }, ['/n']],
  [
    'names are escaped as in JSON Pointer',
    { 'a/b~c': 1 },
    { 'a/b~c': 2 },
    { 'a/b~c': 3 },
    { 'a/b~c': 2 },
    ['/a~1b~0c'],
  ],
  [
    'other lines of one text',
    { t: lines('a', 'b', 'c') },
    { t: lines('A', 'b', 'c') },
    { t: lines('a', 'b', 'C') },
    { t: lines('A', 'b', 'C') },
    [],
  ],
  [
    'the same line of one text',
    { t: lines('a', 'b') },
    { t: lines('a', 'x') },
    { t: lines('a', 'y') },
    { t: lines('a', 'x') },
    ['/t'],
  ],
  [
    'the same line to the same text',
    { t: lines('a', 'b', 'c') },
    { t: lines('x', 'b', 'c') },
    { t: lines('x', 'b', 'z') },
    { t: lines('x', 'b', 'z') },
    [],
  ],
  [
    'text on one side and bytes on the other',
    { o: { t: lines('a', 'b') } },
    { o: { t: lines('a', 'b', 'c') } },
    { o: { t: 'YWI=', encoding: 'base64' } },
    { o: { t: lines('a', 'b', 'c') } },
    ['/o'],
  ],
  [
    'bytes that became text on one side',
    { t: 'YWI=', encoding: 'base64' },
    { t: 'YWM=', encoding: 'base64' },
    { t: lines('a') },
    { t: 'YWM=', encoding: 'base64' },
    [''],
  ],
  ['a last line without its end', { t: 'a\nb\nc' }, { t: 'A\nb\nc' }, { t: 'a\nb\nC' }, { t: 'A\nb\nC' }, []],
  [
    'every conflict is told',
    { a: 1, b: 1, c: 1 },
    { a: 2, b: 2, c: 2 },
    { a: 3, b: 2, c: 3 },
    { a: 2, b: 2, c: 2 },
    ['/a', '/c'],
  ],
];

describe('a three-way merge', () => {
  it.each(table)('44 %s', (_what, base, live, proposed, fields, conflicts) => {
    const merged = mergeThreeWay(base as JsonObject, live as JsonObject, proposed as JsonObject);
    expect(merged).toEqual({ fields, conflicts });
  });

  it('44 a member called __proto__ is a member like any other', () => {
    const proposed = JSON.parse('{"__proto__": {"a": 1}}') as JsonObject;
    const { fields } = mergeThreeWay({}, { b: 2 }, proposed);
    expect(JSON.stringify(fields)).toBe('{"b":2,"__proto__":{"a":1}}');
  });

  const value = fc.oneof(fc.nat(2), fc.constantFrom('a\n', 'b\n', 'a\nb\n'), fc.array(fc.nat(1), { maxLength: 2 }));
  const object = fc.dictionary(
    fc.constantFrom('a', 'b'),
    fc.oneof(value, fc.dictionary(fc.constantFrom('x', 'y'), value)),
  );

  it('44 law: of whom changed nothing nothing stays, and which side is live tells only what stands in a conflict', () => {
    fc.assert(
      fc.property(object, object, object, (base, left, right) => {
        expect(mergeThreeWay(base, left, base)).toEqual({ fields: left, conflicts: [] });
        expect(mergeThreeWay(base, base, right)).toEqual({ fields: right, conflicts: [] });
        expect(mergeThreeWay(base, left, left)).toEqual({ fields: left, conflicts: [] });
        const [one, other] = [mergeThreeWay(base, left, right), mergeThreeWay(base, right, left)];
        expect([...one.conflicts].sort()).toEqual([...other.conflicts].sort());
        if (one.conflicts.length === 0) {
          expect(one.fields).toEqual(other.fields);
        }
      }),
      { numRuns: 500 },
    );
  });
});
