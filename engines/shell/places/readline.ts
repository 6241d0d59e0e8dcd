import { type Result, err, ok } from '../../../src/base/result.ts';
import type { Place, PlaceSurroundings } from '../../../src/contract/place.ts';
import type { LineUnits } from './line-span.ts';
import { codecOf } from './start-files.ts';
import { type Named, type Statement, unitSpans } from './unit-spans.ts';

/** What keys do in each program that reads lines by readline, bash above all. */
export const readline: Place = {
  name: 'readline',
  files: (surroundings) => [ownFile(surroundings)],
  newUnits: ownFile,
  hookLine: undefined,
  open: async ({ home }) => codecOf('readline', (text) => unitsIn(home, text)),
};

function ownFile({ home, environment }: PlaceSurroundings): string {
  return environment['INPUTRC'] || `${home}/.inputrc`;
}

/** What stands between `$if` and `$endif` is left alone. */
function unitsIn(home: string, text: string): Result<LineUnits, string> {
  const statements: Statement[] = [];
  let depth = 0;
  for (const { index: start, 0: line } of text.matchAll(/^.+$/gm)) {
    const directive = /^\s*\$(\w+)/.exec(line)?.[1]?.toLowerCase();
    depth += directive === 'if' ? 1 : directive === 'endif' ? -1 : 0;
    if (depth < 0) {
      break;
    }
    if (!/^\s*(?:#.*)?$/.test(line)) {
      const named = depth === 0 && directive === undefined ? namedBy(line) : undefined;
      statements.push({ start, end: start + line.trimEnd().length, named });
    }
  }
  return depth === 0
    ? ok(unitSpans({ shell: 'readline', home, text, statements }))
    : err('It could not be taken apart: an $if has no $endif.');
}

function namedBy(line: string): Named | undefined {
  const [, variable] = /^\s*set\s+([\w-]+)\s+\S/i.exec(line) ?? [];
  if (variable !== undefined) {
    return { kind: 'option', name: variable.toLowerCase() };
  }
  const [, key] = /^\s*("(?:[^"\\]|\\.)*"|[\w-]+)\s*:/.exec(line) ?? [];
  return key === undefined ? undefined : { kind: 'bind', name: key };
}
