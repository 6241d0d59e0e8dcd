import type { ChangeId } from '../../base/ids.ts';
import type { JsonObject } from '../../base/json.ts';
import type { PatchOperation } from '../../contract/patch-operation.ts';
import type { ChangeGraph } from '../values/causal.ts';
import { mergeBranches } from './graph-automerge.ts';
import { foldBranches } from './graph-fold.ts';
import { type Notes, recordStep } from './graph-steps.ts';
import { type TextVersion, graphTexts } from './graph-texts.ts';

/** What each change did where its author stood, and what all of them come to. */
export interface Replay {
  readonly merged: JsonObject;
  /** The record as the author of a change saw it before writing. */
  stateBefore(id: ChangeId): JsonObject;
  /** And after writing. */
  stateAfter(id: ChangeId): JsonObject;
  operationsOf(id: ChangeId): readonly PatchOperation[];
  /** What a text comes to that was written apart, the live version first; none where it is merged like other values. */
  textVersions(path: string): readonly TextVersion[];
  /** Changes that could not be applied where their author stood; they have no effect. */
  readonly malformed: ReadonlySet<ChangeId>;
}

/**
 * Folds the common line and merges what follows it: texts by lines, what was written over each other in Automerge. The
 * answer depends on the set of changes alone.
 */
export function replay(graph: ChangeGraph, textPaths: readonly string[]): Replay {
  const notes: Notes = { steps: new Map(), malformed: new Set(), texts: graphTexts(graph, textPaths) };
  const { steps, malformed, texts } = notes;
  const { lineLength } = graph;
  let base: JsonObject = {};
  for (const change of graph.ordered.slice(0, lineLength)) {
    base = recordStep(change, base, notes).state;
  }
  const branched = graph.ordered.slice(lineLength);
  const heads = graph.heads.flatMap((id) => graph.get(id) ?? []);
  const branches = { graph, base, branched, heads, notes };
  return {
    merged: branched.length === 0 ? base : (foldBranches(branches, textPaths) ?? mergeBranches(branches)),
    malformed,
    stateBefore: (id) => steps.get(id)?.before ?? {},
    stateAfter: (id) => steps.get(id)?.state ?? {},
    operationsOf: (id) => steps.get(id)?.operations ?? [],
    textVersions: (path) => texts.versions(path, heads),
  };
}
