import type { JsonValue } from '../../base/json.ts';
import type { ReviewItem } from '../../contract/review.ts';
import type { Store } from '../../store/ground/port.ts';

const setting = 'reviews.decided';
/** Further back nobody looks for the last decision. */
const most = 100;

/** Ids of review items that were decided on this device and are not open again, the last one first. */
export function decidedHere(store: Pick<Store, 'settings'>): readonly string[] {
  const saved: JsonValue = store.settings.get(setting) ?? [];
  return Array.isArray(saved) ? saved.map(String) : [];
}

/** Inside a transaction: what this device decided just now, in its order. An item that is open again was taken back. */
export function noteDecided(store: Pick<Store, 'settings'>, items: readonly Pick<ReviewItem, 'id' | 'status'>[]): void {
  if (items.length === 0) {
    return;
  }
  const named = new Set(items.map(({ id }) => id));
  const decided = items.filter(({ status }) => status !== 'open').map(({ id }) => id);
  const before = decidedHere(store).filter((id) => !named.has(id));
  store.settings.set(setting, [...decided.reverse(), ...before].slice(0, most));
}
