import type { EngineId } from '../base/ids.ts';
import type { JsonObject, JsonValue } from '../base/json.ts';
import type { Result } from '../base/result.ts';
import type { Change } from './change.ts';
import type { Beside, Judgement } from './judgement.ts';
import type { ObservedPlace } from './observed-place.ts';
import type { Place } from './place.ts';

/** What the owner of a collection knows beyond its manifest: pure domain semantics. */
export interface Engine {
  readonly engineId: EngineId;
  /** One line that tells a person which record this is. */
  summarize(fields: JsonObject): string;
  /**
   * JSON pointers of the fields in `next` that differ from `before` and may change what this machine does.
   * Beside the manifest's dangerousFields, which apply by name.
   */
  dangerousPaths(before: JsonObject | null, next: JsonObject): readonly string[];
  /**
   * How a change is judged, for the queue and whoever decides; `next` is null for a removal. Pure and total. Undefined
   * where this engine has no word on it. It decides nothing: what waits, waits. `beside` is what else is live on this
   * device, given for the queue alone: what waits follows from the record's own changes, so that devices agree on it.
   */
  judge?(before: JsonObject | null, next: JsonObject | null, beside?: Beside): Judgement | undefined;
  /** How files of a linked folder become records and back; undefined where a folder makes no sense. */
  readonly files: FileMapping | undefined;
  /** Kinds of places of a workstation whose units are its records, as long as a person has them followed. */
  readonly places?: readonly (Place | ObservedPlace)[];
  /** How fields of an older major version become those of the next one; one for each version that may still arrive. */
  readonly migrations?: readonly Migration[];
  /** What of a change counts, by who wrote it: its value, or another that every device reads it as. Pure and total. */
  heard?(change: Pick<Change, 'operation' | 'value' | 'authorId'>): JsonValue;
  /** What fields lack beyond their schema to be what they say, in words; `authorId` is null for a person's decision. */
  lacking?(fields: JsonObject, authorId: string | null): string | undefined;
  /** What a person's yes makes of proposed fields. Pure and total; the same fields where it leaves them as they are. */
  accepted?(fields: JsonObject): JsonObject;
  /** How the audit calls what happens to its records beside the names that every collection has. */
  readonly audited?: AuditedEvents;
}

export interface AuditedEvents {
  /** Event type of a change that waits for a person; left out where it has no name of its own. */
  readonly proposed?: string;
  /** Event type of a change of the live view; undefined where it is one like any other. */
  changed(before: JsonObject | null, after: JsonObject | null): string | undefined;
}

/** One step between major versions. Pure and total: every device must answer alike, for every object. */
export interface Migration {
  readonly fromMajor: number;
  /** Fields of `fromMajor` as fields of the next major; members that it does not know are carried over. */
  migrate(fields: JsonObject): JsonObject;
}

/** A file below a linked folder. */
export interface FolderFile {
  /** Relative, `/` between names, NFC. It is also the record id. */
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly executable: boolean;
  /** Nobody but its owner may read or write it. */
  readonly private: boolean;
  /** A symbolic link: the bytes are what it leads to, a path relative to the folder that it lies in. */
  readonly symlink?: boolean;
  /** A large file: the bytes are the list of its chunks. */
  readonly chunked?: boolean;
}

export interface FileMapping {
  /** JSON pointer of the object that holds all of a file that is no record of its own; empty for the whole record. */
  readonly content: string;
  /** Large files can be records, as lists of their chunks. */
  readonly takesChunks?: boolean;
  /** Of a file that is no text: what has more bytes is a large file, because a record could not hold it. */
  readonly wholeBinaryBytes?: number;
  /** The record's fields, or why this file cannot be one. Text is UTF-8; other bytes are carried as base64. */
  toFields(file: FolderFile): Result<JsonObject, string>;
  /** The file of a record, or undefined when the record is no file. Inverse of {@link toFields}. */
  toFile(id: string, fields: JsonObject): FolderFile | undefined;
  /** True for a record that is no file any more, so that one that is there goes. */
  isOut?(id: string, fields: JsonObject): boolean;
  /** True for a record whose file's mode (executable, private) is part of it. */
  holdsMode(id: string, fields: JsonObject): boolean;
  /** Why a file that could be taken for a record of its own is kept as the bytes it is, in words; undefined where it is not. */
  keptAsBytes(id: string, fields: JsonObject): string | undefined;
}
