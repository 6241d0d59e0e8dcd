import { join, relative } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { rootFolder } from './run-tool.ts';
import { filesBelow } from './source-files.ts';

const typeFolder = 'test/types';
const marker = /^\s*\/\/ refused: (TS\d+)$/;

describe('types', () => {
  const compiles = filesBelow([`${typeFolder}/must-compile`]);
  const refuses = filesBelow([`${typeFolder}/must-not-compile`]);
  const program = ts.createProgram(
    [...compiles, ...refuses].map((path) => join(rootFolder, path)),
    compilerOptions(),
  );

  it('there are some of each', () => {
    expect(compiles.length).toBeGreaterThanOrEqual(1);
    expect(refuses.length).toBeGreaterThanOrEqual(3);
  });

  it.each(compiles)('%s compiles', (path) => {
    expect(diagnosticsOf(program, path)).toEqual([]);
  });

  it.each(refuses)('%s is refused at each marked line, for the reason named there, and nowhere else', (path) => {
    const marked = markedLines(sourceOf(program, path));
    expect(marked.length).toBeGreaterThan(0);
    expect(diagnosticsOf(program, path)).toEqual(marked);
  });
});

function compilerOptions(): ts.CompilerOptions {
  const file = ts.readConfigFile(join(rootFolder, 'tsconfig.json'), ts.sys.readFile);
  return ts.parseJsonConfigFileContent(file.config, ts.sys, rootFolder).options;
}

function sourceOf(program: ts.Program, path: string): ts.SourceFile {
  const source = program.getSourceFile(join(rootFolder, path));
  if (source === undefined) {
    throw new Error(`${path} was not read`);
  }
  return source;
}

/** `line TScode`, lines counted from 1. */
function diagnosticsOf(program: ts.Program, path: string): readonly string[] {
  const source = sourceOf(program, path);
  return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map((each) => {
    const line = source.getLineAndCharacterOfPosition(each.start ?? 0).line + 1;
    return `${relative(rootFolder, source.fileName)}:${line} TS${each.code}`;
  });
}

/** What the comments promise of the line that follows each. */
function markedLines(source: ts.SourceFile): readonly string[] {
  return source.text.split('\n').flatMap((line, index) => {
    const code = marker.exec(line)?.[1];
    return code === undefined ? [] : [`${relative(rootFolder, source.fileName)}:${index + 2} ${code}`];
  });
}
