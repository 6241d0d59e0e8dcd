import type { Result } from '../../base/result.ts';
import type { FileLook } from '../ground/file-look.ts';
import type { ProblemCode } from '../ground/problem-code.ts';
import type { LargeDisk } from './large-disk-port.ts';

/** What is at a path, without its content. */
export type Look =
  | { readonly kind: 'absent' }
  | { readonly kind: 'folder' }
  | { readonly kind: 'blocked'; readonly code: ProblemCode; readonly detail?: string }
  /** Something is there that stays as it is, and stays here: nothing is wrong with it. */
  | { readonly kind: 'held' }
  | FileLook;

/** A file's whole content as it was at one moment; `unsteady` when it changed under the reading, `large` when it is not read whole. */
export type Reading =
  | Exclude<Look, FileLook>
  | { readonly kind: 'unsteady' }
  | { readonly kind: 'large'; readonly look: FileLook }
  | (FileLook & { readonly bytes: Uint8Array });

export interface WalkedEntry {
  /** Below the root, as on disk. Not to be used for reading when the name is not text. */
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'symlink' | 'special' | 'not_utf8';
}

/** One folder's entries, sorted by name, or why it could not be listed. */
export type WalkedFolder =
  | { readonly path: string; readonly entries: readonly WalkedEntry[] }
  | { readonly path: string; readonly fault: ProblemCode };

export interface WrittenFile {
  readonly bytes: Uint8Array;
  readonly executable: boolean;
  /** True takes the rights of everybody else away; false gives nobody any. */
  readonly private: boolean;
  /** The bytes are what a symbolic link leads to. */
  readonly symlink?: boolean | undefined;
  /** False leaves the mode of an existing file as it is: the record does not know it. */
  readonly carriesMode: boolean;
  /** The file is put together already, under this name: the bytes are its list. */
  readonly part?: string | undefined;
}

/** changed: what was expected there is not there any more; nothing was done. */
export type WriteFault = ProblemCode | 'changed';

/** What is at the root's path. */
export interface RootSight {
  /** Of this very folder, for as long as it is mounted: another one at the same path has another. */
  readonly identity: string;
  /** Ids of the links that have left their mark in it. */
  readonly marks: readonly string[];
  /** There is no other folder that could lie there. */
  readonly isOnly?: true;
}

/**
 * Files below one root, as primitives that never leave it, follow no symbolic link and never destroy what they were
 * not told of. Paths are disk paths relative to the root.
 */
export interface Disk {
  /** The root folder as it is now, or why it cannot be read. */
  root(): Result<RootSight, 'missing' | ProblemCode>;
  /**
   * From here on every answer is of this very folder: where another one lies at the root's path, files are not absent but
   * blocked, and nothing is written or removed.
   */
  hold(identity: string): void;
  /** True while that folder lies at the root's path. */
  isHeld(): boolean;
  /** Leaves a link's mark in the root, so that the folder is known again; a folder of our own, which git ignores. */
  mark(linkId: string): Result<void, ProblemCode>;
  /** Nothing is ever written or removed: whatever others have of it is seen elsewhere. */
  readonly onlyReads?: boolean;
  /** A file that is gone is gone here alone. */
  readonly keepsRecords?: boolean;
  /** Where that really stands, to be told to people; left out where its path below the root says so. */
  fileOf?(path: string): string | undefined;
  look(path: string): Promise<Look>;
  /** True when something is at the path. */
  isThere(path: string): boolean;
  read(path: string): Promise<Reading>;
  /** Every folder below `from`, parents first; `skip` prunes. */
  walk(from: string, skip: (path: string, folder: boolean) => boolean): AsyncGenerator<WalkedFolder>;
  /**
   * Replaces or creates a file whole (temporary file, fsync, rename). `expected` is the fingerprint that is there now,
   * undefined for none, and is checked against the content immediately before. Answers what is there after.
   */
  write(path: string, file: WrittenFile, expected: string | undefined): Promise<Result<FileLook, WriteFault>>;
  /** Removes a file whose fingerprint is `expected`, and the folders that it leaves empty. */
  remove(path: string, expected: string, carriesMode: boolean): Promise<Result<void, WriteFault>>;
  /** Makes creations and removals in these folders survive power loss. */
  syncFolders(paths: Iterable<string>): Promise<void>;
  /**
   * Removes a temporary file that a crash has left. Of this writer that is each one, as long as nothing is being written;
   * one that another writer may still use stays.
   */
  sweepTemporary(path: string): void;
  /** Files that are larger than what is read whole; left out where there are none of them. */
  readonly large?: LargeDisk;
  /** True when the disk takes `A` and `a` for one name. */
  readonly caseInsensitive: boolean;
  /** True where symbolic links that stay inside the root are files like any other. */
  readonly takesLinks: boolean;
}

export interface DiskOptions {
  /** A real path. */
  readonly root: string;
  /** What is larger is not read whole. */
  readonly maximumFileBytes: number;
  /** What is larger is left alone; left out, that is so of all that is not read whole. */
  readonly largestFileBytes?: (() => number) | undefined;
  /** Of a file that is no text, what is larger is not read whole, where large files are not left alone. */
  readonly wholeBinaryBytes?: number | undefined;
  readonly caseInsensitive: boolean;
  readonly takesLinks: boolean;
  /** Names whose temporary files are whose: letters and digits, the same after a restart, and nobody else's. */
  readonly writer: string;
}
