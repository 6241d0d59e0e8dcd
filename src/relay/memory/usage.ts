import type { DeviceId } from '../../base/ids.ts';
import type { RelayStore } from '../port.ts';
import type { Undo } from './undo.ts';

/** What devices and registration tokens have used of what they may. */
export function createUsage(undo: Undo): Pick<RelayStore, 'usedOn' | 'charge' | 'tokenUses' | 'useToken'> {
  const usage = new Map<DeviceId, { day: number; sizeBytes: number }>();
  const usesByToken = new Map<string, number>();

  return {
    usedOn(deviceId, day) {
      const used = usage.get(deviceId);
      return used?.day === day ? used.sizeBytes : 0;
    },
    charge(deviceId, day, sizeBytes) {
      const before = usage.get(deviceId);
      usage.set(deviceId, { day, sizeBytes: (before?.day === day ? before.sizeBytes : 0) + sizeBytes });
      undo.note(() => (before === undefined ? usage.delete(deviceId) : usage.set(deviceId, before)));
    },
    tokenUses: (tokenId) => usesByToken.get(tokenId) ?? 0,
    useToken(tokenId) {
      const before = usesByToken.get(tokenId) ?? 0;
      usesByToken.set(tokenId, before + 1);
      undo.note(() => usesByToken.set(tokenId, before));
    },
  };
}
