import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { rootFolder } from './run-tool.ts';
import { productFiles } from './source-files.ts';

const pure =
  /^(src\/(base|contract|clock|crypto|merge|policy|manifest|membership|log|lifecycle|admission|sync|replica)\/|src\/store\/(port|memory)|engines\/[^/]+\/engine\.ts$)/;

/** What the linter's lists of names cannot say: readings of the clock through a constructor. */
describe('purity', () => {
  it('no pure room reads the clock through Date', () => {
    const paths = productFiles().filter((path) => pure.test(path));
    expect(paths.length).toBeGreaterThan(20);
    expect(paths.flatMap((path) => clockReadings(path, readFileSync(join(rootFolder, path), 'utf8')))).toEqual([]);
  });

  it.each([
    ['new Date()', 1],
    ['new Date', 1],
    ['Date()', 1],
    ['new Date(0)', 0],
    ['new Date(nowMs).toISOString()', 0],
  ])('%s counts %i', (text, count) => {
    expect(clockReadings('planted.ts', `export const at = ${text};`)).toHaveLength(count);
  });
});

function clockReadings(path: string, text: string): readonly string[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const bare = ts.isNewExpression(node) && (node.arguments?.length ?? 0) === 0;
    if ((bare || ts.isCallExpression(node)) && node.expression.getText() === 'Date') {
      found.push(`${path}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1} ${node.getText()}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}
