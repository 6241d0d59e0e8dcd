import type { DeviceListBody } from '../../src/api/types/devices.ts';
import { shortId, shown } from '../ground/words.ts';

/** This device may pair and revoke others. */
export function administers({ items }: DeviceListBody): boolean {
  return items.some(({ self, role, revoked }) => self && role === 'admin' && !revoked);
}

/** Why this device may not, and which may. */
export function whoAdministers({ items }: DeviceListBody): string {
  const names = items
    .filter(({ self, role, revoked }) => !self && role === 'admin' && !revoked)
    .map(({ label, deviceId }) => (label === '' ? shortId(deviceId) : shown(label)));
  return names.length === 0
    ? 'This device pairs and revokes none: it is no administrator, and no other is left. The twelve words make one.'
    : `This device pairs and revokes none: it is no administrator. Do it on ${names.join(' or ')}.`;
}
