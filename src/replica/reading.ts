import { admitChange } from '../admission/admit-change.ts';
import { traceChange } from '../admission/trace.ts';
import type { ChangeId, CollectionName, RecordId } from '../base/ids.ts';
import type { JsonObject } from '../base/json.ts';
import type { RecordRow } from '../contract/record.ts';
import { accept } from '../contract/verdict.ts';
import type { ResolvedReference } from '../merge/values/references.ts';
import { type TreeView, treeView } from './apply/tree.ts';
import type { Known } from './kernel/core.ts';
import { admissionContext, releasedBefore } from './kernel/counting.ts';
import { historyEntry, historyOf } from './kernel/history-of.ts';
import type { Explanation } from './names/explanation.ts';
import type { HistoryEntry } from './names/reports.ts';
import { fieldsAt } from './past/fields-at.ts';
import { type KnownVersion, knownVersion } from './past/known-version.ts';
import { mayWriteBeside } from './past/own-forks.ts';
import { type Reader, resolveReferences } from './past/references.ts';

/** What is read back of records, beside their rows. */
export interface Reading {
  history(collection: CollectionName, id: RecordId): readonly HistoryEntry[];
  /** The live fields as they were when these changes were the record's heads; undefined when that is not known. */
  fieldsAt(collection: CollectionName, id: RecordId, ...heads: readonly ChangeId[]): JsonObject | undefined;
  /** The version of a record, live or deleted, that is most like what is asked for, the latest of several; 0 is not like it. */
  knownVersion(
    collection: CollectionName,
    id: RecordId,
    likeness: (fields: JsonObject) => number,
  ): KnownVersion | undefined;
  /** False where this device has written a record beside its own versions too often to be let in once more elsewhere. */
  mayWriteBeside(collection: CollectionName, id: RecordId): boolean;
  /** Where a record stands in the tree of its collection; undefined where that is no tree, or nothing is live. */
  treeView(row: RecordRow): TreeView | undefined;
  /** What becomes here of every reference of a record; undefined where nothing is live. */
  references(row: RecordRow, reader?: Reader): readonly ResolvedReference[] | undefined;
  /** The verdict that this device gives to a logged change today, step by step. */
  explain(changeId: ChangeId): Explanation | undefined;
}

export function readingOf(core: Known): Reading {
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
    explain: (changeId) => explain(core, changeId),
  };
}

function explain(core: Known, changeId: ChangeId): Explanation | undefined {
  const row = core.store.history.get(changeId);
  const record = row && core.logs.reader.record(row);
  const change = row && core.logs.reader.change(row);
  const scope = row && core.logs.scopes.get(row.scopeId);
  if (row === undefined || record === undefined || change === undefined || scope === undefined) {
    return undefined;
  }
  const context = { ...admissionContext(core, scope, record.header, row.index), ...releasedBefore(core.store, row) };
  const admission = admitChange(record.bytes, context);
  return {
    change,
    disposition: row.disposition,
    steps: traceChange(record.bytes, context),
    verdict: admission.kind === 'refused' ? admission.refusal : accept,
  };
}
