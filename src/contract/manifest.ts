import type { CollectionName, EngineId } from '../base/ids.ts';
import type { ReasonCode } from './reasons.ts';
import type { EngineState } from './states.ts';

export const mergeStrategies = [
  'crdt',
  'graph_merge',
  'append_only',
  'manual_review',
  'strongest_policy_wins',
  'signed_authority_required',
  'never_merge',
  'quarantine',
] as const;
export type MergeStrategyName = (typeof mergeStrategies)[number];

export const policyClasses = ['low', 'medium', 'high', 'critical'] as const;
export type PolicyClass = (typeof policyClasses)[number];

export const encryptionScopes = ['public', 'profile', 'workspace', 'org', 'device', 'vault'] as const;
export type EncryptionScope = (typeof encryptionScopes)[number];

/** Scope kinds that have a membership log and travel; device and vault never leave the device. */
export const scopeKinds = ['public', 'profile', 'workspace', 'org'] as const;
export type ScopeKind = (typeof scopeKinds)[number];

/** A file of a person whose units are records. A type, because a manifest is compared as JSON. */
export type DeclaredPlace = {
  /** The first name of the ids of its units. */
  readonly name: string;
  /** Below the home folder: `~/…`. */
  readonly file: string;
};

/** A manifest that has passed its schema. Source: the sync engine registry specification. */
export interface Manifest {
  readonly engineId: EngineId;
  readonly collection: CollectionName;
  /** Semantic version of the collection's records. */
  readonly schemaVersion: string;
  /** `owner/name` */
  readonly ownerRepo: string;
  readonly defaultEnabled: boolean;
  readonly policyClass: PolicyClass;
  readonly encryptionScope: EncryptionScope;
  readonly mergeStrategy: MergeStrategyName;
  readonly supportsTombstones: boolean;
  readonly supportsRollback: boolean;
  readonly supportsExport: boolean;
  /** Field names (top level, or JSON pointers) that need review, redaction or policy. */
  readonly dangerousFields: readonly string[];
  readonly auditEvents: readonly string[];
  /** Of an engine that ships with no program: files that its script takes apart. */
  readonly places?: readonly DeclaredPlace[];
  readonly stateCodes?: readonly EngineState[];
  readonly reasonCodes?: readonly ReasonCode[];
}

/** True for a collection whose records are policy: what they say decides about every other. */
export function isPolicyItself({ mergeStrategy }: Pick<Manifest, 'mergeStrategy'>): boolean {
  return mergeStrategy === 'strongest_policy_wins';
}

/**
 * True where only a holder of the collection's authority may write. An append-only collection asks for none: an entry
 * alters no other, and every device must be able to leave its own.
 */
export function asksForAuthority(manifest: Pick<Manifest, 'mergeStrategy'>): boolean {
  return manifest.mergeStrategy === 'signed_authority_required' || isPolicyItself(manifest);
}

/** True where nothing of the collection may ever be sealed for another device. */
export function staysOnDevice(scope: EncryptionScope): scope is 'device' | 'vault' {
  return scope === 'device' || scope === 'vault';
}
