import type { Core } from './core.ts';
import { historyOf } from './graves.ts';
import { fieldsAt } from './fields-at.ts';
import type { Replica } from './port.ts';
import { resolveReferences } from './references.ts';
import { treeView } from './tree.ts';

/** What is read back of records, beside their rows. */
export function createReading(core: Core): Pick<Replica, 'history' | 'fieldsAt' | 'treeView' | 'references'> {
  return {
    history: (collection, id) =>
      historyOf(core, collection, id).flatMap((row) => {
        const change = core.reader.change(row);
        return change === undefined ? [] : [{ change, disposition: row.disposition }];
      }),
    fieldsAt: (collection, id, ...heads) => fieldsAt(core, collection, id, heads),
    treeView: (row) => {
      const binding = core.bindings.ofCollection(row.collection);
      return binding && treeView(core, binding, row);
    },
    references: (row, reader) => {
      const binding = core.bindings.ofCollection(row.collection);
      return binding === undefined || row.fields === null
        ? undefined
        : resolveReferences(core, binding, row.fields, reader);
    },
  };
}
