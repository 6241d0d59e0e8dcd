import type { Node, Parser } from 'web-tree-sitter';
import { type Result, err, ok } from '../../../src/base/result.ts';
import { type LineUnit, linesAround, withCommentsAbove } from './line-span.ts';
import { createRanks, idPart } from './unit-names.ts';

/** A unit is one of these. Everything else in a start file is left alone. */
export interface Named {
  readonly kind: 'alias' | 'function' | 'env' | 'path' | 'option';
  readonly name: string;
}

/**
 * The units of a start file: what stands alone on its lines, with the comment lines directly above it. What names this
 * machine's home folder, and what an installer put between its marks, is of this machine.
 */
export function unitsOf(
  parser: Parser,
  shell: string,
  home: string,
  text: string,
): Result<{ readonly spans: readonly LineUnit[]; readonly leftAlone: number }, string> {
  const tree = parser.parse(text);
  if (tree === null || tree.rootNode.hasError) {
    tree?.delete();
    return err(
      'It could not be taken apart: a quote or a bracket is not closed, or it is written in another language.',
    );
  }
  const nodes = tree.rootNode.children;
  const statements = nodes.filter(({ type, isNamed }) => isNamed && type !== 'comment');
  const installers = installerSpans(text);
  const ranked = createRanks();
  const spans: LineUnit[] = [];
  let floor = 0;
  for (const [index, node] of statements.entries()) {
    const lines = linesAround(text, node.startIndex, node.endIndex);
    const named = namedBy(node, text);
    const isAlone =
      (statements[index - 1]?.endIndex ?? -1) < lines.start &&
      (statements[index + 1]?.startIndex ?? text.length) >= lines.end;
    if (named !== undefined && isAlone && onlyCommentAround(text, node, lines)) {
      const start = withCommentsAbove(text, lines.start, floor);
      const id = ranked(`${shell}/${named.kind}/${idPart(named.name)}`);
      const isLocal = text.slice(start, lines.end).includes(home) || isWithin(installers, lines.start);
      if (!isLocal) {
        spans.push({ id, start, end: lines.end });
      }
    }
    floor = lines.end + 1;
  }
  tree.delete();
  return ok({ spans, leftAlone: statements.length - spans.length });
}

/** What a statement is, where that can be told for certain. */
export function namedBy(node: Node, text: string): Named | undefined {
  switch (node.type) {
    case 'command':
      return namedByCommand(node, text);
    case 'function_definition': {
      const name = node.namedChildren[0];
      return name === undefined ? undefined : { kind: 'function', name: of(name, text) };
    }
    case 'variable_assignment':
      return namedByAssignment(node, text);
    case 'declaration_command': {
      const [only, other] = node.namedChildren;
      const isExport = /^export\s/.test(of(node, text));
      return isExport && other === undefined && only?.type === 'variable_assignment'
        ? namedByAssignment(only, text)
        : undefined;
    }
    default:
      return undefined;
  }
}

function namedByCommand(node: Node, text: string): Named | undefined {
  const [name, ...words] = node.namedChildren.map((child) => of(child, text));
  if (name === 'alias' && words.length === 1) {
    const [, alias] = /^([^=\s'"$`\\]+)=/.exec(words[0] ?? '') ?? [];
    return alias === undefined ? undefined : { kind: 'alias', name: alias };
  }
  if (name === 'shopt' && words.length === 2 && /^-[su]$/.test(words[0] ?? '') && /^[a-z0-9_]+$/.test(words[1] ?? '')) {
    return { kind: 'option', name: words[1] ?? '' };
  }
  return undefined;
}

/** A PATH to which one entry is added is a record for that entry; any other is left alone. */
function namedByAssignment(node: Node, text: string): Named | undefined {
  const assignment = of(node, text);
  const [, name, value = ''] = /^([A-Za-z_][A-Za-z0-9_]*)=([\s\S]*)$/.exec(assignment) ?? [];
  if (name === undefined) {
    return undefined;
  }
  if (name !== 'PATH') {
    return { kind: 'env', name };
  }
  const [, before, after] = /^"?(?:([^:"]+):\$\{?PATH\}?|\$\{?PATH\}?:([^:"]+))"?$/.exec(value) ?? [];
  const entry = before ?? after;
  return entry === undefined || entry.includes('$PATH') ? undefined : { kind: 'path', name: entry };
}

/** Nothing else on its lines but white space and a comment behind it. */
function onlyCommentAround(text: string, node: Node, lines: { readonly start: number; readonly end: number }): boolean {
  const before = text.slice(lines.start, node.startIndex);
  const behind = text.slice(node.endIndex, lines.end);
  return before.trim() === '' && /^\s*(#.*)?$/.test(behind);
}

/** What tools put into start files between marks of theirs. */
function installerSpans(text: string): readonly (readonly [start: number, end: number])[] {
  return [...text.matchAll(/^# >>> .* >>>$[\s\S]*?^# <<< .* <<<$/gm)].map(
    ({ index, 0: block }) => [index, index + block.length] as const,
  );
}

function isWithin(spans: readonly (readonly [number, number])[], offset: number): boolean {
  return spans.some(([start, end]) => offset >= start && offset < end);
}

function of(node: Node, text: string): string {
  return text.slice(node.startIndex, node.endIndex);
}
