import { bytesFromBase64url } from '../../base/bytes.ts';
import {
  type BatchId,
  type DeviceId,
  type ScopeId,
  parseBatchId,
  parseDeviceId,
  parseScopeId,
} from '../../base/ids.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../../base/json.ts';
import { type Behind, type ErrorSubject, type Frontier, type RelayErrorCode, errorSubjects } from './messages.ts';

/** Reads typed fields out of a frame head. A field that is missing or wrong is remembered in `failed`, not thrown. */
export interface HeadReader {
  readonly failed: string | undefined;
  /** Also fails when the head holds a field that was not asked for. */
  finish(): boolean;
  integer(name: string, minimum: number, maximum?: number): number;
  text(name: string, maximumLength: number): string;
  textOrNull(name: string, maximumLength: number): string | null;
  flag(name: string): boolean;
  bytes(name: string, sizeBytes: number): Uint8Array;
  scopeId(name: string): ScopeId;
  scopeIdOrNull(name: string): ScopeId | null;
  deviceId(name: string): DeviceId;
  errorCode(name: string): RelayErrorCode;
  errorSubject(name: string): ErrorSubject;
  ownHead(name: string): readonly [number, BatchId] | null;
  frontier(name: string): Frontier;
  behind(name: string): Behind;
  scopes(name: string): readonly { scopeId: ScopeId; logSequence: number }[];
}

const errorCodes: readonly string[] = [
  'E_AUTH',
  'E_FORBIDDEN',
  'E_QUOTA',
  'E_TOO_LARGE',
  'E_CONFLICT',
  'E_BAD_BATCH',
  'E_BAD_MESSAGE',
  'E_VERSION',
] satisfies RelayErrorCode[];

export function createHeadReader(head: JsonObject): HeadReader {
  let failed: string | undefined;
  let asked = 0;
  const read = <T>(name: string, parse: (value: JsonValue) => T | undefined): T => {
    asked++;
    const value = Object.hasOwn(head, name) ? (head[name] as JsonValue) : undefined;
    const parsed = value === undefined ? undefined : parse(value);
    if (parsed === undefined) {
      failed ??= name;
    }
    // A reader that failed is never used for its values: the caller asks finish() first.
    return parsed as T;
  };
  return {
    get failed(): string | undefined {
      return failed;
    },
    finish: () => failed === undefined && asked === Object.keys(head).length,
    integer: (name, minimum, maximum = Number.MAX_SAFE_INTEGER) =>
      read(name, (value) => (isInteger(value, minimum, maximum) ? value : undefined)),
    text: (name, maximumLength) => read(name, (value) => textOf(value, maximumLength)),
    textOrNull: (name, maximumLength) => read(name, (value) => (value === null ? null : textOf(value, maximumLength))),
    flag: (name) => read(name, (value) => (typeof value === 'boolean' ? value : undefined)),
    bytes: (name, sizeBytes) => read(name, (value) => bytesOf(value, sizeBytes)),
    scopeId: (name) => read(name, scopeIdOf),
    scopeIdOrNull: (name) => read(name, (value) => (value === null ? null : scopeIdOf(value))),
    deviceId: (name) => read(name, (value) => (typeof value === 'string' ? parseDeviceId(value) : undefined)),
    errorCode: (name) =>
      read(name, (value) =>
        typeof value === 'string' && errorCodes.includes(value) ? (value as RelayErrorCode) : undefined,
      ),
    errorSubject: (name) => read(name, (value) => errorSubjects.find((subject) => subject === value)),
    ownHead: (name) => read(name, (value) => (value === null ? null : headOf(value))),
    frontier: (name) => read(name, frontierOf),
    behind: (name) => read(name, behindOf),
    scopes: (name) => read(name, scopesOf),
  };
}

function isInteger(value: JsonValue, minimum: number, maximum: number): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= minimum && value <= maximum;
}

function textOf(value: JsonValue, maximumLength: number): string | undefined {
  return typeof value === 'string' && value.length <= maximumLength ? value : undefined;
}

function bytesOf(value: JsonValue, sizeBytes: number): Uint8Array | undefined {
  const bytes = typeof value === 'string' ? bytesFromBase64url(value) : undefined;
  return bytes?.length === sizeBytes ? bytes : undefined;
}

function scopeIdOf(value: JsonValue): ScopeId | undefined {
  return typeof value === 'string' ? parseScopeId(value) : undefined;
}

function headOf(value: JsonValue): readonly [number, BatchId] | undefined {
  if (!Array.isArray(value) || value.length !== 2) {
    return undefined;
  }
  const [sequence, id] = value as [JsonValue, JsonValue];
  const batchId = typeof id === 'string' ? parseBatchId(id) : undefined;
  return batchId !== undefined && isInteger(sequence, 1, Number.MAX_SAFE_INTEGER) ? [sequence, batchId] : undefined;
}

function frontierOf(value: JsonValue): Frontier | undefined {
  if (!isJsonObject(value)) {
    return undefined;
  }
  const frontier: Record<DeviceId, readonly [number, BatchId]> = {};
  for (const [key, item] of Object.entries(value)) {
    const deviceId = parseDeviceId(key);
    const head = headOf(item);
    if (deviceId === undefined || head === undefined) {
      return undefined;
    }
    frontier[deviceId] = head;
  }
  return frontier;
}

function behindOf(value: JsonValue): Behind | undefined {
  if (!isJsonObject(value)) {
    return undefined;
  }
  const behind: Record<DeviceId, number> = {};
  for (const [key, item] of Object.entries(value)) {
    const deviceId = parseDeviceId(key);
    if (deviceId === undefined || !isInteger(item, 0, Number.MAX_SAFE_INTEGER)) {
      return undefined;
    }
    behind[deviceId] = item;
  }
  return behind;
}

function scopesOf(value: JsonValue): readonly { scopeId: ScopeId; logSequence: number }[] | undefined {
  if (!Array.isArray(value)) {
    return undefined;
  }
  const scopes: { scopeId: ScopeId; logSequence: number }[] = [];
  for (const item of value as readonly JsonValue[]) {
    const pair = Array.isArray(item) && item.length === 2 ? (item as [JsonValue, JsonValue]) : undefined;
    const scopeId = pair && scopeIdOf(pair[0]);
    if (pair === undefined || scopeId === undefined || !isInteger(pair[1], 0, 0xffff_ffff)) {
      return undefined;
    }
    scopes.push({ scopeId, logSequence: pair[1] });
  }
  return scopes;
}
