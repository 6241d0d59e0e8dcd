import type { JsonObject } from '../../base/json.ts';
import type { Result } from '../../base/result.ts';
import type { Engine } from '../../contract/engine.ts';
import type { EncryptionScope, Manifest } from '../../contract/manifest.ts';
import type { ReferenceField, TreeEdge } from '../../contract/references.ts';
import type { ReviewMode } from '../../contract/review.ts';

/** A collection as this device serves it: its manifest, its engine, and the scope that configuration chose. */
export interface CollectionBinding {
  readonly manifest: Manifest;
  readonly engine: Engine;
  /** The manifest's scope, or the listed alternative that configuration chose. */
  readonly scope: EncryptionScope;
  /** Paths of string fields that merge as text. */
  readonly textPaths: readonly string[];
  /** Fields that refer to other records. */
  readonly references: readonly ReferenceField[];
  /** The edge along which the records form a tree; undefined where they form none. */
  readonly tree: TreeEdge | undefined;
  /** Whose decisions count here, as configuration says. */
  readonly reviewMode: ReviewMode;
  /** The fields as they are, or where they break the record schema, in words. */
  validate(fields: JsonObject): Result<JsonObject, string>;
}

export interface Bindings {
  ofCollection(name: string): CollectionBinding | undefined;
  all(): readonly CollectionBinding[];
  /** JSON Schema of its records, where one is known. */
  schemaOf?(name: string): JsonObject | undefined;
}
