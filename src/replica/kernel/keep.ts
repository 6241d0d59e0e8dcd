import type { RecordRow } from '../../contract/record.ts';
import type { QuarantineItem } from '../../contract/review.ts';
import type { Core } from './core.ts';

/** Stores a record as it is now, inside the caller's transaction. The only way in: where it says what is allowed, other things hold. */
export function keepRow(core: Pick<Core, 'store' | 'rules'>, row: RecordRow): void {
  core.rules.policy.willTouch(row);
  core.store.records.put(row);
}

/** The same for an item of quarantine: a policy that is held denies, and one that no longer is does not. */
export function keepItem(core: Pick<Core, 'store' | 'rules'>, item: QuarantineItem): void {
  core.store.quarantine.put(item);
  core.rules.policy.itemTouched(item);
}

/** Takes an item off the list, and tells of it. Answers the item as it is then. */
export function closeItem(
  core: Pick<Core, 'store' | 'rules' | 'notices'>,
  item: QuarantineItem,
  status: 'released' | 'dropped',
): QuarantineItem {
  const closed: QuarantineItem = { ...item, status };
  keepItem(core, closed);
  core.notices.pendingEvents.push({
    type: 'quarantine.released',
    data: { id: item.id, engineId: item.engineId, status },
  });
  return closed;
}
