import type { JsonObject } from '../../src/base/json.ts';
import type { BrakeSetting } from '../../src/policy/brake.ts';
import type { Bindings } from '../../src/replica/names/binding.ts';
import { sharedBindings } from './pool.ts';

/** What a person has configured and installed on one device: it outlives restarts, as files do. */
export interface DeviceSettings {
  bindings: Bindings;
  /** The same object while it does not change. */
  policyFloor: JsonObject;
  readonly brake: Pick<BrakeSetting, 'share' | 'minimum'>;
  readonly secretMode: 'redact' | 'refuse';
}

export function plainSettings(): DeviceSettings {
  return { bindings: sharedBindings(), policyFloor: {}, brake: {}, secretMode: 'redact' };
}
