import { parseCollectionName, parseRecordId } from '../base/ids.ts';
import type { JsonObject } from '../base/json.ts';
import { type ReferenceFacts, type ResolvedReference, referencesOf, resolveReference } from '../merge/references.ts';
import type { Core } from './core.ts';
import type { CollectionBinding } from './port.ts';

/** What becomes here of every reference of a record: each costs one look at the record that it leads to. */
export function resolveReferences(
  core: Core,
  binding: Pick<CollectionBinding, 'references'>,
  fields: JsonObject,
): readonly ResolvedReference[] {
  return referencesOf(fields, binding.references).map((reference) =>
    resolveReference(reference, factsOf(core, reference.to)),
  );
}

function factsOf(core: Core, to: string): ReferenceFacts {
  const slash = to.indexOf('/');
  const collection = parseCollectionName(to.slice(0, slash));
  const id = parseRecordId(to.slice(slash + 1));
  const binding = collection && core.bindings.ofCollection(collection);
  if (collection === undefined || id === undefined || binding === undefined) {
    return { engine: undefined, target: 'unknown' };
  }
  const { engineId } = binding.manifest;
  const isVault = binding.scope === 'vault';
  const engine = {
    engineId,
    enabled: core.isEnabled(engineId),
    denied: undefined,
    scope: binding.scope,
    scopeHeld: isVault || core.scopes.serving(binding.scope) !== undefined,
  };
  if (isVault) {
    return { engine, target: core.store.vault.get(id) === undefined ? 'unknown' : 'live' };
  }
  const row = core.store.records.get(collection, id);
  if (row === undefined) {
    return { engine, target: core.store.history.list(collection, id).length > 0 ? 'waiting' : 'unknown' };
  }
  return { engine, target: row === 'damaged' ? 'damaged' : row.state === 'absent' ? 'waiting' : row.state };
}
