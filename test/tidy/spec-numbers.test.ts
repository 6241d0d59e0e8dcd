import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rootFolder } from './run-tool.ts';
import { filesBelow } from './source-files.ts';

/** A rule begins a line (`12. A…`, `- F3 A…`), or follows another one on its line: `210. A change … 211. So does one…`. */
const ruleNumber = /(?:^|[.)] )([A-Z]?\d{1,3}[a-z]?)\. (?=[A-Z`*])|^- ([A-Z]\d{1,3}[a-z]?) (?=[A-Z`*])/gm;

function numbersOf(text: string): readonly string[] {
  return [...text.matchAll(ruleNumber)].map(([, number, marked]) => (number ?? marked) as string);
}

function repeated(numbers: readonly string[]): readonly string[] {
  return [...new Set(numbers.filter((number, index) => numbers.indexOf(number) !== index))];
}

const specs = filesBelow(['src']).filter((path) => path.endsWith('SPEC.md'));
const textOf = (path: string): string => readFileSync(join(rootFolder, path), 'utf8');

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
