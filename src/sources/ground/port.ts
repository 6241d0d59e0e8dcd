import type { ChangeId, CollectionName, RecordId } from '../../base/ids.ts';
import type { JsonObject } from '../../base/json.ts';
import type { Result } from '../../base/result.ts';
import type { RecordRow } from '../../contract/record.ts';
import type { Intent } from '../../contract/strategy.ts';
import type { Refusal } from '../../contract/verdict.ts';
import type { Page, PageRequest } from '../../store/ground/port.ts';

/** What a linked folder asks of the records; the daemon puts the replica behind it. */
export interface RecordPort {
  /** A row whose seal does not open answers `damaged`. */
  get(collection: CollectionName, id: RecordId): RecordRow | 'damaged' | undefined;
  /** True for a record of which only the deletion is remembered: `get` answers undefined. */
  isCollected(collection: CollectionName, id: RecordId): boolean;
  /** True where a person or a program of this device wrote a version of the record. A port without it: of each. */
  wasWrittenHere?(collection: CollectionName, id: RecordId): boolean;
  /** Every readable row of the collection, tombstones included, page by page. */
  list(collection: CollectionName, page: PageRequest): Page<RecordRow>;
  /**
   * One transaction for all; resolves once durable. Each answer, in order: the row after it, the refusal, or `stale`
   * when the row is not the one the edit was made from any more: then nothing was written, and the file is looked at again.
   * `note` writes into the link table in the same transaction, so that no end of the process leaves an edit that no note
   * knows of; it is not called where nothing was written.
   */
  edit(
    collection: CollectionName,
    writes: readonly RecordEdit[],
    note: (answers: readonly EditAnswer[]) => void,
  ): Promise<readonly EditAnswer[]>;
  /**
   * The live fields as they were at a version, or undefined when that is no longer known. A port that has it lets a
   * file be merged with what others changed since; without it a file changed on both sides wins and history keeps
   * the other.
   */
  fieldsAt?(collection: CollectionName, id: RecordId, version: ChangeId): JsonObject | undefined;
  /**
   * True when `edit` takes {@link RecordEdit.base} for this record: the collection's own strategy merges. Needs
   * {@link fieldsAt}.
   */
  mergesAtBase?(collection: CollectionName, id: RecordId): boolean;
  /**
   * The version at which the record said what `isSame` asks for, the latest of them, of a deleted record too; undefined
   * when its history knows none. A port without it takes every file that it has no note of for a new text.
   */
  knownVersion?(
    collection: CollectionName,
    id: RecordId,
    isSame: (fields: JsonObject) => boolean,
  ): ChangeId | undefined;
  /**
   * Gives records other ids, and other fields where they are told, each with its history and without its content travelling again; one transaction. Refused
   * one by one. A port without it knows no renames. `note` is as that of `edit`.
   */
  move?(
    collection: CollectionName,
    moves: readonly { readonly from: RecordId; readonly to: RecordId; readonly fields?: JsonObject }[],
    note: (answers: readonly MoveAnswer[]) => void,
  ): Promise<readonly MoveAnswer[]>;
  /** Makes each of these a version of its record that history brings back; what is live stays. One transaction. */
  keepVersions?(
    collection: CollectionName,
    versions: readonly { readonly id: RecordId; readonly fields: JsonObject }[],
  ): Promise<void>;
}

/** The row after the edit, why it was refused, or that the row was another one. */
export type EditAnswer = Result<EditedRecord, Refusal | 'stale'>;

export type MoveAnswer = Result<MovedRecord, Refusal>;

export interface EditedRecord {
  readonly row: RecordRow;
  /** The version that says what the writer said, and nothing of what others did beside it; null where there is none. */
  readonly made: ChangeId | null;
}

export interface MovedRecord {
  /** Under its new id. */
  readonly row: RecordRow;
  /** The version at which nothing is left under its old one. */
  readonly left: ChangeId | null;
}

export interface RecordEdit {
  readonly id: RecordId;
  readonly intent: Intent;
  /** Version of the row that the intent was made from; null when there was none. */
  readonly seen: ChangeId | null;
  /**
   * The version that the intent was made from, where that is older than the row; null where it was made from none.
   * Only for collections that merge at it.
   */
  readonly base?: ChangeId | null;
}
