import type { QuarantineItem } from '../../contract/review.ts';
import { collectionsHeldForDamage, heldDamage } from '../../replica/care/held-damage.ts';
import type { DamagedRecord } from '../../replica/names/damaged-record.ts';
import type { Replica } from '../../replica/port.ts';
import type { Store } from '../../store/ground/port.ts';

/** About 5 ms of work. */
export const sliceRecords = 200;

export interface Verified {
  readonly checked: number;
  readonly damaged: readonly DamagedRecord[];
  /** How many are whole again. */
  readonly mended: number;
}

/** Opens every stored record now; everybody else's work goes on between two slices. */
export async function verifyAll(
  store: Pick<Store, 'quarantine' | 'upkeep'>,
  replica: Pick<Replica, 'rejudge' | 'verifyRecords' | 'noteDamaged' | 'closeMended'>,
): Promise<Verified> {
  const damaged: DamagedRecord[] = [];
  let checked = 0;
  let cursor: string | null = null;
  store.upkeep.forgetPages();
  do {
    const page: ReturnType<Replica['verifyRecords']> = replica.verifyRecords({ cursor, limit: sliceRecords });
    checked += page.checked;
    damaged.push(...page.damaged);
    cursor = page.nextCursor;
    await new Promise(setImmediate);
  } while (cursor !== null);
  const mended = closeMended(store, replica);
  damaged.push(...unlisted(replica, damagedRecords(store), damaged));
  return { checked, damaged, mended };
}

/** Records that have become whole are held no longer, and what stood on them is judged again. Answers how many. */
export function closeMended(
  store: Pick<Store, 'quarantine'>,
  replica: Pick<Replica, 'rejudge' | 'closeMended'>,
): number {
  const mended = replica.closeMended(damagedRecords(store));
  if (mended > 0) {
    collectionsHeldForDamage(store).forEach(replica.rejudge);
  }
  return mended;
}

/** Items that the walk over the table does not meet: their row is gone, and only asking for the record tells. */
function unlisted(
  replica: Pick<Replica, 'noteDamaged'>,
  items: readonly QuarantineItem[],
  listed: readonly DamagedRecord[],
): readonly DamagedRecord[] {
  const known = new Set(listed.map(({ quarantineId }) => quarantineId));
  return items.flatMap(({ id, collection, recordId }) => {
    const isNew = !known.has(id) && collection !== null && recordId !== null;
    return isNew ? (replica.noteDamaged(collection, recordId) ?? []) : [];
  });
}

/** Every held item that says of a record that its row is damaged. */
function damagedRecords(store: Pick<Store, 'quarantine'>): readonly QuarantineItem[] {
  return [...heldDamage(store)].filter(({ changeId }) => changeId === null);
}
