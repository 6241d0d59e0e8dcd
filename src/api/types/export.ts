import type { JsonObject } from '../../base/json.ts';
import type { ManagedBy } from '../../contract/operation.ts';

/** A collection of this device, and whether its records may leave it as plain text. */
export interface ExportedCollectionBody {
  readonly collection: string;
  readonly engineId: string;
  readonly schemaVersion: string;
  /** JSON Schema of its records; null where none is known. */
  readonly schema: JsonObject | null;
  readonly live: number;
  /** Why it is left out, in words; null where it is not. */
  readonly leftOut: string | null;
}

/** A live record as it leaves. */
export interface ExportedRecordBody {
  readonly id: string;
  readonly fields: JsonObject;
  readonly version: string;
  readonly updatedAt: string;
  readonly author: string;
  readonly managedBy: ManagedBy;
  /** The file that it is; absent for one that is none. */
  readonly file?: ExportedFileBody;
  /** Why the bytes of the file that it is are left out, in words; absent where they are not. */
  readonly leftOut?: string;
}

export interface ExportedFileBody {
  /** base64 */
  readonly bytes: string;
  readonly executable: boolean;
  readonly private: boolean;
  /** Its content is where it leads. */
  readonly symlink: boolean;
}

export interface ExportPageBody {
  readonly items: readonly ExportedRecordBody[];
  readonly nextCursor: string | null;
  /** Records of this page that cannot be read. */
  readonly damaged: number;
}
