import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../src/base/bytes.ts';
import { parseExact } from '../../../src/base/parse-exact.ts';

function wordsOf(input: string | Uint8Array): string {
  const parsed = parseExact(input);
  return parsed.ok ? '' : parsed.error;
}

describe('JSON that would not stay what it is', () => {
  it.each<[string | Uint8Array, RegExp]>([
    ['{"a":\n 1e400}', /^At \/a \(line 2, column 2\): The number 1e400 is larger than any.*as text, in quotes/],
    ['[1e-400]', /^At \/0 .*1e-400 would become 0/],
    ['[-0]', /-0 would become 0/],
    ['[3.14159265358979323846]', /would be rounded to 3\.141592653589793\./],
    [`[1${'0'.repeat(500)}]`, /The number 10{39}… is larger/],
    ['{"a":1,"b":2,"a":3}', /^At \/a \(line 1, column 14\).*second time.*line 1, column 2\. Keep one/],
    ['{"a":1,}', /^At line 1, column 8: It is not JSON from here on/],
    [Uint8Array.of(0x22, 0xff, 0x22), /not UTF-8/],
    [utf8('\ufeff{}'), /byte order mark/],
  ])('%#: is told with its place and what to do', (input, words) => {
    expect(wordsOf(input)).toMatch(words);
  });

  it('a name that is endless, or that a terminal would obey, is not repeated as it is', () => {
    const name = `\\u001b[2J${'x'.repeat(100_000)}`;
    const words = wordsOf(`{"${name}":1e400}`);
    expect(words.length).toBeLessThan(600);
    expect(words).toContain('/\ufffd[2Jxxx');
  });
});

it('what stays what it is comes back', () => {
  expect(parseExact(utf8('{"a":[0.1,-2,true,null,"\u00e9"],"constructor":{"prototype":1}}'))).toEqual({
    ok: true,
    value: { a: [0.1, -2, true, null, '\u00e9'], constructor: { prototype: 1 } },
  });
});
