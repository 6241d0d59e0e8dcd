import type { DeviceId, ScopeId } from '../../base/ids.ts';
import type { LoggedChange } from '../../contract/change.ts';
import { changeIdOf, decodeChange, loggedChange } from '../../log/change.ts';
import { contentSizeBytes } from '../../log/body.ts';
import { type BatchHeader, decodeBatch } from '../../log/header.ts';
import { openBatch } from '../../log/sealing.ts';
import type { HistoryRow, Store } from '../../store/ground/port.ts';
import type { Scopes } from './scopes.ts';

/** Reads changes back out of the sealed log, which is the one place that keeps their content. */
export interface LogReader {
  /** Undefined when the batch is gone, damaged or its key is not held. */
  change(place: Place): LoggedChange | undefined;
  record(place: Place): LoggedRecord | undefined;
  /** How many records a batch has, its meta record included; 0 where it cannot be opened. */
  recordCount(scopeId: ScopeId, deviceId: DeviceId, sequence: number): number;
  /** Every readable change of one batch. */
  changes(scopeId: ScopeId, deviceId: DeviceId, sequence: number): readonly LoggedChange[];
  /** Forgets what it opened: a transaction failed, and its batches never were. */
  forget(): void;
}

/** Where a change stands in the log. */
export type Place = Pick<HistoryRow, 'scopeId' | 'deviceId' | 'sequence' | 'index'>;

export interface LoggedRecord {
  readonly header: BatchHeader;
  readonly bytes: Uint8Array;
}

interface OpenedBatch {
  readonly header: BatchHeader;
  readonly records: readonly Uint8Array[];
  readonly sizeBytes: number;
}

// Records that were edited on two devices at once are read across all batches of both since they parted.
const openedLimitBytes = 16 * 1024 * 1024;

export function createLogReader(store: Pick<Store, 'log'>, scopes: Pick<Scopes, 'epochKey'>): LogReader {
  // In order of use, the one that was not used for longest first.
  const opened = new Map<string, OpenedBatch>();
  let openedBytes = 0;

  function open(scopeId: ScopeId, deviceId: DeviceId, sequence: number): OpenedBatch | undefined {
    const name = `${scopeId}/${deviceId}/${sequence}`;
    const known = opened.get(name);
    if (known !== undefined) {
      opened.delete(name);
      opened.set(name, known);
      return known;
    }
    const row = store.log.get(scopeId, deviceId, sequence);
    const batch = row && decodeBatch(row.bytes);
    if (!batch?.ok) {
      return undefined;
    }
    const key = scopes.epochKey(scopeId, batch.value.header.epoch);
    const records = key && openBatch(batch.value, key);
    if (!records?.ok) {
      return undefined;
    }
    const openedBatch = {
      header: batch.value.header,
      records: records.value,
      sizeBytes: contentSizeBytes(records.value),
    };
    opened.set(name, openedBatch);
    openedBytes += openedBatch.sizeBytes;
    keepToLimit();
    return openedBatch;
  }

  function keepToLimit(): void {
    for (const [name, { sizeBytes }] of opened) {
      if (openedBytes <= openedLimitBytes) {
        return;
      }
      opened.delete(name);
      openedBytes -= sizeBytes;
    }
  }

  function record(place: Place): LoggedRecord | undefined {
    const batch = open(place.scopeId, place.deviceId, place.sequence);
    const bytes = batch?.records[place.index];
    return batch === undefined || bytes === undefined ? undefined : { header: batch.header, bytes };
  }

  function change({ scopeId, deviceId, sequence, index }: Place): LoggedChange | undefined {
    const bytes = record({ scopeId, deviceId, sequence, index })?.bytes;
    const decoded = bytes && decodeChange(bytes);
    return bytes === undefined || !decoded?.ok
      ? undefined
      : loggedChange(decoded.value, { changeId: changeIdOf(deviceId, bytes), scopeId, deviceId, sequence, index });
  }

  return {
    record,
    change,
    recordCount: (scopeId, deviceId, sequence) => open(scopeId, deviceId, sequence)?.records.length ?? 0,
    forget: () => {
      opened.clear();
      openedBytes = 0;
    },
    changes: (scopeId, deviceId, sequence) =>
      (open(scopeId, deviceId, sequence)?.records ?? []).flatMap((_, index) => {
        const read = index === 0 ? undefined : change({ scopeId, deviceId, sequence, index });
        return read === undefined ? [] : [read];
      }),
  };
}
