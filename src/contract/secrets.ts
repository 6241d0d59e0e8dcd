import type { JsonValue } from '../base/json.ts';

const prefix = 'urn:srcos:secret:';

/** What other records write in place of a secret. Source: the SourceGraph contract. */
export function secretUrn(id: string): string {
  return `${prefix}${id}`;
}

/** The id of the secret that a text refers to; undefined when it refers to none. */
export function secretIdIn(urn: string): string | undefined {
  return urn.startsWith(prefix) ? urn.slice(prefix.length) : undefined;
}

/** A raw secret in a value: where it stands and which rule knows it; never what it is. */
export interface FoundSecret {
  /** JSON pointer of the text; of the object, when the secret is the name of one of its members. */
  readonly path: string;
  readonly standsIn: 'value' | 'name';
  /** Name of the rule: `github`, `private_key`… */
  readonly rule: string;
  /** First offset in the text and the one behind its last, in UTF-16 units; of the text as a whole for a name. */
  readonly range: readonly [from: number, to: number];
}

/** Looks at every text and every member name of a value. Pure, bounded, and at most a few finds are told. */
export type FindSecrets = (value: JsonValue) => readonly FoundSecret[];
