import type { EngineId } from '../base/ids.ts';
import type { JsonObject } from '../base/json.ts';
import type { Result } from '../base/result.ts';

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
  /** How files of a linked folder become records and back; undefined where a folder makes no sense. */
  readonly files: FileMapping | undefined;
  /** How fields of an older major version become those of the next one; one for each version that may still arrive. */
  readonly migrations?: readonly Migration[];
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
}

export interface FileMapping {
  /** The record's fields, or why this file cannot be one. Text is UTF-8; other bytes are carried as base64. */
  toFields(file: FolderFile): Result<JsonObject, string>;
  /** The file of a record, or undefined when the record is no file. Inverse of {@link toFields}. */
  toFile(id: string, fields: JsonObject): FolderFile | undefined;
}
