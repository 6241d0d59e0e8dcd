import type { RecordId } from '../../base/ids.ts';
import type { FileLook } from './file-look.ts';
import type { ProblemCode } from './problem-code.ts';

/**
 * Who moves the chunks of large files. Nothing of it takes long: what is not there yet is begun, and the path is looked at
 * again once it is.
 */
export interface LargeFiles {
  /** The list of a file as it looks now, whose chunks a relay has durably. */
  listOf(file: FileToSend): LargeAnswer<Uint8Array>;
  /** Name of the part that is the whole file of a list, verified. */
  partOf(file: FileToFetch): LargeAnswer<string>;
  /** Nothing has to be moved for this path: what is under way for it ends. */
  settled(id: RecordId): void;
  /** A person waits for this path: it goes before others, and what waits to be tried again is tried now. */
  first(id: RecordId): void;
  /** How much of what is under way for a path is done, in words; undefined where nothing is. */
  progressOf(id: RecordId): string | undefined;
  /** Parts that nobody asked for since the start are removed. */
  sweep(): void;
  stop(): Promise<void>;
}

export type LargeAnswer<T> =
  | { readonly kind: 'ready'; readonly value: T }
  | { readonly kind: 'not_yet'; readonly code: ProblemCode; readonly detail: string };

export interface FileToSend {
  readonly id: RecordId;
  /** Below the root, as on disk. */
  readonly path: string;
  readonly look: FileLook;
  /** Lists of versions that may share chunks with it, the first of which says under which key it is cut. */
  readonly lists: readonly Uint8Array[];
}

export interface FileToFetch {
  readonly id: RecordId;
  readonly path: string;
  readonly list: Uint8Array;
  /** The list of the file that lies at the path now. */
  readonly replaced: Uint8Array | undefined;
}
