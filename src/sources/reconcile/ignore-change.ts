import type { RecordId } from '../../base/ids.ts';

/** What another device's `.syncignore` would change here. */
export interface IgnoreChange {
  /** Version of the record that says it. */
  readonly version: string;
  /** Files that are ignored here and would be told to every device. */
  readonly shown: readonly RecordId[];
  /** Files that are in step and would be left out. */
  readonly leftOut: readonly RecordId[];
}
