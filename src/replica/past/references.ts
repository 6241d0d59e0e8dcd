import { type CollectionName, parseCollectionName, parseRecordId } from '../../base/ids.ts';
import type { JsonObject } from '../../base/json.ts';
import {
  type LateSet,
  type ReferenceFacts,
  type ResolvedReference,
  referencesOf,
  resolveReference,
} from '../../merge/values/references.ts';
import { engineAnswer } from '../../policy/gates.ts';
import type { RecordRow } from '../../contract/record.ts';
import type { Core } from '../kernel/core.ts';
import type { Rules } from '../kernel/rules.ts';
import { hasLateSet, lateSetOf } from '../waits/late-set.ts';
import type { CollectionBinding } from '../names/binding.ts';

/** Who asks, as the collections that it may read. */
export interface Reader {
  mayRead(collection: string): boolean;
}

/** The person, and the device itself. */
const owner: Reader = { mayRead: () => true };

/** What becomes here of every reference of a record: each costs one look at the record that it leads to. */
export function resolveReferences(
  core: Pick<Core, 'store' | 'logs' | 'rules'>,
  binding: Pick<CollectionBinding, 'references'>,
  fields: JsonObject,
  reader: Reader = owner,
): readonly ResolvedReference[] {
  return resolveWith(binding, fields, (to) => {
    const facts = factsOf(core, to, reader);
    const set = facts.denied === undefined ? lateSetAt(core, to) : undefined;
    return set === undefined ? facts : { ...facts, set };
  });
}

function resolveWith(
  { references }: Pick<CollectionBinding, 'references'>,
  fields: JsonObject,
  factsAbout: (to: string) => ReferenceFacts,
): readonly ResolvedReference[] {
  return referencesOf(fields, references).map((reference) => resolveReference(reference, factsAbout(reference.to)));
}

function factsOf(core: Pick<Core, 'store' | 'logs' | 'rules'>, to: string, reader: Reader): ReferenceFacts {
  const slash = to.indexOf('/');
  const collection = parseCollectionName(to.slice(0, slash));
  const id = parseRecordId(to.slice(slash + 1));
  const binding = collection && core.rules.bindings.ofCollection(collection);
  const denied = denialOf(core.rules, to.slice(0, slash), binding, reader);
  if (collection === undefined || id === undefined || binding === undefined) {
    return { denied, engine: undefined, target: 'unknown' };
  }
  const { engineId } = binding.manifest;
  const isVault = binding.scope === 'vault';
  const engine = {
    engineId,
    enabled: core.rules.isEnabled(engineId),
    scope: binding.scope,
    scopeHeld: isVault || core.logs.scopes.serving(binding) !== undefined,
  };
  if (denied !== undefined) {
    // Who is denied does not learn whether it is there.
    return { denied, engine, target: 'unknown' };
  }
  if (isVault) {
    return { denied, engine, target: core.store.vault.get(id) === undefined ? 'unknown' : 'live' };
  }
  const row = core.store.records.get(collection, id);
  if (row === undefined && core.store.records.collected(collection, id) !== undefined) {
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

/** Where a reference leads into a set that is not what its owner pushed last. */
function lateSetAt(core: Pick<Core, 'store' | 'logs' | 'rules'>, to: string): LateSet | undefined {
  const slash = to.indexOf('/');
  const collection = parseCollectionName(to.slice(0, slash));
  const id = parseRecordId(to.slice(slash + 1));
  if (collection === undefined || id === undefined || !hasLateSet(core.store, collection)) {
    return undefined;
  }
  const found = core.store.records.get(collection, id);
  const row = found === 'damaged' ? undefined : found;
  return lateSetOf(core.store, { collection, id, row, lacks: () => lackOf(core, collection, row) });
}

/** What a record requires and has not, without a look at the sets that bring it: they may require each other. */
function lackOf(
  core: Pick<Core, 'store' | 'logs' | 'rules'>,
  collection: CollectionName,
  row: RecordRow | undefined,
): string | undefined {
  const binding = core.rules.bindings.ofCollection(collection);
  const fields = row?.state === 'live' ? row.fields : null;
  return binding === undefined || fields === null
    ? undefined
    : resolveWith(binding, fields, (to) => factsOf(core, to, owner)).find(({ fatal }) => fatal)?.to;
}

/** The one predicate of what is denied; undefined where nothing is. */
function denialOf(
  rules: Rules,
  collection: string,
  binding: CollectionBinding | undefined,
  reader: Reader,
): string | undefined {
  if (!reader.mayRead(collection)) {
    return `Who asks may not read ${collection}. Ask the owner of this home for more.`;
  }
  return binding !== undefined && engineAnswer(rules.policy.current(), binding.manifest).decision === 'deny'
    ? `Policy denies ${collection} here. See why with: sourcesync policy explain engine.${collection}`
    : undefined;
}
