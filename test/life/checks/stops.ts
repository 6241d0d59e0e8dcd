import type { Life } from '../life.ts';
import { type Device, type OpenItem, devicesOf } from '../product/port.ts';

/** A stop is for a mass loss, and one is under way in its folder. */
export function isExplained(life: Life, { folder }: OpenItem): boolean {
  return folder !== undefined && life.losses.planted?.folder === folder;
}

/** Counts stops that nothing explains, and lets what they hold go on: it was what the person wanted. */
export async function checkStops(life: Life): Promise<void> {
  for (const device of devicesOf(life.pair).filter(({ isRunning }) => isRunning)) {
    for (const item of await device.items()) {
      if (item.kind === 'brake' && !isExplained(life, item)) {
        if (item.folder === undefined || !life.losses.isAlmostGone(item.folder)) {
          const where = `on the ${device.name}, ${item.folder ?? 'no folder'}`;
          life.tally.found('needlessStop', item.id, `${where}: ${item.summary}`);
        }
        await decide(life, device, item, 'accept');
      }
    }
  }
}

/** A decision that the product refuses is told and tried again later, as a person would. */
export async function decide(life: Life, device: Device, item: OpenItem, action: 'accept' | 'reject'): Promise<void> {
  try {
    await device.decide(item, action);
    life.tally.count(`${item.kind}s decided`);
    if (item.kind === 'brake' && item.folder !== undefined) {
      life.losses.stopDecided(item.folder);
    }
  } catch (cause) {
    life.note('a decision was refused', { device: device.name, item, action, why: String(cause) });
  }
}
