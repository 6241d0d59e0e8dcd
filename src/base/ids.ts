import { assert } from './assert.ts';
import type { Brand } from './brand.ts';
import { base32FromBytes, base64urlFromBytes, bytesFromBase32, bytesFromBase64url } from './bytes.ts';

/** `urn:srcos:device:<base32 of 32 bytes>` */
export type DeviceId = Brand<string, 'DeviceId'>;
/** `urn:srcos:scope:<base32 of 32 bytes>` */
export type ScopeId = Brand<string, 'ScopeId'>;
/** `urn:srcos:user:<base32 of 32 bytes>` */
export type UserId = Brand<string, 'UserId'>;
/** base64url of the 32-byte hash of a batch header */
export type BatchId = Brand<string, 'BatchId'>;
/** base64url of the 32-byte hash of a change and its device */
export type ChangeId = Brand<string, 'ChangeId'>;
/** `sourceos.sync.<name>` */
export type EngineId = Brand<string, 'EngineId'>;
/** `[a-z0-9_.-]+`, at most 64 characters */
export type CollectionName = Brand<string, 'CollectionName'>;
/** 1 to 512 UTF-8 bytes without control characters; unique inside its collection */
export type RecordId = Brand<string, 'RecordId'>;

export const hashSizeBytes = 32;

const urnPrefix = { device: 'urn:srcos:device:', scope: 'urn:srcos:scope:', user: 'urn:srcos:user:' } as const;
const engineIdPattern = /^sourceos\.sync\.[a-z0-9_.-]+$/;
const collectionPattern = /^[a-z0-9_.-]+$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it refuses
const controlCharacters = /[\u0000-\u001f\u007f]/;

export function deviceIdFromBytes(bytes: Uint8Array): DeviceId {
  return urnFromBytes('device', bytes) as DeviceId;
}

export function scopeIdFromBytes(bytes: Uint8Array): ScopeId {
  return urnFromBytes('scope', bytes) as ScopeId;
}

export function userIdFromBytes(bytes: Uint8Array): UserId {
  return urnFromBytes('user', bytes) as UserId;
}

export function parseDeviceId(text: string): DeviceId | undefined {
  return bytesFromUrn('device', text) && (text as DeviceId);
}

export function parseScopeId(text: string): ScopeId | undefined {
  return bytesFromUrn('scope', text) && (text as ScopeId);
}

export function parseUserId(text: string): UserId | undefined {
  return bytesFromUrn('user', text) && (text as UserId);
}

export function bytesFromDeviceId(id: DeviceId): Uint8Array {
  return assertBytes(bytesFromUrn('device', id));
}

export function bytesFromScopeId(id: ScopeId): Uint8Array {
  return assertBytes(bytesFromUrn('scope', id));
}

export function batchIdFromBytes(bytes: Uint8Array): BatchId {
  return hashText(bytes) as BatchId;
}

export function changeIdFromBytes(bytes: Uint8Array): ChangeId {
  return hashText(bytes) as ChangeId;
}

export function parseBatchId(text: string): BatchId | undefined {
  return bytesFromBase64url(text)?.length === hashSizeBytes ? (text as BatchId) : undefined;
}

export function parseChangeId(text: string): ChangeId | undefined {
  return bytesFromBase64url(text)?.length === hashSizeBytes ? (text as ChangeId) : undefined;
}

export function bytesFromHashId(id: BatchId | ChangeId): Uint8Array {
  return assertBytes(bytesFromBase64url(id));
}

export function parseEngineId(text: string): EngineId | undefined {
  return text.length <= 128 && engineIdPattern.test(text) && !text.endsWith('\n') ? (text as EngineId) : undefined;
}

export function parseCollectionName(text: string): CollectionName | undefined {
  return text.length <= 64 && collectionPattern.test(text) && !text.endsWith('\n')
    ? (text as CollectionName)
    : undefined;
}

export function parseRecordId(text: string): RecordId | undefined {
  const fits = text.length > 0 && Buffer.byteLength(text) <= 512;
  return fits && text.isWellFormed() && !controlCharacters.test(text) ? (text as RecordId) : undefined;
}

function urnFromBytes(kind: keyof typeof urnPrefix, bytes: Uint8Array): string {
  assert(bytes.length === hashSizeBytes, 'an id is made of 32 bytes');
  return urnPrefix[kind] + base32FromBytes(bytes);
}

function bytesFromUrn(kind: keyof typeof urnPrefix, text: string): Uint8Array | undefined {
  const prefix = urnPrefix[kind];
  const bytes = text.startsWith(prefix) ? bytesFromBase32(text.slice(prefix.length)) : undefined;
  return bytes?.length === hashSizeBytes ? bytes : undefined;
}

function hashText(bytes: Uint8Array): string {
  assert(bytes.length === hashSizeBytes, 'a hash has 32 bytes');
  return base64urlFromBytes(bytes);
}

function assertBytes(bytes: Uint8Array | undefined): Uint8Array {
  assert(bytes !== undefined, 'a branded id was parsed once');
  return bytes;
}
