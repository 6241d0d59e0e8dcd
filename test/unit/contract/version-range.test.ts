import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseWantedVersion, takesVersion } from '../../../src/contract/version-range.ts';

function takes(wanted: string, version: string): boolean | string {
  const parsed = parseWantedVersion(wanted);
  return parsed.ok ? takesVersion(parsed.value, version) : parsed.error;
}

describe('a wanted version', () => {
  it.each<[wanted: string, taken: readonly string[], refused: readonly string[]]>([
    ['1.4.0', ['1.4.0', '1.4.0+build'], ['1.4.1', '1.4.0-rc.1', '1.4', 'v1.4.0']],
    ['=1.4.0', ['1.4.0', '1.4.0+build'], ['1.4.1', '1.4.0-rc.1', '1.4']],
    ['1.2.3.4', ['1.2.3.4'], ['1.2.3.5', '1.2.3']],
    ['latest', ['latest'], ['1.0.0']],
    ['2', ['2'], ['2.0.0', '2.1.0']],
    ['=2', ['2.0.0', '2.9.9'], ['3.0.0', '3.0.0-rc.1', '2']],
    ['>=2 <3', ['2.0.0', '2.9.9'], ['1.9.9', '3.0.0', '3.0.0-rc.1', '2.1.0-rc.1', '2', 'latest', '']],
    ['>= 2   < 3', ['2.0.0', '2.9.9'], ['3.0.0']],
    ['>1.2', ['1.3.0', '2.0.0'], ['1.2.9']],
    ['>1.2.3', ['1.2.4'], ['1.2.3', '1.2.3+build']],
    ['<=1.2', ['1.2.9', '0.1.0'], ['1.3.0']],
    ['<=1.2.3', ['1.2.3'], ['1.2.4']],
    ['^1.2.3', ['1.2.3', '1.9.0'], ['1.2.2', '2.0.0', '2.0.0-rc.1']],
    ['^2', ['2.0.0', '2.7.1'], ['1.4.0', '3.0.0']],
    ['^0.2.3', ['0.2.3', '0.2.9'], ['0.3.0', '0.2.2']],
    ['^0.0.3', ['0.0.3'], ['0.0.4']],
    ['^0.0', ['0.0.9'], ['0.1.0']],
    ['^0', ['0.9.9'], ['1.0.0']],
    ['~1.4', ['1.4.0', '1.4.9'], ['1.5.0']],
    ['~1.4.2', ['1.4.2'], ['1.4.1', '1.5.0']],
    ['~1', ['1.9.9'], ['2.0.0']],
    [
      '^1.2.3-beta.2',
      ['1.2.3-beta.2', '1.2.3-beta.10', '1.2.3', '1.3.0'],
      ['1.2.3-beta.1', '1.2.3-alpha', '1.3.0-beta.3'],
    ],
    ['>1.0.0-rc.1', ['1.0.0-rc.2', '1.0.0-rc.1.1', '1.0.0-rc.a', '1.0.0'], ['1.0.0-rc.1', '1.0.0-rc.0', '1.0.0-9']],
  ])('93 %s', (wanted, taken, refused) => {
    expect(taken.filter((version) => takes(wanted, version) !== true)).toEqual([]);
    expect(refused.filter((version) => takes(wanted, version) !== false)).toEqual([]);
  });

  it.each<[what: string, wanted: string, words: RegExp]>([
    ['nothing', '', /visible characters/],
    ['a blank at its end', '^2 ', /visible characters/],
    ['what breaks the line', '^2\n', /visible characters/],
    ['129 characters', '9'.repeat(129), /1 to 128/],
    ['a comparator of nothing', '>=', /no range/],
    ['comparators of words', '^latest', /no range/],
    ['a nought before a number', '^01.2.3', /no range/],
    ['a number beyond any', `^${'9'.repeat(40)}`, /no range/],
    ['four numbers', '>=1.2.3.4', /no range/],
    ['two versions without a comparator', '1.2.3 1.2.4', /no range/],
    ['alternatives', '^1 || ^2', /no range/],
    ['a part left open', '^1.x', /no range/],
    ['an empty identifier', '^1.2.3-a..b', /no range/],
    ['nine comparators', Array(9).fill('>1').join(' '), /more than 8/],
    ['a sign', '!1', /begins with/],
    ['a name of every object, as a range', '^__proto__', /no range/],
  ])('93 of %s is refused in words', (_what, wanted, words) => {
    expect(takes(wanted, '1.0.0')).toMatch(words);
  });

  it('93 law: any text is answered, and what is read takes or refuses any text', () => {
    const text = fc.oneof(fc.string(), fc.stringMatching(/^[\^~<>= ]{0,3}\d{0,3}(\.\d{1,3}){0,4}[-+.a-z0-9]{0,9}$/));
    fc.assert(
      fc.property(text, text, (wanted, version) => {
        expect(['boolean', 'string']).toContain(typeof takes(wanted, version));
      }),
    );
  });

  it('93 law: of three releases in order, a range that takes the outer ones takes the one between', () => {
    const number = fc.nat(3);
    const release = fc.tuple(number, number, number);
    const operator = fc.constantFrom('>=', '>', '<', '<=', '^', '~', '=');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(operator, release), { minLength: 1, maxLength: 3 }),
        release,
        release,
        release,
        (bounds, ...three) => {
          const [low, middle, high] = three
            .toSorted((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2])
            .map((one) => one.join('.'));
          const range = bounds.map(([op, version]) => op + version.join('.')).join(' ');
          const [first, between, last] = [low, middle, high].map((version) => takes(range, version ?? ''));
          expect(first === true && last === true && between === false).toBe(false);
        },
      ),
    );
  });
});
