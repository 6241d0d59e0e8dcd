import type { ChangeId, EngineId, ScopeId } from '../../base/ids.ts';

/** A folder that feeds a collection, and what was last seen of each of its files. */
export interface LinkRow {
  readonly engineId: EngineId;
  readonly root: string;
  /** Names the link in the mark that it leaves in its root; absent for a link of an older version. */
  readonly id?: string;
  /** It has left its mark in its root. */
  readonly marked?: boolean;
  /** Why the link stands still, until the right root is back or a person says so. */
  readonly paused?: { readonly reason: string; readonly sinceMs: number };
  /** A person said that the folder is to be taken as new, and it has not been read whole since. */
  readonly adopting?: boolean;
  /** Nothing of it is published before what the other devices ignore is known here. */
  readonly awaitsExchange?: boolean;
  /** What was noted of its files may be older than they are: the store went back to an earlier state. */
  readonly doubtful?: boolean;
  /** Symbolic links that stay inside the root travel as such. */
  readonly takesLinks?: boolean;
  /** It is no folder but a place of this name: the root is the first of its files. */
  readonly place?: string;
  /** A person left this place: it is not followed, and what was noted of it is the base for when it is again. */
  readonly left?: boolean;
  /** Another scope serves its collection: it goes on once this one does again. */
  readonly restsFor?: ScopeId;
}

export interface LinkedFile {
  readonly path: string;
  /** SHA-256 (hex) of what file and record last agreed on, mode included; null: that there is no file. */
  readonly hash: string | null;
  readonly modifiedMs: number;
  readonly sizeBytes: number;
  /** Version of the record then; null: there was none. */
  readonly version: ChangeId | null;
  /** Nobody but its owner could read or write the file. */
  readonly private?: boolean;
  readonly inode?: string;
  /** What the file was about to become, noted before it was written: after a crash it is the one or the other. */
  readonly writing?: { readonly hash: string; readonly version: ChangeId };
}

export interface LinkTable {
  list(): readonly LinkRow[];
  put(link: LinkRow): void;
  /** Also forgets its files. */
  remove(root: string): void;
  files(root: string): readonly LinkedFile[];
  file(root: string, path: string): LinkedFile | undefined;
  putFile(root: string, file: LinkedFile): void;
  removeFile(root: string, path: string): void;
}
