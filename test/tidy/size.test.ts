import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { rootFolder } from './run-tool.ts';
import { filesBelow, pageFiles, productFiles } from './source-files.ts';

/** Ratchets: they may be lowered, never raised. */
const mostFileLines = 300;
const mostRoomLines = 2500;
const mostFunctionLines = 80;
const mostFactoryLines = 80;
const mostTestLines = 400;

describe('size', () => {
  const sources = [...productFiles(), ...pageFiles()].map((path) =>
    parse(path, readFileSync(join(rootFolder, path), 'utf8')),
  );

  it(`no file of the product is longer than ${mostFileLines} lines`, () => {
    const long = sources.map((source) => [source.fileName, linesOf(source, source)] as const);
    expect(long.filter(([, lines]) => lines > mostFileLines)).toEqual([]);
  });

  it(`no room of the product is larger than ${mostRoomLines} lines`, () => {
    const rooms = new Map<string, number>();
    for (const source of sources) {
      const room = dirname(source.fileName);
      rooms.set(room, (rooms.get(room) ?? 0) + linesOf(source, source));
    }
    expect(rooms.size).toBeGreaterThan(50);
    expect([...rooms].filter(([, lines]) => lines > mostRoomLines)).toEqual([]);
  });

  it(`no function of the product is longer than ${mostFunctionLines} lines`, () => {
    expect(sources.flatMap(longFunctions)).toEqual([]);
  });

  it(`no factory of the product is longer than ${mostFactoryLines} lines, all that is in it counted`, () => {
    const factories = sources.flatMap((source) =>
      source.statements
        .filter(ts.isFunctionDeclaration)
        .map((node) => [source.fileName, nameOf(node), linesOf(source, node)] as const),
    );
    expect(factories.length).toBeGreaterThan(1000);
    expect(factories.filter(([, , lines]) => lines > mostFactoryLines)).toEqual([]);
  });

  it(`no file of tests is longer than ${mostTestLines} lines`, () => {
    const paths = filesBelow(['test']).filter((path) => /\.(test|contract)\.ts$/.test(path));
    expect(paths.length).toBeGreaterThan(300);
    const linesIn = (path: string): number => readFileSync(join(rootFolder, path), 'utf8').split('\n').length - 1;
    expect(paths.filter((path) => linesIn(path) > mostTestLines)).toEqual([]);
  });

  it('a planted long function is found, and named', () => {
    const body = 'count += 1;\n'.repeat(mostFunctionLines);
    const planted = parse('planted.ts', `let count = 0;\nexport const tooLong = (): void => {\n${body}};\n`);
    expect(longFunctions(planted)).toEqual([`planted.ts:2 tooLong has ${mostFunctionLines + 2} lines`]);
  });
});

function parse(path: string, text: string): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
}

/** A factory is measured by its longest inner function: it is a list of functions that share what was passed in. */
function longFunctions(source: ts.SourceFile): readonly string[] {
  const long: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node)) {
      const lines = linesOf(source, node) - linesOfInnerFunctions(source, node);
      if (lines > mostFunctionLines) {
        const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
        long.push(`${source.fileName}:${line} ${nameOf(node)} has ${lines} lines`);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return long;
}

/** Lines of the declared functions directly inside; inline callbacks stay with the function that reads them. */
function linesOfInnerFunctions(source: ts.SourceFile, outer: ts.Node): number {
  let lines = 0;
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node)) {
      lines += linesOf(source, node);
    } else {
      ts.forEachChild(node, visit);
    }
  };
  ts.forEachChild(outer, visit);
  return lines;
}

function linesOf(source: ts.SourceFile, node: ts.Node): number {
  const start = source.getLineAndCharacterOfPosition(node.getStart());
  const end = source.getLineAndCharacterOfPosition(node.getEnd());
  return end.line - start.line + 1;
}

function nameOf(node: ts.Node): string {
  const owner = ts.isFunctionExpression(node) || ts.isArrowFunction(node) ? node.parent : node;
  const name = ts.getNameOfDeclaration(owner as ts.Declaration);
  return name?.getText() ?? 'anonymous function';
}
