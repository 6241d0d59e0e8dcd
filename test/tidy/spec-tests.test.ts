import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { filesBelow } from './source-files.ts';
import { numbersOf, specs, textOf } from './spec-numbers.ts';

/** Where a room's rules are tested beside `test/unit/ROOM`. */
const testedElsewhere: Readonly<Record<string, RegExp>> = {
  api: /^test\/(unit\/(client\/|cli\/glance\.|daemon\/(presence-host|owner-key|seal-call)\.)|integration\/(editors|said-of-folders)\.)/,
  daemon:
    /^test\/integration\/(backup|moved-home|read-only-home|keys|supervised|service|notices|full-disk|owner-sets|states|states-flow)\./,
  lifecycle: /^test\/(unit\/daemon\/clock-watch|integration\/(states\.deep|relay-reach))\./,
  log: /^test\/(unit\/replica\/enter-audit|integration\/proofs)\./,
  manifest: /^test\/unit\/estate\/fixture-estate\./,
  mcp: /^test\/integration\/mcp\./,
  membership: /^test\/integration\/(fork|pairing)\./,
  merge: /^test\/unit\/(engines\/files|replica\/manual-review)\./,
  policy: /^test\/unit\/api\/(policy|permissions)\./,
  relay: /^test\/(contract\/(relay|chunk)-store|integration\/relay\/)/,
  replica: /^test\/(unit\/api\/|integration\/(audit-entries|hostile-flood|tombstones)\.)/,
  sources:
    /^test\/(integration\/(sources|gated-files|places)|unit\/engines\/files\.|simulation\/folders\/edit-and-note\.)/,
  store: /^test\/(contract\/store|integration\/damaged-)/,
};

/** What a title begins with: `21b …`, `2, 3 …`, `41 42 …`, `17. …`, `§16 …`. */
const leading = /^§?((?:[A-Z]{0,2}\d{1,3}[a-z]?[.,:]? )+)/;

const testFiles = filesBelow(['test']).filter((path) => path.endsWith('.ts'));

function testedIn(room: string): ReadonlySet<string> {
  const paths = testFiles.filter(
    (path) => path.startsWith(`test/unit/${room}/`) || testedElsewhere[room]?.test(path) === true,
  );
  return new Set(paths.flatMap((path) => titlesOf(textOf(path))).flatMap(numbersOfTitle));
}

/** First arguments of `it`, `itDeep` and `describe`, also behind `.each(…)` and its kind, and a `title` in a table. */
function titlesOf(text: string): readonly string[] {
  const source = ts.createSourceFile('a.test.ts', text, ts.ScriptTarget.Latest);
  const titles: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ['it', 'itDeep', 'describe'].includes(rootOf(node.expression))) {
      const [first] = node.arguments;
      titles.push(...(first !== undefined && ts.isStringLiteralLike(first) ? [first.text] : []));
    }
    if (
      ts.isPropertyAssignment(node) &&
      node.name.getText(source) === 'title' &&
      ts.isStringLiteralLike(node.initializer)
    ) {
      titles.push(node.initializer.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return titles;
}

/** The name that a call begins with: `it` of `it.skipIf(no).each(rows)`. */
function rootOf(callee: ts.Expression): string {
  if (ts.isCallExpression(callee) || ts.isPropertyAccessExpression(callee)) {
    return rootOf(callee.expression);
  }
  return ts.isIdentifier(callee) ? callee.text : '';
}

function numbersOfTitle(title: string): readonly string[] {
  return (leading.exec(title)?.[1] ?? '').split(/[.,:]? /).filter((number) => number !== '');
}

describe('a rule of a SPEC.md has a test whose title begins with its number', () => {
  it.each(specs)('%s', (path) => {
    const room = path.split('/')[1] as string;
    const tested = testedIn(room);
    const numbers = numbersOf(textOf(path));
    expect(numbers.length).toBeGreaterThan(0);
    expect(numbers.filter((number) => !tested.has(number))).toEqual([]);
  });

  it('where rules are tested beside their room is said of rooms that have rules', () => {
    expect(Object.keys(testedElsewhere).filter((room) => !specs.includes(`src/${room}/SPEC.md`))).toEqual([]);
  });

  it('numbers are read from the beginning of titles alone', () => {
    const text = [
      "it('21b a title', () => expect(name).toBe('9 no title'));",
      "it.each([['8 no title']])('2, 3 another', () => undefined);",
      "describe('§16 a third', () => undefined);",
      "it('17. a fourth, §4 and 5 in it', () => undefined);",
      "const row = { title: '4 a fifth' };",
    ].join('\n');
    expect(titlesOf(text).flatMap(numbersOfTitle)).toEqual(['21b', '2', '3', '16', '17', '4']);
  });
});
