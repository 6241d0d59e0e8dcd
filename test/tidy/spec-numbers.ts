import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootFolder } from './run-tool.ts';
import { filesBelow } from './source-files.ts';

/** A rule begins a line (`12. A…`, `- F3 A…`), or follows another one on its line: `210. A change … 211. So does one…`. */
const ruleNumber = /(?:^|[.)] )([A-Z]{0,2}\d{1,3}[a-z]?)\. (?=[A-Z`*])|^- ([A-Z]\d{1,3}[a-z]?) (?=[A-Z`*])/gm;

/** The numbers of the rules in a text, in its order. */
export function numbersOf(text: string): readonly string[] {
  return [...text.matchAll(ruleNumber)].map(([, number, marked]) => (number ?? marked) as string);
}

/** Every SPEC.md of the product. */
export const specs = filesBelow(['src']).filter((path) => path.endsWith('SPEC.md'));

export function textOf(path: string): string {
  return readFileSync(join(rootFolder, path), 'utf8');
}
