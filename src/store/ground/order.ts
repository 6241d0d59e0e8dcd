import { type JsonValue, isJsonObject } from '../../base/json.ts';
import type { RecordRow } from '../../contract/record.ts';
import type { HistoryRow } from './port.ts';

/** Order of a record's changes for reading: stamp, device, sequence, index. */
export function compareHistory(left: HistoryRow, right: HistoryRow): number {
  return (
    compareText(left.stamp, right.stamp) ||
    compareText(left.deviceId, right.deviceId) ||
    left.sequence - right.sequence ||
    left.index - right.index
  );
}

/** Order of an append-only collection: stamp, device, id. */
export function compareByStamp(left: StampKeys, right: StampKeys): number {
  return (
    compareText(left.stamp, right.stamp) || compareText(left.deviceId, right.deviceId) || compareText(left.id, right.id)
  );
}

export interface StampKeys {
  readonly stamp: string;
  readonly deviceId: string;
  readonly id: string;
}

/** True for a row that `listByStamp` shows: live, and marked by its strategy as never moving. */
export function isListedByStamp(row: RecordRow): boolean {
  return row.state === 'live' && isAppendOnlyState(row.strategyState);
}

/** `{"appendOnly": true}`, and nothing beside it. */
export function isAppendOnlyState(state: JsonValue): boolean {
  return isJsonObject(state) && state['appendOnly'] === true && Object.keys(state).length === 1;
}

export function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
