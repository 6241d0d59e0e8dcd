import { bytesFromBase64url, base64urlFromBytes, concat, u32, utf8, viewOf } from '../../base/bytes.ts';
import { canonicalBytes, parseCanonical } from '../../base/canonical-json.ts';
import {
  type CollectionName,
  type DeviceId,
  type RecordId,
  type ScopeId,
  bytesFromScopeId,
  parseCollectionName,
  parseDeviceId,
  parseRecordId,
} from '../../base/ids.ts';
import { type JsonValue, isJsonObject } from '../../base/json.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { hash, keyedHash } from '../../crypto/hash.ts';
import type { DeviceKeys } from '../../crypto/keys.ts';
import { nonceSizeBytes, openAead, sealAead } from '../../crypto/seal.ts';
import { sign, signatureSizeBytes, verify } from '../../crypto/sign.ts';
import type { ScopeState } from '../parse/state.ts';

/** Who of one device is at a record now. Said between devices of a scope, and written down by nobody. */
export interface Presence {
  readonly deviceId: DeviceId;
  /** When the daemon that says it began, in ms: what an earlier one said counts no more. */
  readonly session: number;
  /** Rises within a session. */
  readonly number: number;
  /** When it was said, in ms. */
  readonly atMs: number;
  readonly collection: CollectionName;
  readonly id: RecordId;
  /** The awareness update of y-protocols with the states of all its editors there. */
  readonly update: Uint8Array;
}

export type PresenceFault = 'malformed' | 'other_epoch' | 'aead' | 'not_a_member' | 'signature_invalid';

/** Of the update. Sealed, padded and framed it stays below what a whisper may have. */
export const maximumPresenceBytes: number = 32 * 1024;

const version = 1;
const startSizeBytes = 1 + 4 + nonceSizeBytes;
const fieldNames = ['at', 'collection', 'device', 'id', 'number', 'session', 'update'];
/** Nothing shorter is told apart; above it sizes double. */
const smallestPaddedBytes = 512;

/** What both sides know of the scope: the epoch in force, and its key. */
export interface PresenceScope {
  readonly scopeId: ScopeId;
  readonly epoch: number;
  readonly epochKey: Uint8Array;
  readonly members: ScopeState['members'];
}

/**
 * Signs what is said and seals it under a key of the epoch in force:
 * `u8 version ‖ u32be epoch ‖ nonce ‖ AEAD(signature ‖ u32be length ‖ canonical JSON ‖ zeros)`, with scope and epoch as
 * additional data. `random` are 24 random bytes.
 */
export function sealPresence(
  { scopeId, epoch, epochKey }: Omit<PresenceScope, 'members'>,
  keys: DeviceKeys,
  presence: Omit<Presence, 'deviceId'>,
  random: Uint8Array,
): Uint8Array {
  const { session, number, atMs, collection, id, update } = presence;
  const said = canonicalBytes({
    ...{ session, number, collection, id, at: atMs },
    ...{ device: keys.deviceId, update: base64urlFromBytes(update) },
  });
  const signature = sign(keys.sign.secretKey, 'presence-sig', saidHash(scopeId, epoch, said));
  const plain = padded(concat([signature, u32(said.length), said]));
  const sealed = sealAead(keyOf(scopeId, epochKey), random, boundTo(scopeId, epoch), plain);
  return concat([Uint8Array.of(version), u32(epoch), random, sealed]);
}

/** What an active member of the scope said. Says nothing of whether it is old. Never throws. */
export function openPresence(scope: PresenceScope, bytes: Uint8Array): Result<Presence, PresenceFault> {
  const { scopeId, epoch, epochKey, members } = scope;
  if (bytes.length < startSizeBytes || bytes[0] !== version) {
    return err('malformed');
  }
  if (viewOf(bytes).getUint32(1) !== epoch) {
    return err('other_epoch');
  }
  const nonce = bytes.subarray(5, startSizeBytes);
  const aad = boundTo(scopeId, epoch);
  const plain = openAead(keyOf(scopeId, epochKey), nonce, aad, bytes.subarray(startSizeBytes));
  if (plain === undefined) {
    return err('aead');
  }
  const said = saidIn(plain);
  const presence = said && presenceIn(said);
  if (said === undefined || presence === undefined) {
    return err('malformed');
  }
  const member = members.get(presence.deviceId);
  if (member === undefined || member.revoked !== null) {
    return err('not_a_member');
  }
  const signature = plain.subarray(0, signatureSizeBytes);
  return verify(member.keys.sign, 'presence-sig', saidHash(scopeId, epoch, said), signature)
    ? ok(presence)
    : err('signature_invalid');
}

function saidIn(plain: Uint8Array): Uint8Array | undefined {
  const start = signatureSizeBytes + 4;
  const length = plain.length < start ? undefined : viewOf(plain).getUint32(signatureSizeBytes);
  if (length === undefined || length > plain.length - start) {
    return undefined;
  }
  return plain.subarray(start + length).every((byte) => byte === 0) ? plain.subarray(start, start + length) : undefined;
}

function presenceIn(said: Uint8Array): Presence | undefined {
  const parsed = parseCanonical(said);
  const object = parsed.ok && isJsonObject(parsed.value) ? parsed.value : undefined;
  if (object === undefined || Object.keys(object).sort().join() !== fieldNames.join()) {
    return undefined;
  }
  const deviceId = textOf(object['device'], parseDeviceId);
  const collection = textOf(object['collection'], parseCollectionName);
  const id = textOf(object['id'], parseRecordId);
  const update = textOf(object['update'], bytesFromBase64url);
  const [session, number, atMs] = [object['session'], object['number'], object['at']].map(wholeNumberOf);
  if (deviceId === undefined || collection === undefined || id === undefined || update === undefined) {
    return undefined;
  }
  if (session === undefined || number === undefined || atMs === undefined || update.length > maximumPresenceBytes) {
    return undefined;
  }
  return { deviceId, session, number, atMs, collection, id, update };
}

function textOf<T>(value: JsonValue | undefined, parse: (text: string) => T | undefined): T | undefined {
  return typeof value === 'string' ? parse(value) : undefined;
}

function wholeNumberOf(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function keyOf(scopeId: ScopeId, epochKey: Uint8Array): Uint8Array {
  return keyedHash(epochKey, 'presence-key', bytesFromScopeId(scopeId));
}

function boundTo(scopeId: ScopeId, epoch: number): Uint8Array {
  return concat([utf8('presence'), bytesFromScopeId(scopeId), u32(epoch)]);
}

function saidHash(scopeId: ScopeId, epoch: number, said: Uint8Array): Uint8Array {
  return hash('presence', bytesFromScopeId(scopeId), u32(epoch), said);
}

function padded(plain: Uint8Array): Uint8Array {
  let sizeBytes = smallestPaddedBytes;
  while (sizeBytes < plain.length) {
    sizeBytes *= 2;
  }
  const bytes = new Uint8Array(sizeBytes);
  bytes.set(plain);
  return bytes;
}
