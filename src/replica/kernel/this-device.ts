import type { DeviceId } from '../../base/ids.ts';
import type { DeviceDeps } from './deps.ts';

/** Who works here: the device and its user, its keys, its clock and its chance. */
export interface ThisDevice extends DeviceDeps {
  readonly id: DeviceId;
  /** This process: what it begins to write into shared documents, no other goes on with. */
  readonly processEpoch: { readonly id: string; readonly runs: Set<number> };
}
