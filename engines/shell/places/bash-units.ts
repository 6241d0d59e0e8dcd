import type { Node, Parser } from 'web-tree-sitter';
import { type Result, err, ok } from '../../../src/base/result.ts';
import { commandNamed, entryNamed, variableNamed } from './bash-names.ts';
import type { LineUnits } from './line-span.ts';
import { mayHoldIn } from './may-hold.ts';
import { type Named, type Statement, unitSpans } from './unit-spans.ts';

interface Reading {
  readonly parser: Parser;
  readonly shell: string;
  readonly home: string;
}

/**
 * The units of a start file. zsh writes what the grammar of bash does not know: up to there what stands on one line is
 * read, and all from there on is one piece that is left alone.
 */
export function unitsOf(reading: Reading, text: string): Result<LineUnits, string> {
  const { statements, firstError } = statementsIn(reading.parser, text);
  if (firstError === undefined) {
    return ok(unitSpans({ ...reading, text, statements }));
  }
  const before = text.slice(0, text.lastIndexOf('\n', firstError - 1) + 1);
  const read = reading.shell === 'zsh' ? statementsIn(reading.parser, before) : undefined;
  if (read === undefined || read.firstError !== undefined) {
    return err(
      'It could not be taken apart: a quote or a bracket is not closed, or it is written in another language.',
    );
  }
  const simple = read.statements.map((one) =>
    before.slice(one.start, one.end).includes('\n')
      ? { ...one, stays: 'nobody can tell where it ends, because of what stands below it' }
      : one,
  );
  const { leftAlone, ...rest } = unitSpans({ ...reading, text: before, statements: simple });
  return ok({ ...rest, leftAlone: leftAlone + 1, mayHold: mayHoldIn(text.slice(before.length)) });
}

interface Statements {
  readonly statements: readonly Statement[];
  /** Where the first piece begins that the grammar does not know. */
  readonly firstError: number | undefined;
}

function statementsIn(parser: Parser, text: string): Statements {
  const tree = parser.parse(text);
  if (tree === null) {
    return { statements: [], firstError: 0 };
  }
  const nodes = tree.rootNode.children;
  const firstError = tree.rootNode.hasError
    ? (nodes.find((node) => node.hasError || node.isError || node.isMissing)?.startIndex ?? 0)
    : undefined;
  const statements =
    firstError === undefined
      ? nodes
          .filter(({ type, isNamed }) => isNamed && type !== 'comment')
          .map((node) => ({ start: node.startIndex, end: node.endIndex, named: namedBy(node, text) }))
      : [];
  tree.delete();
  return { statements, firstError };
}

/** What a statement is, where that can be told for certain. */
function namedBy(node: Node, text: string): Named | undefined {
  switch (node.type) {
    case 'command':
      return commandNamed(wordsOf(node, text));
    case 'function_definition': {
      const name = node.namedChild(0);
      return name === null ? undefined : { kind: 'function', name: of(name, text) };
    }
    case 'variable_assignment':
      return variableNamed(of(node, text));
    case 'declaration_command': {
      const [only, other] = node.namedChildren;
      const isExport = /^export\s/.test(of(node, text));
      return isExport && other === undefined && only?.type === 'variable_assignment'
        ? variableNamed(of(only, text))
        : undefined;
    }
    case 'list':
      return sourceNamed(node, text);
    default:
      return undefined;
  }
}

/** A file that is read where it is there: `[ -f x ] && . x`. */
function sourceNamed(list: Node, text: string): Named | undefined {
  const [test, command, other] = list.namedChildren;
  if (test?.type !== 'test_command' || command?.type !== 'command' || other !== undefined) {
    return undefined;
  }
  const [, file] = /^\[\[?\s+-[efrs]\s+(\S+|"[^"]*")\s+\]\]?$/.exec(of(test, text)) ?? [];
  const named = commandNamed(wordsOf(command, text));
  const isAnd = text.slice(test.endIndex, command.startIndex).trim() === '&&';
  return isAnd && file !== undefined && named?.kind === 'source' && named.name === entryNamed(file) ? named : undefined;
}

function wordsOf(node: Node, text: string): readonly string[] {
  return node.namedChildren.map((child) => of(child, text));
}

function of(node: Node, text: string): string {
  return text.slice(node.startIndex, node.endIndex);
}
