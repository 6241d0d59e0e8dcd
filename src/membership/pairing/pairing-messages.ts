import { bytesFromBase64url, concat } from '../../base/bytes.ts';
import { canonicalBytes, parseCanonicalIntegers } from '../../base/canonical-json.ts';
import { type DeviceId, type ScopeId, parseDeviceId, parseScopeId } from '../../base/ids.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import { type ScopeKind, scopeKinds } from '../../contract/manifest.ts';
import type { PublicKeys, RandomBytes } from '../../crypto/keys.ts';
import { nonceSizeBytes, openAead, sealAead } from '../../crypto/seal.ts';
import { arrayOf, bytesOf, exactObject, integerOf, memberOf, text64 } from '../parse/json-fields.ts';
import { parseLabel } from '../parse/labels.ts';

/** Places in the mailbox: message mN lies in slot N. The joiner writes 1, 3 and 5, the inviter 2 and 4. */
export type Slot = 1 | 2 | 3 | 4 | 5;

export const maximumPairingScopes = 64;
export const maximumMessageBytes: number = 48 * 1024;
/** A longer log does not fit into a message anyway. */
export const maximumUserEntries = 256;

/** m1: what the joiner will reveal, as a hash. */
export interface Commit {
  readonly commitment: Uint8Array;
}

/** One scope as the inviter knows it before the newcomer is added. */
export interface OfferedScope {
  readonly scopeId: ScopeId;
  readonly kind: ScopeKind;
  readonly logSequence: number;
  readonly head: Uint8Array;
  readonly suite: number;
}

/** m2: who invites, and to what. */
export interface Offer {
  /** Name of the scope that another person is invited to; null for a further device of the person that invites. */
  readonly invitedTo: string | null;
  readonly by: DeviceId;
  readonly ephemeralKey: Uint8Array;
  readonly nonce: Uint8Array;
  readonly scopes: readonly OfferedScope[];
}

/** The half of m3 that was committed to in m1. */
export interface Reveal {
  readonly keys: PublicKeys;
  readonly ephemeralKey: Uint8Array;
  readonly nonce: Uint8Array;
  readonly label: string;
  readonly suites: readonly number[];
  /** Head of the log of the person's own profile; null for a device that does not belong to a person yet. */
  readonly userHead: Uint8Array | null;
}

/** m3: the reveal, a signature over the transcript, and the log that `userHead` is the head of. */
export interface RevealMessage {
  readonly reveal: Reveal;
  readonly signature: Uint8Array;
  readonly userLog: readonly Uint8Array[] | null;
}

/** One scope as it stands with the newcomer in it. */
export interface EnrolledScope {
  readonly scopeId: ScopeId;
  readonly genesisHash: Uint8Array;
  readonly logSequence: number;
  readonly head: Uint8Array;
  /** Hash of the entry that added the newcomer. */
  readonly entryHash: Uint8Array;
}

/** m5: what the joiner found, for the inviter to compare. */
export interface JoinedScope {
  readonly scopeId: ScopeId;
  readonly head: Uint8Array;
}

/**
 * `nonce 24 ‖ ciphertext` of canonical JSON. Each message has its own key; the nonce is random all the same, because two
 * claimants of one code would otherwise seal different messages under one key and nonce.
 */
export function sealMessage(key: Uint8Array, aad: Uint8Array, value: JsonValue, randomBytes: RandomBytes): Uint8Array {
  const nonce = randomBytes(nonceSizeBytes);
  return concat([nonce, sealAead(key, nonce, aad, canonicalBytes(value))]);
}

/** The JSON in a message, or undefined when it was not sealed by who knows the key. Never throws. */
export function openMessage(key: Uint8Array, aad: Uint8Array, body: Uint8Array): JsonValue | undefined {
  if (body.length < nonceSizeBytes || body.length > maximumMessageBytes) {
    return undefined;
  }
  const plaintext = openAead(key, body.subarray(0, nonceSizeBytes), aad, body.subarray(nonceSizeBytes));
  const json = plaintext && parseCanonicalIntegers(plaintext);
  return json?.ok === true ? json.value : undefined;
}

