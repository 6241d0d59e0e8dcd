import type { ChangeId } from '../../base/ids.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../../base/json.ts';
import { valueAt } from '../../base/json-pointer.ts';
import type { LoggedChange } from '../../contract/change.ts';
import type { PatchOperation } from '../../contract/patch-operation.ts';
import type { ChangeGraph } from '../values/causal.ts';
import type { GraphTexts } from './graph-texts.ts';
import { applyPatch, diffPatch, parsePatch } from '../values/json-patch.ts';
import { isRemoval, putFields } from '../values/plan.ts';
import { containerOf, isEncoded } from '../texts/text-fields.ts';

export interface Step {
  readonly state: JsonObject;
  readonly operations: readonly PatchOperation[];
}

export interface PlacedStep extends Step {
  readonly before: JsonObject;
}

/** What a change does to `before`, or undefined when it is malformed there. Removals and commands do nothing to it. */
export function stepOf(change: LoggedChange, before: JsonObject): Step | undefined {
  if (isRemoval(change) || change.operation === 'command') {
    return { state: before, operations: [] };
  }
  const fields = putFields(change);
  if (fields !== undefined) {
    return { state: fields, operations: withEncoding(before, fields, inOrder(diffPatch(before, fields))) };
  }
  const patch = change.operation === 'patch' ? parsePatch(change.value) : undefined;
  const patched = patch && applyPatch(before, patch);
  return patch && patched?.ok
    ? { state: patched.value, operations: withEncoding(before, patched.value, patch) }
    : undefined;
}

/**
 * Where text became the bytes of a file, or bytes text, all that stands beside it is written with it: merged member by
 * member, the text of one writer would be read as the bytes of another.
 */
function withEncoding(
  before: JsonObject,
  after: JsonObject,
  operations: readonly PatchOperation[],
): readonly PatchOperation[] {
  const containers = new Set(operations.map(({ path }) => containerOf(path)));
  const recoded = [...containers].filter((path) => {
    const container = valueAt(after, path);
    return isJsonObject(container ?? null) && isEncodedAt(before, path) !== isEncodedAt(after, path);
  });
  if (recoded.length === 0) {
    return operations;
  }
  const others = operations.filter(({ path }) => !recoded.includes(containerOf(path)));
  return inOrder([
    ...others,
    ...recoded.map((path) => ({ op: 'add', path, value: valueAt(after, path) as JsonValue }) as const),
  ]);
}

function isEncodedAt(fields: JsonObject, path: string): boolean {
  const container = valueAt(fields, path);
  return container !== undefined && isJsonObject(container) && isEncoded(container);
}

/** By path: members have no order, and a change in memory may have another one than the same change in the log. */
function inOrder(operations: readonly PatchOperation[]): readonly PatchOperation[] {
  return [...operations].sort((left, right) => (left.path < right.path ? -1 : left.path > right.path ? 1 : 0));
}

/** What is noted of each change as it is replayed. */
export interface Notes {
  readonly steps: Map<ChangeId, PlacedStep>;
  readonly malformed: Set<ChangeId>;
  readonly texts: GraphTexts;
}

export function recordStep(change: LoggedChange, before: JsonObject, { steps, malformed, texts }: Notes): Step {
  const step = stepOf(change, before);
  if (step === undefined) {
    malformed.add(change.changeId);
  }
  const recorded = step ?? { state: before, operations: [] };
  steps.set(change.changeId, { ...recorded, before });
  texts.note(change, recorded.operations, recorded.state);
  return recorded;
}

/** Changes after the common line, and what all of them stand upon. */
export interface Branches {
  readonly graph: ChangeGraph;
  readonly base: JsonObject;
  readonly branched: readonly LoggedChange[];
  readonly heads: readonly LoggedChange[];
  readonly notes: Notes;
}
