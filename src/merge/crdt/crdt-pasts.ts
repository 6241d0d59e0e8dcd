import type { ChangeId } from '../../base/ids.ts';
import type { JsonObject } from '../../base/json.ts';
import type { LoggedChange } from '../../contract/change.ts';
import type { ChangeGraph } from '../values/causal.ts';
import { documentOfUpdates, fieldsOfEncoded } from './crdt-document.ts';
import { memo } from '../values/memo.ts';
import { isRemoval } from '../values/plan.ts';

/** What the changes of one graph come to, for as long as one plan is made: nothing is inspected or put together twice. */
export interface Pasts {
  readonly graph: ChangeGraph;
  /** The inspected update of a change; undefined for one that brings none. */
  updateOf(change: LoggedChange): Uint8Array | undefined;
  /** The document that changes come to; undefined where it cannot be made. Never throws. */
  documentOf(changes: readonly LoggedChange[]): Uint8Array | undefined;
  /** The fields after a change and everything that it rests on; undefined where there is no document. */
  fieldsAfter(id: ChangeId): JsonObject | undefined;
}

/** @param inspect the update that a change brings, inspected; undefined where it must not be taken */
export function createPasts(graph: ChangeGraph, inspect: (change: LoggedChange) => Uint8Array | undefined): Pasts {
  const updateOf = memo((change: LoggedChange) => (isRemoval(change) ? undefined : inspect(change)));
  const documentOf = (changes: readonly LoggedChange[]): Uint8Array | undefined => documentOfAll(changes, updateOf);
  return {
    graph,
    updateOf,
    documentOf,
    fieldsAfter: memo((id: ChangeId) => {
      const past = graph.ordered.filter(({ changeId }) => changeId === id || graph.isBefore(changeId, id));
      const encoded = documentOf(past);
      return encoded && fieldsOfEncoded(encoded);
    }),
  };
}

/** The document that the updates of changes make together; undefined where one of them brings none that may be taken. */
export function documentOfAll(
  changes: readonly LoggedChange[],
  updateOf: (change: LoggedChange) => Uint8Array | undefined,
): Uint8Array | undefined {
  const updates: Uint8Array[] = [];
  for (const change of changes.filter((one) => !isRemoval(one))) {
    const update = updateOf(change);
    if (update === undefined) {
      return undefined;
    }
    updates.push(update);
  }
  return documentOfUpdates(updates);
}
