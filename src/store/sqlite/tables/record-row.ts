import { hexFromBytes } from '../../../base/bytes.ts';
import {
  type BatchId,
  type ChangeId,
  type CollectionName,
  type DeviceId,
  type RecordId,
  changeIdFromBytes,
} from '../../../base/ids.ts';
import type { JsonObject, JsonValue } from '../../../base/json.ts';
import type { Stamp } from '../../../clock/stamp.ts';
import { type ManagedBy, managers } from '../../../contract/operation.ts';
import type { RecordRow, RecordState } from '../../../contract/record.ts';
import { type CounterName, counterOfState } from '../../ground/counting.ts';
import { isAppendOnlyState } from '../../ground/order.ts';
import { type Reader, type Writer, createReader } from '../base/codec.ts';
import type { Names } from '../base/names.ts';

/** Numbers of the states in the record table; the last is a record that only its history speaks of. */
export const recordStates: readonly ['live', 'tombstoned', 'absent'] = ['live', 'tombstoned', 'absent'];
export const knownByHistory = 3;
/** A record of which only the deletion is remembered. */
export const collectedState = 4;

/** Rows of a collection's records lie between its number and the next times this. */
export const slotsOfCollection: number = 2 ** 36;

export const hashIdSizeBytes = 32;
export const stampSizeBytes = 8;

// First byte of a row after its id. Most rows have one head, their own version, and no strategy state or document.
const flag = { fields: 4, headIsVersion: 8, strategyState: 16, appendOnly: 32, document: 64 } as const;

/** `id, flags and state, manager, version, stamp, device, author, schema version, reviews, conflicts, …, fields`. */
export function writeRow(writer: Writer, row: RecordRow, names: Names): Uint8Array {
  const headIsVersion = row.heads.length === 1 && row.heads[0] === row.version;
  const appendOnly = isAppendOnlyState(row.strategyState);
  const hasState = row.strategyState !== null && !appendOnly;
  const device = names.numberOf('device', row.deviceId);
  const author = names.numberOf('text', row.authorId);
  const schemaVersion = names.numberOf('text', row.schemaVersion);
  writer.start();
  writer.text(row.id);
  writer.byte(
    recordStates.indexOf(row.state) |
      (row.fields === null ? 0 : flag.fields) |
      (headIsVersion ? flag.headIsVersion : 0) |
      (hasState ? flag.strategyState : 0) |
      (appendOnly ? flag.appendOnly : 0) |
      (row.document === null ? 0 : flag.document),
  );
  writer.byte(managers.indexOf(row.managedBy));
  writer.raw(hashIdBytes(row.version));
  writer.raw(stampBytes(row.stamp));
  for (const number of [device, author, schemaVersion, row.openReviews, row.openConflicts]) {
    writer.number(number);
  }
  if (!headIsVersion) {
    writer.number(row.heads.length);
    for (const head of row.heads) {
      writer.raw(hashIdBytes(head));
    }
  }
  if (hasState) {
    writer.text(JSON.stringify(row.strategyState));
  }
  if (row.document !== null) {
    writer.bytes(row.document);
  }
  if (row.fields !== null) {
    writer.rest(JSON.stringify(row.fields));
  }
  return writer.finish();
}

/** The counter that a stored state adds to. */
export function counterOfStored(state: number | undefined): CounterName | undefined {
  return state === collectedState ? 'collected' : counterOfState(state === undefined ? undefined : recordStates[state]);
}

/** A record that only its history speaks of: its id alone. */
export function writeId(writer: Writer, id: RecordId): Uint8Array {
  writer.start();
  writer.text(id);
  return writer.finish();
}

/** Of a row that only history speaks of, and of a collected one. */
export function readId(payload: Uint8Array): RecordId {
  return createReader(payload).text() as RecordId;
}

/** Undefined when a name that the row refers to is damaged. */
export function readRow(payload: Uint8Array, collection: CollectionName, names: Names): RecordRow | undefined {
  const reader = createReader(payload);
  const id = reader.text() as RecordId;
  const flags = reader.byte();
  const managedBy = managers[reader.byte()] as ManagedBy;
  const version = changeIdFromBytes(reader.raw(hashIdSizeBytes));
  const stamp = stampFromBytes(reader.raw(stampSizeBytes));
  const deviceId = names.textOf('device', reader.number()) as DeviceId | undefined;
  const authorId = names.textOf('text', reader.number());
  const schemaVersion = names.textOf('text', reader.number());
  const openReviews = reader.number();
  const openConflicts = reader.number();
  const heads = flags & flag.headIsVersion ? [version] : readHeads(reader);
  const strategyState = readStrategyState(reader, flags);
  const document = flags & flag.document ? reader.bytes() : null;
  const fields = flags & flag.fields ? (JSON.parse(reader.rest()) as JsonObject) : null;
  if (deviceId === undefined || authorId === undefined || schemaVersion === undefined) {
    return undefined;
  }
  const state = recordStates[flags & 3] as RecordState;
  return {
    collection,
    id,
    state,
    fields,
    schemaVersion,
    version,
    stamp,
    deviceId,
    authorId,
    managedBy,
    heads,
    strategyState,
    document,
    openReviews,
    openConflicts,
  };
}

// Ids and stamps were parsed where they came in; these conversions run for each row and do not check them again.

/** The 32 bytes of a hash. */
export function hashIdBytes(id: BatchId | ChangeId): Uint8Array {
  return Buffer.from(id, 'base64url');
}

/** A stamp in 8 bytes, whose order is the order of time. */
export function stampBytes(stamp: Stamp): Uint8Array {
  return Buffer.from(stamp.replace('-', ''), 'hex');
}

export function stampFromBytes(bytes: Uint8Array): Stamp {
  const text = hexFromBytes(bytes);
  return `${text.slice(0, 12)}-${text.slice(12)}` as Stamp;
}

function readHeads(reader: Reader): RecordRow['heads'] {
  return Array.from({ length: reader.number() }, () => changeIdFromBytes(reader.raw(hashIdSizeBytes)));
}

function readStrategyState(reader: Reader, flags: number): JsonValue {
  if (flags & flag.appendOnly) {
    return { appendOnly: true };
  }
  return flags & flag.strategyState ? (JSON.parse(reader.text()) as JsonValue) : null;
}
