import type { BatchId, ChangeId, CollectionName, DeviceId, RecordId, ScopeId } from '../../../src/base/ids.ts';

declare const device: DeviceId;
declare const change: ChangeId;
declare const record: RecordId;
declare const text: string;

// refused: TS2322
export const scope: ScopeId = device;
// refused: TS2322
export const batch: BatchId = change;
// refused: TS2322
export const collection: CollectionName = record;
// refused: TS2322
export const unparsed: DeviceId = text;
// refused: TS2322
export const written: CollectionName = 'workspace';