export function jsonFromCommit(commit: Commit): JsonObject {
  return { v: 1, c: text64(commit.commitment) };
}

export function commitFromJson(value: JsonValue | undefined): Commit | undefined {
  const object = exactObject(value, ['v', 'c']);
  const commitment = bytesOf(object?.['c'], 32);
  return object?.['v'] === 1 && commitment ? { commitment } : undefined;
}

export function jsonFromOffer(offer: Offer): JsonObject {
  const scopes = offer.scopes.map((scope) => ({
    scope: scope.scopeId,
    kind: scope.kind,
    logSeq: scope.logSequence,
    head: text64(scope.head),
    suite: scope.suite,
  }));
  const json = { by: offer.by, epk: text64(offer.ephemeralKey), n: text64(offer.nonce), scopes };
  return offer.invitedTo === null ? json : { ...json, name: offer.invitedTo };
}

export function offerFromJson(value: JsonValue | undefined): Offer | undefined {
  const object = withOptional(value, ['by', 'epk', 'n', 'scopes'], 'name');
  const by = typeof object?.['by'] === 'string' ? parseDeviceId(object['by']) : undefined;
  const ephemeralKey = bytesOf(object?.['epk'], 32);
  const nonce = bytesOf(object?.['n'], 32);
  const scopes = distinctScopes(arrayOf(object?.['scopes'], maximumPairingScopes, offeredFromJson));
  const invitedTo = object?.['name'] === undefined ? null : labelFromJson(object['name']);
  if (!by || !ephemeralKey || !nonce || !scopes || invitedTo === undefined) {
    return undefined;
  }
  return { by, ephemeralKey, nonce, scopes, invitedTo };
}

export function jsonFromReveal(reveal: Reveal): JsonObject {
  const json = {
    sign: text64(reveal.keys.sign),
    box: text64(reveal.keys.box),
    epk: text64(reveal.ephemeralKey),
    n: text64(reveal.nonce),
    label: reveal.label,
    suites: reveal.suites,
  };
  return reveal.userHead === null ? json : { ...json, user: text64(reveal.userHead) };
}

export function jsonFromRevealMessage({ reveal, signature, userLog }: RevealMessage): JsonObject {
  const json = { reveal: jsonFromReveal(reveal), sig: text64(signature) };
  return userLog === null ? json : { ...json, log: userLog.map(text64) };
}

export function revealFromJson(value: JsonValue | undefined): RevealMessage | undefined {
  const outer = withOptional(value, ['reveal', 'sig'], 'log');
  const object = withOptional(outer?.['reveal'], ['sign', 'box', 'epk', 'n', 'label', 'suites'], 'user');
  const signature = bytesOf(outer?.['sig'], 64);
  const sign = bytesOf(object?.['sign'], 32);
  const box = bytesOf(object?.['box'], 32);
  const ephemeralKey = bytesOf(object?.['epk'], 32);
  const nonce = bytesOf(object?.['n'], 32);
  const label = labelFromJson(object?.['label']);
  const suites = arrayOf(object?.['suites'], 8, (item) => integerOf(item, 0, 255));
  if (!signature || !sign || !box || !ephemeralKey || !nonce || label === undefined || !suites) {
    return undefined;
  }
  const userHead = object?.['user'] === undefined ? null : bytesOf(object['user'], 32);
  const userLog = outer?.['log'] === undefined ? null : arrayOf(outer['log'], maximumUserEntries, entryFromJson);
  if (userHead === undefined || userLog === undefined || (userHead === null) !== (userLog === null)) {
    return undefined;
  }
  return { reveal: { keys: { sign, box }, ephemeralKey, nonce, label, suites, userHead }, signature, userLog };
}

