import type { RecordId } from '../../base/ids.ts';
import { ignoreFileName } from '../reconcile/ignore-rules.ts';
import type { KeptWatch } from './kept-watch.ts';
import type { SourceState } from './source-state.ts';

/** A watcher told of so many writes of our own costs more than the scan that follows its return. */
const bulkRecords = 200;

export interface FollowRecordsDeps {
  readonly state: SourceState;
  readonly watch: KeptWatch;
  /** Brings file and record in step. */
  follow(ids: readonly RecordId[]): Promise<void>;
  /** A pass over the whole folder is needed. */
  requestScan(thorough: boolean): void;
}

/** Writes the files of records that changed. */
export async function followRecords(
  { state, watch, follow, requestScan }: FollowRecordsDeps,
  ids: readonly RecordId[],
): Promise<void> {
  const bulk = ids.length > bulkRecords;
  if (bulk) {
    await watch.close();
  }
  await follow(ids);
  if (bulk && !state.stopped) {
    watch.open();
  }
  if (ids.some((id) => id === ignoreFileName)) {
    requestScan(true);
  }
}
