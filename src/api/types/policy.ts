import type { JsonObject, JsonValue } from '../../base/json.ts';
import type { LackedAuthorityBody } from './bodies.ts';

/** One rule as a document holds it, `{kind, value}`. */
export type RuleBody = JsonObject;

/** What one layer says of a key. */
export interface PolicyWordBody {
  readonly layer: 'floor' | 'org' | 'workspace' | 'repo' | 'profile';
  /** Id of the record, or `floor`. */
  readonly source: string;
  /** The key of its rule, which may be a pattern. */
  readonly key: string;
  readonly rule: RuleBody;
  /** It says as much as what holds, so that it is one of those that decide. */
  readonly decides: boolean;
}

/** What holds for a key, and why. */
export interface PolicyKeyBody {
  readonly key: string;
  /** null where no layer says anything: then a decision allows, and nothing is bounded. */
  readonly rule: RuleBody | null;
  readonly reasonCode: string | null;
  readonly words: readonly PolicyWordBody[];
  readonly says: string;
}

/** One document of a layer; a rule is written for the version that was seen. */
export interface PolicyDocumentBody {
  readonly layer: string;
  readonly id: string;
  readonly generation: number | null;
  readonly version: string;
}

export interface PolicyBody {
  readonly documents: readonly PolicyDocumentBody[];
  readonly keys: readonly PolicyKeyBody[];
  /** What this device lacks to write a rule, and how it would get it; null where it may. */
  readonly lacking: LackedAuthorityBody | null;
  /** Keys that this build knows, for people. */
  readonly vocabulary: readonly { readonly key: string; readonly kinds: readonly string[]; readonly says: string }[];
}

/** A rule of a layer, or that it shall have none for this key. */
export type SetRuleBody =
  /** With `preview` nothing is written: the answer says what would hold. */
  | { readonly key: string; readonly kind: string; readonly value: JsonValue; readonly preview?: boolean }
  | { readonly key: string; readonly remove: true; readonly preview: boolean };

export interface PolicySetBody {
  readonly layer: string;
  readonly id: string;
  readonly generation: number;
  /** Of the layer's document as it is after the call; null where there is none. */
  readonly version: string | null;
  /** False for a preview. */
  readonly executed: boolean;
  /** What holds for the key now, which may be stronger than what was written. */
  readonly effective: PolicyKeyBody;
}