export function jsonFromEnrolment(scopes: readonly EnrolledScope[]): JsonObject {
  return {
    scopes: scopes.map((scope) => ({
      scope: scope.scopeId,
      genesis: text64(scope.genesisHash),
      logSeq: scope.logSequence,
      head: text64(scope.head),
      entry: text64(scope.entryHash),
    })),
  };
}

export function enrolmentFromJson(value: JsonValue | undefined): readonly EnrolledScope[] | undefined {
  const object = exactObject(value, ['scopes']);
  return distinctScopes(arrayOf(object?.['scopes'], maximumPairingScopes, enrolledFromJson));
}

export function jsonFromJoined(scopes: readonly JoinedScope[]): JsonObject {
  return { joined: true, scopes: scopes.map((scope) => ({ scope: scope.scopeId, head: text64(scope.head) })) };
}

export function joinedFromJson(value: JsonValue | undefined): readonly JoinedScope[] | undefined {
  const object = exactObject(value, ['joined', 'scopes']);
  const scopes = distinctScopes(arrayOf(object?.['scopes'], maximumPairingScopes, joinedScopeFromJson));
  return object?.['joined'] === true ? scopes : undefined;
}

/** An object with these names, and with one more or without it. */
function withOptional(
  value: JsonValue | undefined,
  names: readonly string[],
  optional: string,
): JsonObject | undefined {
  return exactObject(value, names) ?? exactObject(value, [...names, optional]);
}

function labelFromJson(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && parseLabel(value) === value ? value : undefined;
}

function entryFromJson(value: JsonValue): Uint8Array | undefined {
  return typeof value === 'string' ? bytesFromBase64url(value) : undefined;
}

function offeredFromJson(value: JsonValue): OfferedScope | undefined {
  const object = exactObject(value, ['scope', 'kind', 'logSeq', 'head', 'suite']);
  const scopeId = scopeIdFromJson(object?.['scope']);
  const kind = memberOf(object?.['kind'], scopeKinds);
  const logSequence = integerOf(object?.['logSeq'], 0, 0xffff_ffff);
  const head = bytesOf(object?.['head'], 32);
  const suite = integerOf(object?.['suite'], 0, 255);
  if (!scopeId || !kind || logSequence === undefined || !head || suite === undefined) {
    return undefined;
  }
  return { scopeId, kind, logSequence, head, suite };
}

function enrolledFromJson(value: JsonValue): EnrolledScope | undefined {
  const object = exactObject(value, ['scope', 'genesis', 'logSeq', 'head', 'entry']);
  const scopeId = scopeIdFromJson(object?.['scope']);
  const genesisHash = bytesOf(object?.['genesis'], 32);
  const logSequence = integerOf(object?.['logSeq'], 1, 0xffff_ffff);
  const head = bytesOf(object?.['head'], 32);
  const entryHash = bytesOf(object?.['entry'], 32);
  if (!scopeId || !genesisHash || logSequence === undefined || !head || !entryHash) {
    return undefined;
  }
  return { scopeId, genesisHash, logSequence, head, entryHash };
}

function joinedScopeFromJson(value: JsonValue): JoinedScope | undefined {
  const object = exactObject(value, ['scope', 'head']);
  const scopeId = scopeIdFromJson(object?.['scope']);
  const head = bytesOf(object?.['head'], 32);
  return scopeId && head && { scopeId, head };
}

function scopeIdFromJson(value: JsonValue | undefined): ScopeId | undefined {
  return typeof value === 'string' ? parseScopeId(value) : undefined;
}

/** At least one scope, and none twice. */
function distinctScopes<T extends { readonly scopeId: ScopeId }>(
  scopes: readonly T[] | undefined,
): readonly T[] | undefined {
  const ids = new Set(scopes?.map((scope) => scope.scopeId));
  return scopes !== undefined && scopes.length > 0 && ids.size === scopes.length ? scopes : undefined;
}
