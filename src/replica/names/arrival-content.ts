import type { JsonObject } from '../../base/json.ts';

/** What stood in the record that an arrival comes from, as its author saw it at the heads that it names. */
export interface ArrivalContent {
  readonly fields: JsonObject;
  /** The encoded CRDT document, for the crdt strategy alone. */
  readonly document: Uint8Array | null;
}
