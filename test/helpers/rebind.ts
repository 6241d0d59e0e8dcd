import type { CollectionBinding } from '../../src/replica/names/binding.ts';
import { shippedBindings } from './household.ts';
import type { TestDevice } from './test-device.ts';

/** Serves one collection of a device in another way. */
export function rebind(device: TestDevice, name: string, change: Partial<CollectionBinding>): void {
  const shipped = shippedBindings();
  const swap = (binding: CollectionBinding): CollectionBinding =>
    binding.manifest.collection === name ? { ...binding, ...change } : binding;
  device.bindings = {
    all: () => shipped.all().map(swap),
    ofCollection: (other) => {
      const found = shipped.ofCollection(other);
      return found && swap(found);
    },
  };
}
