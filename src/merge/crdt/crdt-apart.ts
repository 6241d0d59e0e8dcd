import { valueAt } from '../../base/json-pointer.ts';
import { changeGraph } from '../values/causal.ts';
import type { JsonObject } from '../../base/json.ts';
import { fieldsOfEncoded } from './crdt-document.ts';
import type { Pasts } from './crdt-pasts.ts';
import { applyPatch } from '../values/json-patch.ts';
import { isRemoval } from '../values/plan.ts';
import { isTextAt } from '../texts/text-fields.ts';
import { type BothChanged, mergeLines, unionOfLines } from '../texts/text-lines.ts';

/** Beyond it what the documents come to by themselves has to do: the cost grows with the past. */
const mostChanges = 400;
/** How often in a row several may write upon what was shown of several. */
const deepest = 8;

/**
 * What is shown of a record that several devices wrote apart, where documents alone would repeat or lose what people
 * wrote: the same edit on several sides is there once, and of texts that began apart all lines stay. Who removed the
 * record says nothing about its text. A function of the graph, so that every device shows the same; whoever writes next
 * writes what was shown.
 * @param natural what the documents come to by themselves
 */
export function shownApart(
  pasts: Pick<Pasts, 'graph' | 'documentOf' | 'fieldsAfter'>,
  textPaths: readonly string[],
  natural: JsonObject,
  depth = 0,
): JsonObject {
  const { graph, documentOf, fieldsAfter } = pasts;
  if (graph.heads.length < 2 || graph.ordered.length > mostChanges || depth > deepest) {
    return natural;
  }
  const paths = textPaths.filter((path) => isTextAt(natural, path, textPaths));
  if (paths.length === 0) {
    return natural;
  }
  const common = graph.ordered.filter(({ changeId }) => graph.heads.every((head) => graph.isBefore(changeId, head)));
  const writers = graph.heads.flatMap((id) => graph.get(id) ?? []).filter((head) => !isRemoval(head));
  const states = writers.map(({ changeId }) => fieldsAfter(changeId));
  const encoded = common.length === 0 ? undefined : documentOf(common);
  const known = encoded && fieldsOfEncoded(encoded);
  // Both wrote upon what they were shown there, which the documents alone need not come to.
  const base = known && shownApart({ ...pasts, graph: changeGraph(common) }, textPaths, known, depth + 1);
  let shown = natural;
  for (const path of paths) {
    const texts = states.map((state) => state && textAt(state, path));
    const before = base && textAt(base, path);
    // Where the documents do not hold what both saw, they would repeat all of it: then both lines stand.
    const both = known && before === textAt(known, path) ? noAnswer : oneAfterTheOther;
    const merged = texts.every((text) => text !== undefined) ? mergedText(before, texts, both) : undefined;
    const patched = merged === undefined ? undefined : applyPatch(shown, [{ op: 'add', path, value: merged }]);
    shown = patched?.ok === true ? patched.value : shown;
  }
  return shown;
}

/** Undefined where both sides wrote the same place, each in its own way: letter by letter documents do that better. */
function mergedText(base: string | undefined, texts: readonly string[], both: BothChanged): string | undefined {
  const merge = (one: string, other: string): string | undefined =>
    base === undefined ? unionOfLines(one, other) : mergeLines(base, one, other, both);
  const [first, ...others] = texts;
  return others.reduce<string | undefined>(
    (merged, text) => (merged === undefined ? undefined : merge(merged, text)),
    first,
  );
}

const noAnswer: BothChanged = () => undefined;
const oneAfterTheOther: BothChanged = (mine, theirs) => [...mine, ...theirs];

function textAt(fields: JsonObject, path: string): string | undefined {
  const value = valueAt(fields, path);
  return typeof value === 'string' && isTextAt(fields, path, [path]) ? value : undefined;
}
