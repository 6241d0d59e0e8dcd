import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { looksOf } from '../../../src/base/look-alike.ts';

describe('what a text looks like', () => {
  it.each([
    ['capitals', 'POLICY', 'policy'],
    ['a Cyrillic letter', 'hаs_policy', 'has_policy'],
    ['Cyrillic capitals', 'РОLІСУ', 'policy'],
    ['Greek letters', 'αutοmatiοn', 'automation'],
    ['fullwidth letters', 'ｐｏｌｉｃｙ', 'policy'],
    ['mathematical letters', '𝓅ol𝒾cy', 'policy'],
    ['a space of no width', 'pol\u200bicy', 'policy'],
    ['a joiner, a mark of direction and a variation', 'p\u200do\u202el\ufe0ficy', 'policy'],
    ['a soft hyphen', 'pol\u00adicy', 'policy'],
    ['accents', 'pólicy', 'policy'],
    ['a long s and a ligature', 'ﬁleſ', 'files'],
    ['an l for an i, and a digit for both', 'poL1cy', 'policy'],
    ['a zero', 'p0licy', 'policy'],
    ['an rn for an m', 'autornation', 'automation'],
    ['another dot', '․envrc', '.envrc'],
    ['a Kelvin sign', 'tas\u212as', 'tasks'],
  ])('%s makes no difference: %s', (_what, text, meant) => {
    expect(text).not.toBe(meant);
    expect(looksOf(text)).toBe(looksOf(meant));
  });

  it.each([
    ['policy', 'police'],
    ['.envrc', '.env'],
    ['tasks.json', 'tasks.yaml'],
    ['политика', 'policy'],
    ['', 'a'],
  ])('%s and %s look different', (one, other) => {
    expect(looksOf(one)).not.toBe(looksOf(other));
  });

  it('it is the same whatever form, case or invisible letter is put on top', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 12 }), (text) => {
        const looks = looksOf(text);
        expect(looksOf(looks)).toBe(looks);
        expect(looksOf([...text].join('\u200b'))).toBe(looks);
        expect(looksOf(text.normalize('NFD'))).toBe(looksOf(text.normalize('NFC')));
      }),
    );
  });
});
