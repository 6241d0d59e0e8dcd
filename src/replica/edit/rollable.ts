import type { CollectionName } from '../../base/ids.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { staysOnDevice } from '../../contract/manifest.ts';
import { type Refusal, refuse } from '../../contract/verdict.ts';
import type { Rules } from '../kernel/rules.ts';
import type { CollectionBinding } from '../names/binding.ts';
import type { WriteRefusal } from '../names/write.ts';

/** The collection's binding, or why none of its records goes back. */
export function rollable(rules: Rules, collection: CollectionName): Result<CollectionBinding, WriteRefusal> {
  const binding = rules.bindings.ofCollection(collection);
  if (binding === undefined) {
    return err({
      kind: 'unknown_collection',
      message: `No engine serves the collection ${collection}. See: sourcesync engines ls`,
    });
  }
  const refusal = rollbackRefusal(binding);
  return refusal === undefined ? ok(binding) : err({ kind: 'refused', refusal, message: refusal.message });
}

/** Why no record of a collection can be rolled back; undefined when they can. */
function rollbackRefusal({ manifest, scope }: CollectionBinding): Refusal | undefined {
  const { collection, mergeStrategy } = manifest;
  if (mergeStrategy === 'never_merge' || scope === 'vault') {
    const message = `Secrets have one value and no history, so nothing of ${collection} can be rolled back. Set the value again.`;
    return refuse('reject', 'policy_denied', staysOnDevice(scope) ? 'stays_on_device' : undefined, message);
  }
  if (mergeStrategy === 'append_only') {
    const message = `Entries of ${collection} are never changed, so there is nothing to go back to. Write another entry instead.`;
    return refuse('reject', 'policy_denied', 'immutable_entry', message);
  }
  if (!manifest.supportsRollback) {
    const message = `The manifest of ${collection} does not allow rollback (supportsRollback). Write the record anew instead.`;
    return refuse('reject', 'policy_denied', undefined, message);
  }
  return undefined;
}
