import { canonicalText } from '../../src/base/canonical-json.ts';
import type { CollectionName } from '../../src/base/ids.ts';
import type { JsonValue } from '../../src/base/json.ts';
import type { RecordRow } from '../../src/contract/record.ts';
import type { Store } from '../../src/store/ground/port.ts';

export const everyItem = { cursor: null, limit: 100_000 } as const;

/** Collections that every workload writes. */
export const plainCollections: readonly CollectionName[] = [
  'presence',
  'workspace',
  'ledger',
  'audit',
  'shell',
  'inbox',
] as unknown as CollectionName[];

/** Collections that governed workloads write beside. */
export const recipes: CollectionName = 'recipes' as CollectionName;
export const agents: CollectionName = 'agents' as CollectionName;
export const policy: CollectionName = 'policy' as CollectionName;
export const governedCollections: readonly CollectionName[] = [recipes, agents, policy, 'memory' as CollectionName];

export function rowsOf(disk: Store, collection: CollectionName): readonly RecordRow[] {
  return disk.records.list(collection, everyItem).items;
}

/** What must be equal on all devices of a collection: the live view and the heads of each record. */
export function canonicalState(
  disk: Store,
  collection: CollectionName,
  leftOut: ReadonlySet<string> = new Set(),
): string {
  const rows = rowsOf(disk, collection)
    // A row that was emptied says what no row says: nothing of the record counts.
    .filter((row) => !leftOut.has(row.id) && (row.state !== 'absent' || row.heads.length > 0))
    .map((row): JsonValue => ({ id: row.id, state: row.state, fields: row.fields, heads: [...row.heads].sort() }))
    .map((row) => canonicalText(row))
    .sort();
  return rows.join('\n');
}

/** Everything that one delivery too many could touch. */
export function wholeState(disk: Store, collections: readonly CollectionName[]): string {
  const parts = collections.map((collection) => {
    const rows = rowsOf(disk, collection);
    const history = rows.flatMap((row) =>
      disk.history.list(collection, row.id).map(({ changeId, disposition }) => `${changeId} ${disposition}`),
    );
    const queues = [
      ...disk.reviews.listOpen(everyItem, collection).items.map(({ id }) => id),
      ...disk.quarantine.listHeld(everyItem, collection).items.map(({ id }) => id),
    ].sort();
    return [
      canonicalState(disk, collection),
      ...history,
      ...queues,
      JSON.stringify(disk.records.counts(collection)),
    ].join('\n');
  });
  return parts.join('\n\n');
}
