import { isJsonObject } from '../../base/json.ts';
import type { Store } from '../../store/ground/port.ts';

/** Name of the setting that holds when own batches last came back from others, by scope. */
export const restoredSetting = 'tombstones.restored';

/** When others last had own batches that were not here; undefined where they never had. */
export function restoredMs({ settings }: Pick<Store, 'settings'>): number | undefined {
  const saved = settings.get(restoredSetting);
  const times = isJsonObject(saved) ? Object.values(saved).filter((value) => typeof value === 'number') : [];
  return times.length === 0 ? undefined : Math.max(...times);
}
