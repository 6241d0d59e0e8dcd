import { describe, expect, it } from 'vitest';
import { numbersOf, specs, textOf } from './spec-numbers.ts';

function repeated(numbers: readonly string[]): readonly string[] {
  return [...new Set(numbers.filter((number, index) => numbers.indexOf(number) !== index))];
}

describe('a rule of a SPEC.md', () => {
  it('is looked for in every room that has one', () => {
    expect(specs.length).toBeGreaterThan(15);
    expect(specs.filter((path) => numbersOf(textOf(path)).length === 0)).toEqual([]);
  });

  it.each(specs)('has a number of its own: %s', (path) => {
    expect(repeated(numbersOf(textOf(path)))).toEqual([]);
  });

  it('is found twice where it stands twice', () => {
    expect(repeated(numbersOf('1. A rule.\n2. B 1.5 is no rule.\n34a. C. 3. D.\n'))).toEqual([]);
    expect(repeated(numbersOf('1. A rule.\n2. `b`. 1. Again.\n34a. C.\n34a. D.\n- F3 E.\n- F3 F.\n'))).toEqual([
      '1',
      '34a',
      'F3',
    ]);
  });
});
