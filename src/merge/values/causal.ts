import type { ChangeId } from '../../base/ids.ts';
import { type LoggedChange, compareChanges } from '../../contract/change.ts';
import type { RecordRow } from '../../contract/record.ts';
import { inCausalOrder } from './causal-order.ts';

/** The changes of one record as a graph. Parents that are not in the set are taken as not being there. */
export interface ChangeGraph {
  /** Every change after all of its parents; what nothing orders stands in the order of {@link compareChanges}. */
  readonly ordered: readonly LoggedChange[];
  /** Changes without a known child, sorted by id. */
  readonly heads: readonly ChangeId[];
  get(id: ChangeId): LoggedChange | undefined;
  /** How many of the first form a line that everything later descends from. */
  readonly lineLength: number;
  /** Parents that are in the set. */
  parentsOf(change: LoggedChange): readonly LoggedChange[];
  /** True when `ancestor` was known to the author of `change`. */
  isBefore(ancestor: ChangeId, change: ChangeId): boolean;
  /** What the author of a change knew beyond the common line. */
  pastBeyondLine(id: ChangeId): ReadonlySet<ChangeId>;
}

/** The graph of a set of changes; duplicates count once. Its answers depend on the set alone. */
export function changeGraph(changes: readonly LoggedChange[]): ChangeGraph {
  const byId = new Map(changes.map((change) => [change.changeId, change]));
  const parentsOf = (change: LoggedChange): readonly LoggedChange[] =>
    change.parents.flatMap((id) => byId.get(id) ?? []);
  const ordered = inCausalOrder([...byId.values()]);
  const withChild = new Set(ordered.flatMap((change) => change.parents));
  const position = new Map(ordered.map((change, index) => [change.changeId, index]));
  const lineLength = commonLineLength(ordered, position);
  const ancestors = new Map<ChangeId, ReadonlySet<ChangeId>>();

  function pastBeyondLine(id: ChangeId): ReadonlySet<ChangeId> {
    const known = ancestors.get(id);
    if (known !== undefined) {
      return known;
    }
    const found = new Set<ChangeId>();
    const waiting = [id];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const change = byId.get(next);
      for (const parent of change === undefined ? [] : parentsOf(change)) {
        if (!found.has(parent.changeId) && (position.get(parent.changeId) ?? 0) >= lineLength) {
          found.add(parent.changeId);
          waiting.push(parent.changeId);
        }
      }
    }
    ancestors.set(id, found);
    return found;
  }

  return {
    ordered,
    heads: ordered
      .map((change) => change.changeId)
      .filter((id) => !withChild.has(id))
      .sort(),
    get: (id) => byId.get(id),
    parentsOf,
    lineLength,
    isBefore: (ancestor, change) => {
      const place = position.get(ancestor) ?? ordered.length;
      return place < lineLength ? place < (position.get(change) ?? -1) : pastBeyondLine(change).has(ancestor);
    },
    pastBeyondLine,
  };
}

/** True for two changes of which neither was known to the author of the other. */
export function areConcurrent(
  graph: Pick<ChangeGraph, 'isBefore'>,
  left: Pick<LoggedChange, 'changeId'>,
  right: Pick<LoggedChange, 'changeId'>,
): boolean {
  return (
    left.changeId !== right.changeId &&
    !graph.isBefore(left.changeId, right.changeId) &&
    !graph.isBefore(right.changeId, left.changeId)
  );
}

/** True when the author of `change` had seen exactly what this row has seen. */
export function isLinear(change: LoggedChange, row: RecordRow | undefined): boolean {
  return sameHeads(change.parents, row?.heads ?? []);
}

/** True for the same changes, in whatever order. */
export function sameHeads(left: readonly ChangeId[], right: readonly ChangeId[]): boolean {
  return left.length === right.length && left.every((head) => right.includes(head));
}

export function latestOf(changes: readonly LoggedChange[]): LoggedChange | undefined {
  return changes.reduce<LoggedChange | undefined>(
    (latest, change) => (latest === undefined || compareChanges(change, latest) > 0 ? change : latest),
    undefined,
  );
}

function commonLineLength(ordered: readonly LoggedChange[], position: ReadonlyMap<ChangeId, number>): number {
  const lowestParent = ordered.map((change) => {
    const places = change.parents.flatMap((parent) => position.get(parent) ?? []);
    return places.length === 0 ? -1 : Math.min(...places);
  });
  const lowestAfter: number[] = [];
  let lowestAhead = ordered.length;
  for (let index = ordered.length - 1; index >= 0; index--) {
    lowestAfter[index] = lowestAhead;
    lowestAhead = Math.min(lowestAhead, lowestParent[index] ?? -1);
  }
  let length = 0;
  for (const [index, lowest] of lowestParent.entries()) {
    if (lowest !== index - 1) {
      break;
    }
    length = (lowestAfter[index] ?? 0) >= index ? index + 1 : length;
  }
  return length;
}
