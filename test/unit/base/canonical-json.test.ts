import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../src/base/bytes.ts';
import {
  canonicalBytes,
  canonicalText,
  maximumDepth,
  nestingDepth,
  parseCanonical,
  parseCanonicalIntegers,
} from '../../../src/base/canonical-json.ts';
import type { JsonValue } from '../../../src/base/json.ts';

const key = fc.oneof(
  fc.string(),
  fc.constantFrom('10', '9', '1', 'a', 'B', '__proto__', 'toJSON', '\u20ac', '\ufb33', '\ud83d\ude00'),
);
const anyJson = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<JsonValue>(null, true, false, 0, -0, 1e21, 1e-7, 0.1, 333333333.3333333),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.string({ unit: 'binary' }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(key, tie('value')), { maxLength: 5 }).map((entries) => Object.fromEntries(entries) as JsonValue),
  ),
})).value;

describe('canonical JSON', () => {
  it('is what the reference implementation of RFC 8785 writes', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        expect(canonicalText(value)).toBe(canonicalize(value));
      }),
      { numRuns: 3000 },
    );
  });

  it('is parsed back, and is the only text that is', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        expect(parseCanonical(canonicalBytes(value)).ok).toBe(true);
        const indented = JSON.stringify(value, null, 1);
        expect(parseCanonical(utf8(indented)).ok).toBe(indented === canonicalText(value));
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['duplicate key', '{"a":1,"a":1}', 'not_canonical'],
    ['keys out of order', '{"b":1,"a":1}', 'not_canonical'],
    ['numeric keys out of order', '{"9":1,"10":1}', 'not_canonical'],
    ['white space', '{ }', 'not_canonical'],
    ['number spelt otherwise', '1.0', 'not_canonical'],
    ['minus zero', '-0', 'not_canonical'],
    ['needless escape', '"\\u0061"', 'not_canonical'],
    ['lone surrogate', '"\\ud800"', 'not_well_formed'],
    ['lone surrogate as a key', '{"\\udc00":1}', 'not_well_formed'],
    ['infinite', '1e400', 'not_well_formed'],
    ['not JSON', '{', 'not_json'],
    ['byte order mark', '\ufeff{}', 'not_json'],
    ['too deep', '['.repeat(65) + ']'.repeat(65), 'too_deep'],
    ['far too deep', '{"a":'.repeat(100_000), 'too_deep'],
  ])('refuses %s', (_name, text, fault) => {
    expect(parseCanonical(utf8(text))).toEqual({ ok: false, error: fault });
  });

  it.each(['{"10":1,"9":1}', '{"__proto__":{"a":1}}', '{"toJSON":1}', '"\ud83d\ude00"', '0.1', '[[],{}]', '"[[[\\"{"'])(
    'accepts %s',
    (text) => {
      expect(parseCanonical(utf8(text)).ok).toBe(true);
    },
  );

  it('tells integers', () => {
    expect(parseCanonicalIntegers(utf8('{"a":[1,{"b":-5}]}')).ok).toBe(true);
    expect(parseCanonicalIntegers(utf8('{"a":[1,{"b":0.5}]}'))).toEqual({ ok: false, error: 'not_integer' });
    expect(parseCanonicalIntegers(utf8('9007199254740992'))).toEqual({ ok: false, error: 'not_integer' });
  });

  it('refuses invalid UTF-8', () => {
    expect(parseCanonical(new Uint8Array([0x22, 0xc0, 0x22]))).toEqual({ ok: false, error: 'not_utf8' });
  });

  it('counts depth outside strings only', () => {
    expect(nestingDepth('{"a":["[[[\\"{"]}')).toBe(2);
    expect(parseCanonical(utf8('['.repeat(maximumDepth) + ']'.repeat(maximumDepth))).ok).toBe(true);
    const wide = `[${Array.from({ length: 500 }, () => '{}').join(',')}]`;
    expect(parseCanonical(utf8(wide)).ok).toBe(true);
  });

  it('finds a value without canonical text to be a bug', () => {
    expect(() => canonicalText('\ud800')).toThrow();
    expect(() => canonicalText(Number.NaN)).toThrow();
    expect(() => canonicalText(undefined as unknown as JsonValue)).toThrow('believed');
  });
});
