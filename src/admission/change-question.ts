import { assert } from '../base/assert.ts';
import type { CollectionName } from '../base/ids.ts';
import type { JsonObject } from '../base/json.ts';
import type { Result } from '../base/result.ts';
import type { LoggedChange } from '../contract/change.ts';
import type { Engine } from '../contract/engine.ts';
import type { EncryptionScope, Manifest } from '../contract/manifest.ts';
import type { FindSecrets } from '../contract/secrets.ts';
import type { Refusal } from '../contract/verdict.ts';
import type { EventBefore } from '../log/audit-entry.ts';
import type { BatchHeader } from '../log/header.ts';
import type { Revocations } from '../membership/lease/lease-revocation.ts';
import type { ScopeState } from '../membership/parse/state.ts';
import type { EffectivePolicy } from '../policy/effective.ts';

/** What the local registry says of a collection; a remote manifest never takes part. */
export interface CollectionRules {
  readonly manifest: Manifest;
  /** Its migrations bring older majors to the manifest's; it may hear less in a change than the change says. */
  readonly engine: Pick<Engine, 'migrations' | 'heard' | 'lacking'>;
  /** The manifest's scope, or the listed alternative that configuration chose. */
  readonly scope: EncryptionScope;
  /** The fields as they are, or where they break the record schema, in words. */
  readonly validate: (fields: JsonObject) => Result<JsonObject, string>;
}

/** Everything beside the record's bytes that its judgement needs. */
export interface ChangeContext {
  readonly batch: Pick<BatchHeader, 'kind' | 'scopeId' | 'deviceId' | 'sequence' | 'logSequence'>;
  /** Place in the batch, from 1. */
  readonly index: number;
  readonly scope: ScopeState;
  /** The scope is this device's own log, which is never pushed: collections that stay on the device live there. */
  readonly scopeIsLocal: boolean;
  /** Wall clock in milliseconds since 1970. */
  readonly nowMs: number;
  readonly rulesOf: (collection: CollectionName) => CollectionRules | undefined;
  readonly findSecrets: FindSecrets;
  /** The policy in force here; left out where the question is what counts in a merge, which no later policy changes. */
  readonly policy?: EffectivePolicy;
  /** This device wrote it. What its person wrote was let through by that; left out for what arrives. */
  readonly isOwn?: boolean;
  /** A person let the change in: what they answered for is no refusal. Left out where nobody did. */
  readonly released?: (refusal: Refusal) => boolean;
  /** What stands before an entry of the audit in its device's chain; left out where it is not asked. */
  readonly eventBefore?: () => EventBefore;
  /** Verified revocations of leases. */
  readonly revocations: Revocations;
  /** Policies that count for what was written at a time: the one in force here then, and now; none: it is not asked. */
  readonly policyHashesAt: (ms: number) => readonly string[];
}

/** What each step after decoding looks at. */
export interface ChangeQuestion {
  readonly change: LoggedChange;
  /** Undefined until the collection step has refused it. */
  readonly rules: CollectionRules | undefined;
  readonly context: ChangeContext;
}

/** A step's answer: what it found, in words, and the line goes on; or the refusal that ends it. */
export type StepAnswer =
  | { readonly kind: 'next'; readonly found: string }
  | { readonly kind: 'refusal'; readonly refusal: Refusal };

export function next(found: string): StepAnswer {
  return { kind: 'next', found };
}

export function stop(refusal: Refusal): StepAnswer {
  return { kind: 'refusal', refusal };
}

/** The rules, which every step behind `collection` may rely on. */
export function rulesOf({ rules }: { readonly rules: CollectionRules | undefined }): CollectionRules {
  assert(rules !== undefined, 'the collection step comes before every step that needs its rules');
  return rules;
}
