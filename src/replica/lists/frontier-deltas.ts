import type { DeviceId, ScopeId } from '../../base/ids.ts';
import type { ChainHead } from '../../contract/chain.ts';
import type { FrontierDelta } from '../../log/meta.ts';

/**
 * What the own batches have not told yet of the chains held here. In memory: the first batch of each run of the process
 * tells all, the others what grew since.
 */
export interface FrontierDeltas {
  /** Another device's chain grew here. */
  grew(scopeId: ScopeId, deviceId: DeviceId): void;
  /** What the next own batch tells; all of it in a heartbeat. Counts as told. */
  take(scopeId: ScopeId, heads: ReadonlyMap<DeviceId, ChainHead>, self: DeviceId, isWhole: boolean): FrontierDelta;
  /** A transaction failed: what it told was never told, so everything is once more. */
  forget(): void;
}

export function createFrontierDeltas(): FrontierDeltas {
  const untold = new Map<ScopeId, Set<DeviceId>>();

  return {
    grew(scopeId, deviceId) {
      untold.get(scopeId)?.add(deviceId);
    },
    take(scopeId, heads, self, isWhole) {
      const news = isWhole ? undefined : untold.get(scopeId);
      untold.set(scopeId, new Set());
      const delta: Record<DeviceId, FrontierDelta[DeviceId]> = {};
      for (const deviceId of news ?? heads.keys()) {
        const head = heads.get(deviceId);
        if (deviceId !== self && head !== undefined) {
          delta[deviceId] = [head.sequence, head.batchId];
        }
      }
      return delta;
    },
    forget: () => untold.clear(),
  };
}
