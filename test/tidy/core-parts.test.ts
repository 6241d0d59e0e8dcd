import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { rootFolder } from './run-tool.ts';
import { productFiles } from './source-files.ts';

const mostMembers = 8;
/** Ratchet: it may be lowered, never raised. */
const mostTakeAll = 141;

/** The parts that the replica works with; what is given from outside makes some of them. */
const parts = [
  ...['Core', 'Known', 'ThisDevice', 'Logs', 'Rules', 'Notices', 'Backlog', 'Guards', 'Chains'],
  ...['ReplicaDeps', 'DeviceDeps', 'ReplicaSettings'],
];

describe('parts of the core', () => {
  const sources = productFiles()
    .filter((path) => path.startsWith('src/replica/'))
    .map((path) => parse(path, readFileSync(join(rootFolder, path), 'utf8')));
  const interfaces = new Map(
    sources
      .filter(({ fileName }) => fileName.startsWith('src/replica/kernel/'))
      .flatMap(({ statements }) => statements.filter(ts.isInterfaceDeclaration))
      .map((node) => [node.name.text, node]),
  );

  it.each(parts)(`%s has at most ${mostMembers} members`, (name) => {
    const count = membersOf(interfaces, name);
    expect(count).toBeGreaterThan(0);
    expect(count).toBeLessThanOrEqual(mostMembers);
  });

  it(`no more than ${mostTakeAll} functions take all of the core`, () => {
    expect(sources.flatMap(takingAll).length).toBeLessThanOrEqual(mostTakeAll);
  });

  it('a planted function that takes all of it is found, and one that takes a part is not', () => {
    const planted =
      'function all(core: Core): void {}\nfunction some(core: Pick<Core, "store">, logs: Logs): void {}\n';
    expect(takingAll(parse('planted.ts', planted))).toEqual(['planted.ts all']);
  });
});

function parse(path: string, text: string): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
}

function membersOf(interfaces: ReadonlyMap<string, ts.InterfaceDeclaration>, name: string): number {
  const node = interfaces.get(name);
  const bases =
    node?.heritageClauses?.flatMap(({ types }) => types.map(({ expression }) => expression.getText())) ?? [];
  return bases.reduce((count, base) => count + membersOf(interfaces, base), node?.members.length ?? 0);
}

function takingAll(source: ts.SourceFile): readonly string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && node.parameters.some(({ type }) => type?.getText() === 'Core')) {
      found.push(`${source.fileName} ${ts.getNameOfDeclaration(node as ts.Declaration)?.getText() ?? ''}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}
