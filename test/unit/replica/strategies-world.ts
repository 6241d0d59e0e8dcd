import type { JsonObject } from '../../../src/base/json.ts';
import type { Intent } from '../../../src/contract/strategy.ts';
import type { CollectionBinding } from '../../../src/replica/names/binding.ts';
import type { TestDevice } from '../../helpers/test-device.ts';

export const put = (fields: JsonObject): Intent => ({ kind: 'put', fields });

/** Serves a collection in another way from now on. */
export function rebind(
  device: TestDevice,
  name: string,
  change: (binding: CollectionBinding) => CollectionBinding,
): void {
  const all = device.bindings
    .all()
    .map((binding) => (binding.manifest.collection === name ? change(binding) : binding));
  device.bindings = {
    all: () => all,
    ofCollection: (wanted) => all.find(({ manifest }) => manifest.collection === wanted),
  };
}
