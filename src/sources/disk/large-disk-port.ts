import type { Result } from '../../base/result.ts';
import type { ProblemCode } from '../ground/problem-code.ts';
import type { FileLook } from '../ground/file-look.ts';

/** Files that are never held whole, below one root. Paths are disk paths relative to it; every call may reject with an error of the disk. */
export interface LargeDisk {
  open(path: string): Promise<Result<OpenedFile, ProblemCode>>;
  /** A file that is being put together beside the root's mark; made where it is not there yet. */
  part(name: string): Promise<Result<PartFile, ProblemCode>>;
  /** Bytes that the disk has free for this user. */
  freeBytes(): Promise<number>;
  /** Removes every part but these. */
  sweepParts(wanted: ReadonlySet<string>): void;
}

export interface OpenedFile {
  readonly look: FileLook;
  /** Fills `into` from an offset; answers how many bytes there were. */
  read(offset: number, into: Uint8Array): Promise<number>;
  /** True while it is the file at the path, and as it was when it was opened. */
  isSteady(): Promise<boolean>;
  close(): Promise<void>;
}

export interface PartFile {
  /** As it was when it was opened. */
  readonly sizeBytes: number;
  read(offset: number, into: Uint8Array): Promise<number>;
  write(offset: number, bytes: Uint8Array): Promise<void>;
  truncate(sizeBytes: number): Promise<void>;
  /** Makes it survive power loss. */
  sync(): Promise<void>;
  close(): Promise<void>;
}
