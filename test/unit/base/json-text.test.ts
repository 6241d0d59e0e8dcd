import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJsonText, placeOf } from '../../../src/base/json-text.ts';

describe('JSON written by people', () => {
  it.each([
    ['', 'json.syntax', '', 0],
    ['{', 'json.syntax', '', 1],
    ['{"a"}', 'json.syntax', '/a', 4],
    ['{"a":1,}', 'json.syntax', '', 7],
    ['[1,]', 'json.syntax', '/1', 3],
    ['[1 2]', 'json.syntax', '', 3],
    ['{"a":1} x', 'json.syntax', '', 8],
    ['"a', 'json.syntax', '', 0],
    ['"\\x"', 'json.syntax', '', 0],
    ['"a\nb"', 'json.syntax', '', 0],
    ['01', 'json.syntax', '', 1],
    ['-', 'json.syntax', '', 0],
    ['nul', 'json.syntax', '', 0],
    ['{"a":1,"b":{"c":1,"c":2}}', 'json.duplicate_key', '/b/c', 18],
    ['{"a":1,"\\u0061":2}', 'json.duplicate_key', '/a', 7],
    ['{"x":{"__proto__":{"admin":true}}}', 'json.forbidden_key', '/x/__proto__', 6],
    ['[1e400]', 'json.number', '/0', 1],
    ['{"a":[1,{"id":3791411052119578828}]}', 'json.number', '/a/1/id', 14],
    ['["\\ud800"]', 'json.surrogate', '/0', 1],
    ['{"\\udc00":1}', 'json.surrogate', '', 1],
    ['['.repeat(10_000), 'json.depth', '/0'.repeat(65), 65],
    [`${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`, 'json.depth', '/a'.repeat(65), 325],
  ])('%# is refused by %s', (text, rule, pointer, offset) => {
    const refused = parseJsonText(text);
    expect(refused).toMatchObject({ ok: false, error: [{ rule, pointer }] });
    expect(refused.ok ? -1 : refused.error[0]?.offset).toBe(offset);
  });

  it('knows where each value stood', () => {
    const text = '{\n  "a": [1,\n    {"b/c": true}]\n}';
    const offsets = new Map<string, number>();
    parseJsonText(text, offsets);
    expect([...offsets].map(([path, at]) => [path, placeOf(text, at)])).toEqual([
      ['', { line: 1, column: 1 }],
      ['/a', { line: 2, column: 8 }],
      ['/a/0', { line: 2, column: 9 }],
      ['/a/1', { line: 3, column: 5 }],
      ['/a/1/b~1c', { line: 3, column: 13 }],
    ]);
  });

  it('reads every JSON value as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.json({ noUnicodeString: false }), fc.boolean(), (text, indented) => {
        const value: unknown = JSON.parse(text);
        const written = indented ? JSON.stringify(value, null, 2) : text;
        const parsed = parseJsonText(written);
        fc.pre(parsed.ok || parsed.error.every(({ rule }) => rule === 'json.syntax'));
        expect(parsed.ok && parsed.value).toEqual(value);
      }),
      { numRuns: 500 },
    );
  });

  it('accepts nothing that JSON.parse refuses, and refuses nothing for its syntax that JSON.parse accepts', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ':',
      ',',
      '"a"',
      '"b"',
      '1',
      '-0.5e3',
      'true',
      'null',
      ' ',
      '"',
      '\\',
      '01',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('');
        const parsed = parseJsonText(text);
        fc.pre(parsed.ok || parsed.error.every(({ rule }) => rule === 'json.syntax'));
        expect(parsed.ok).toBe(isJson(text));
      }),
      { numRuns: 5_000 },
    );
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
