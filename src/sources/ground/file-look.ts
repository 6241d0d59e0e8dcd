/** A file as it is seen without its content. */
export interface FileLook {
  readonly kind: 'file';
  /** Changes whenever content, mode or the file itself does, as far as the disk's clock can tell. */
  readonly identity: string;
  readonly sizeBytes: number;
  /** Whole milliseconds. */
  readonly modifiedMs: number;
  readonly changedMs: number;
  readonly executable: boolean;
  /** Nobody but its owner may read or write it. */
  readonly private: boolean;
  /** A symbolic link, taken as such: its bytes are what it leads to. */
  readonly symlink?: boolean;
  /** Stays the same while a file is renamed. */
  readonly inode: string;
  /** What has this `inode` is this file, whatever it holds; left out where another file may have it later. */
  readonly isLasting?: boolean;
}
