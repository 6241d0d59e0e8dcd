import type { JsonObject } from '../../base/json.ts';
import type { PatchOperation } from '../../contract/patch-operation.ts';
import type { RecordState } from '../../contract/record.ts';

/** One write of a case. Its author has seen the writes that `after` names, and its own earlier ones. */
export interface CaseWrite {
  readonly name: string;
  readonly by: 'A' | 'B' | 'C';
  readonly after?: readonly string[];
  readonly put?: JsonObject;
  readonly patch?: readonly PatchOperation[];
  readonly remove?: true;
  /** Decides the first open review item of the record on the author's device. */
  readonly decide?: 'accept' | 'reject';
}

/** One row of an engine's merge table: what is written, and what one device then holds. */
export interface MergeCase {
  readonly title: string;
  readonly writes: readonly CaseWrite[];
  /** The device that looks, after everything has arrived. */
  readonly seenBy: 'A' | 'B' | 'C';
  readonly state: RecordState | 'none';
  readonly fields?: JsonObject;
  readonly reviews?: number;
  readonly conflicts?: number;
  /** Reason of the last refusal that writing or receiving gave on the device that looks. */
  readonly refusal?: string;
}
