import type { Known } from './kernel/core.ts';
import { historyEntry, historyOf } from './kernel/history-of.ts';
import { fieldsAt } from './past/fields-at.ts';
import { knownVersion } from './past/known-version.ts';
import { mayWriteBeside } from './past/own-forks.ts';
import type { Replica } from './port.ts';
import { resolveReferences } from './past/references.ts';
import { treeView } from './apply/tree.ts';

/** What is read back of records, beside their rows. */
export function createReading(
  core: Known,
): Pick<Replica, 'history' | 'fieldsAt' | 'knownVersion' | 'mayWriteBeside' | 'treeView' | 'references'> {
  return {
    history: (collection, id) =>
      historyOf(core, collection, id).flatMap((row) => {
        const change = core.logs.reader.change(row);
        return change === undefined ? [] : [historyEntry(core.device, row, change)];
      }),
    fieldsAt: (collection, id, ...heads) => fieldsAt(core, collection, id, heads),
    knownVersion: (collection, id, likeness) => knownVersion(core, collection, id, likeness),
    mayWriteBeside: (collection, id) => mayWriteBeside(core, collection, id),
    treeView: (row) => {
      const binding = core.rules.bindings.ofCollection(row.collection);
      return binding && treeView(core.store, binding, row);
    },
    references: (row, reader) => {
      const binding = core.rules.bindings.ofCollection(row.collection);
      return binding === undefined || row.fields === null
        ? undefined
        : resolveReferences(core, binding, row.fields, reader);
    },
  };
}
