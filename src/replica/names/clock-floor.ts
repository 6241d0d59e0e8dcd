import { parseStamp, wallMs } from '../../clock/stamp.ts';
import type { Store } from '../../store/ground/port.ts';

/** Name of the setting that holds the last stamp of the device's clock. */
export const clockSetting = 'clock';

/**
 * The latest time that this device has written or seen, in milliseconds: what ends by the clock stays ended when the
 * clock is set back. At most ten minutes ahead of the wall, because stamps from further ahead do not raise it.
 */
export function clockFloorMs({ settings }: Pick<Store, 'settings'>): number {
  const saved = settings.get(clockSetting);
  const stamp = typeof saved === 'string' ? parseStamp(saved) : undefined;
  return stamp === undefined ? 0 : wallMs(stamp);
}
