import type { DeviceId } from '../../base/ids.ts';
import type { Viewer } from '../../contract/strategy.ts';
import type { Logs } from '../kernel/logs.ts';
import type { CollectionBinding } from '../names/binding.ts';

/** A device as strategies know it, when it looks at records of a collection. */
export function viewerOf(logs: Logs, { engine, reviewMode }: CollectionBinding, self: DeviceId): Viewer {
  return { self, engine, reviewMode, isOld: logs.isOld, isUngated: logs.isUngated };
}
