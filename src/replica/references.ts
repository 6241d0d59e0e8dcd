import { parseCollectionName, parseRecordId } from '../base/ids.ts';
import type { JsonObject } from '../base/json.ts';
import { type ReferenceFacts, type ResolvedReference, referencesOf, resolveReference } from '../merge/references.ts';
import { engineAnswer } from '../policy/gates.ts';
import type { Core } from './core.ts';
import type { CollectionBinding } from './port.ts';

/** Who asks, as the collections that it may read. */
export interface Reader {
  mayRead(collection: string): boolean;
}

/** The person, and the device itself. */
const owner: Reader = { mayRead: () => true };

/** What becomes here of every reference of a record: each costs one look at the record that it leads to. */
export function resolveReferences(
  core: Core,
  binding: Pick<CollectionBinding, 'references'>,
  fields: JsonObject,
  reader: Reader = owner,
): readonly ResolvedReference[] {
  return referencesOf(fields, binding.references).map((reference) =>
    resolveReference(reference, factsOf(core, reference.to, reader)),
  );
}

function factsOf(core: Core, to: string, reader: Reader): ReferenceFacts {
  const slash = to.indexOf('/');
  const collection = parseCollectionName(to.slice(0, slash));
  const id = parseRecordId(to.slice(slash + 1));
  const binding = collection && core.bindings.ofCollection(collection);
  const denied = denialOf(core, to.slice(0, slash), binding, reader);
  if (collection === undefined || id === undefined || binding === undefined) {
    return { denied, engine: undefined, target: 'unknown' };
  }
  const { engineId } = binding.manifest;
  const isVault = binding.scope === 'vault';
  const engine = {
    engineId,
    enabled: core.isEnabled(engineId),
    scope: binding.scope,
    scopeHeld: isVault || core.scopes.serving(binding.scope) !== undefined,
  };
  if (denied !== undefined) {
    // Who is denied does not learn whether it is there.
    return { denied, engine, target: 'unknown' };
  }
  if (isVault) {
    return { denied, engine, target: core.store.vault.get(id) === undefined ? 'unknown' : 'live' };
  }
  const row = core.store.records.get(collection, id);
  if (row === undefined && core.store.records.grave(collection, id) !== undefined) {
    return { denied, engine, target: 'tombstoned' };
  }
  if (row === undefined) {
    return { denied, engine, target: core.store.history.list(collection, id).length > 0 ? 'waiting' : 'unknown' };
  }
  if (row === 'damaged' || row.state !== 'live') {
    return { denied, engine, target: row === 'damaged' ? 'damaged' : row.state === 'absent' ? 'waiting' : row.state };
  }
  return { denied, engine, target: 'live', says: { version: row.fields?.['version'], kind: row.fields?.['kind'] } };
}

/** The one predicate of what is denied; undefined where nothing is. */
function denialOf(
  core: Core,
  collection: string,
  binding: CollectionBinding | undefined,
  reader: Reader,
): string | undefined {
  if (!reader.mayRead(collection)) {
    return `Who asks may not read ${collection}. Ask the owner of this home for more.`;
  }
  return binding !== undefined && engineAnswer(core.policy.current(), binding.manifest).decision === 'deny'
    ? `Policy denies ${collection} here. See why with: sourcesync policy explain engine.${collection}`
    : undefined;
}
