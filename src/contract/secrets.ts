import type { JsonValue } from '../base/json.ts';

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
