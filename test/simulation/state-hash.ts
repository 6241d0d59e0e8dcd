import { canonicalText } from '../../src/base/canonical-json.ts';
import type { CollectionName } from '../../src/base/ids.ts';
import type { JsonValue } from '../../src/base/json.ts';
import type { RecordRow } from '../../src/contract/record.ts';
import type { Store } from '../../src/store/port.ts';
import { sharedBindings } from './pool.ts';

export const everyItem = { cursor: null, limit: 100_000 } as const;

/** Collections that the workload writes. */
export const collections: readonly CollectionName[] = [
  'presence',
  'workspace',
  'audit',
  'shell',
  'inbox',
] as unknown as CollectionName[];

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
    .filter((row) => !leftOut.has(row.id))
    .map((row): JsonValue => ({ id: row.id, state: row.state, fields: row.fields, heads: [...row.heads].sort() }))
    .map((row) => canonicalText(row))
    .sort();
  return rows.join('\n');
}

/** Everything that one delivery too many could touch. */
export function wholeState(disk: Store): string {
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

export function bindingOf(
  collection: CollectionName,
): NonNullable<ReturnType<ReturnType<typeof sharedBindings>['ofCollection']>> {
  return sharedBindings().ofCollection(collection) as NonNullable<
    ReturnType<ReturnType<typeof sharedBindings>['ofCollection']>
  >;
}
