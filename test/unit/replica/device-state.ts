import { canonicalText } from '../../../src/base/canonical-json.ts';
import type { CollectionName } from '../../../src/base/ids.ts';
import type { JsonValue } from '../../../src/base/json.ts';
import { verifyAuditChain } from '../../../src/log/audit.ts';
import { shippedBindings } from '../../helpers/household.ts';
import { type TestDevice, everyItem } from '../../helpers/test-device.ts';

export const collections: readonly CollectionName[] = shippedBindings()
  .all()
  .map(({ manifest }) => manifest.collection);

/** All that a device holds of records, history, queues, log and audit. */
export function everythingOn(device: TestDevice): unknown {
  const { disk } = device;
  return {
    records: collections.flatMap((collection) => disk.records.list(collection, everyItem).items),
    history: collections.flatMap((collection) => historyOf(device, collection)),
    counts: collections.map((collection) => disk.records.counts(collection)),
    reviews: device.reviews(),
    held: device.held(),
    heads: disk.scopes.list().map((scopeId) => [...disk.log.heads(scopeId)]),
    audit: disk.audit.head(),
    clock: disk.settings.get('clock'),
  };
}

/** What must be equal on devices that have the same changes: live view and heads of each record. */
export function sharedState(device: TestDevice, names: readonly string[]): string {
  return names
    .flatMap((name) => device.disk.records.list(name as CollectionName, everyItem).items)
    .map(
      ({ collection, id, state, fields, heads }): JsonValue => ({
        collection,
        id,
        state,
        fields,
        heads: [...heads].sort(),
      }),
    )
    .map((row) => canonicalText(row))
    .sort()
    .join('\n');
}

export function historyOf({ disk }: TestDevice, collection: CollectionName): readonly string[] {
  return disk.records
    .list(collection, everyItem)
    .items.flatMap(({ id }) => disk.history.list(collection, id))
    .map(({ changeId, disposition }) => `${changeId} ${disposition}`);
}

export function isAuditWhole({ disk }: TestDevice): boolean {
  const verified = verifyAuditChain(disk.audit.read(0, Number.MAX_SAFE_INTEGER), disk.audit.head());
  return verified.ok && verified.value.count === disk.audit.head().count;
}
