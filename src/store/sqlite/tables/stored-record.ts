import type { CollectionName } from '../../../base/ids.ts';
import type { RecordRow } from '../../../contract/record.ts';
import type { Names } from '../base/names.ts';
import type { Sealer } from '../base/sealer.ts';
import { readRow, recordStates } from './record-row.ts';

/** A row of the record table. */
export interface StoredRecord {
  readonly row: number;
  readonly state: number;
  readonly version: number;
  readonly payload: Uint8Array;
}

/** The record that a stored row is; undefined when it does not open in its place. */
export function openRecord(
  sealer: Sealer,
  names: Names,
  collection: CollectionName,
  stored: StoredRecord,
): RecordRow | undefined {
  const payload = sealer.open('record', stored.row, stored.version, stored.payload);
  const row = payload && readRow(payload, collection, names);
  return row !== undefined && recordStates.indexOf(row.state) === stored.state ? row : undefined;
}
