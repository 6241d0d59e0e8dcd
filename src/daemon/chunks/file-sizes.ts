import type { EngineId } from '../../base/ids.ts';
import type { ConfigInForce } from '../ground/live-config.ts';

/** How large a file of an engine's folders may be, in bytes. */
export function largestFileBytes({ current }: Pick<ConfigInForce, 'current'>, engineId: EngineId): number {
  const { engines, largestFileBytes: ofAll } = current();
  return engines[engineId]?.max_file_size ?? ofAll;
}

/** Calls once other files are too large than before. */
export function onOtherFileSizes(
  config: Pick<ConfigInForce, 'current' | 'onReload'>,
  engineIds: readonly EngineId[],
  changed: () => void,
): void {
  const sizes = (): string => engineIds.map((engineId) => largestFileBytes(config, engineId)).join();
  let known = sizes();
  config.onReload(() => {
    const now = sizes();
    if (now !== known) {
      known = now;
      changed();
    }
  });
}
