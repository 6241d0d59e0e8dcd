import type { ChangeId, CollectionName, RecordId } from '../base/ids.ts';
import type { JsonObject } from '../base/json.ts';
import type { Result } from '../base/result.ts';
import type { RecordRow } from '../contract/record.ts';
import type { Intent } from '../contract/strategy.ts';
import type { Refusal } from '../contract/verdict.ts';
import type { Page, PageRequest } from '../store/port.ts';

/** What a linked folder asks of the records; the daemon puts the replica behind it. */
export interface RecordPort {
  /** A row whose seal does not open answers `damaged`. */
  get(collection: CollectionName, id: RecordId): RecordRow | 'damaged' | undefined;
  /** True for a record of which only the deletion is remembered: `get` answers undefined. */
  isBuried(collection: CollectionName, id: RecordId): boolean;
  /** Every readable row of the collection, tombstones included, page by page. */
  list(collection: CollectionName, page: PageRequest): Page<RecordRow>;
  /**
   * One transaction for all; resolves once durable. Each answer, in order: the row after it, the refusal, or `stale`
   * when the row is not the one the edit was made from any more: then nothing was written, and the file is looked at again.
   */
  edit(
    collection: CollectionName,
    writes: readonly RecordEdit[],
  ): Promise<readonly Result<RecordRow, Refusal | 'stale'>[]>;
  /**
   * The live fields as they were at a version, or undefined when that is no longer known. A port that has it lets a
   * file be merged with what others changed since; without it a file changed on both sides wins and history keeps
   * the other.
   */
  fieldsAt?(collection: CollectionName, id: RecordId, version: ChangeId): JsonObject | undefined;
  /**
   * True when `edit` makes a change whose parent is the write's `base`, so that the collection's own strategy merges
   * it. Needs {@link fieldsAt}.
   */
  readonly mergesAtBase?: boolean;
}

export interface RecordEdit {
  readonly id: RecordId;
  readonly intent: Intent;
  /** Version of the row that the intent was made from; null when there was none. */
  readonly seen: ChangeId | null;
  /** The version that the intent was made from, where that is older than the row; only for `mergesAtBase`. */
  readonly base?: ChangeId;
}
