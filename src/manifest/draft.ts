import type { JsonObject } from '../base/json.ts';
import type { EncryptionScope, MergeStrategyName, PolicyClass } from '../contract/manifest.ts';
import { canonicalOfEngine } from './canonical.ts';

/** What somebody who declares a new engine has to decide. */
export interface ManifestWishes {
  /** Without `sourceos.sync.` */
  readonly name: string;
  readonly collection: string;
  readonly ownerRepo: string;
  readonly policyClass: PolicyClass;
  readonly encryptionScope: EncryptionScope;
  readonly mergeStrategy: MergeStrategyName;
}

/** A whole manifest from the few things that nobody else can decide. The caller has it judged before it is used. */
export function draftManifest(wishes: ManifestWishes): JsonObject {
  const { name, collection, ownerRepo, policyClass, encryptionScope, mergeStrategy } = wishes;
  const isFixed = mergeStrategy === 'append_only' || mergeStrategy === 'never_merge';
  return {
    engineId: `sourceos.sync.${name}`,
    collection,
    schemaVersion: '0.1.0',
    ownerRepo,
    // What could harm is switched on by a person.
    defaultEnabled: policyClass !== 'critical',
    ...{ policyClass, encryptionScope, mergeStrategy },
    supportsTombstones: !isFixed,
    supportsRollback: !isFixed,
    supportsExport: encryptionScope !== 'vault',
    dangerousFields: [],
    auditEvents: [
      'graph.write.accepted',
      'graph.write.rejected',
      'graph.write.quarantined',
      'sync.engine.started',
      'sync.engine.completed',
    ],
  };
}

/** The least a record schema can say: which fields there are, and that newer writers may add some. */
export function draftRecordSchema(collection: string): JsonObject {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:srcos:schema:records:${collection}`,
    title: `Record of ${collection}`,
    description: 'Fields that a newer version adds are carried through untouched.',
    type: 'object',
    additionalProperties: true,
    required: ['title'],
    properties: {
      title: { title: 'Title', description: 'What a person calls it.', type: 'string', minLength: 1, maxLength: 512 },
    },
    examples: [{ title: 'First' }],
  };
}

/** What the registry says of an engine of this name; undefined for one that it does not know. */
export function knownWishes(name: string): Omit<ManifestWishes, 'name'> | undefined {
  const row = canonicalOfEngine(`sourceos.sync.${name}`);
  return (
    row && {
      collection: row.collection,
      ownerRepo: row.owners[0],
      policyClass: row.policyClass,
      encryptionScope: row.scopes[0],
      mergeStrategy: row.mergeStrategy,
    }
  );
}
