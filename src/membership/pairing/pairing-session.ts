import { assert } from '../../base/assert.ts';
import { equalBytes, utf8, viewOf } from '../../base/bytes.ts';
import { canonicalBytes } from '../../base/canonical-json.ts';
import { type Refusal, refuse } from '../../contract/verdict.ts';
import { boxPublicKey, sharedSecret } from '../../crypto/box.ts';
import { hash, keyedHash } from '../../crypto/hash.ts';
import type { RandomBytes } from '../../crypto/keys.ts';
import { type Reveal, type Slot, jsonFromReveal, maximumMessageBytes } from './pairing-messages.ts';

/** What both devices share once the ephemeral keys met. */
export interface PairingSession {
  /** KH(X25519(epks), "pair-K", psk, T) */
  readonly key: Uint8Array;
  /** T: what both must have seen alike. */
  readonly transcript: Uint8Array;
  /** Six digits, for a person to compare. */
  readonly digits: string;
}

export interface Ephemeral {
  readonly secretKey: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly nonce: Uint8Array;
}

/** Every body seen in a slot of the mailbox, own ones included. */
export type SeenSlots = ReadonlyMap<number, Uint8Array>;

/** A code and everything derived from it is good for this long. */
export const pairingLifetimeMs: number = 10 * 60 * 1000;
export const suiteInUse = 1;

export function createEphemeral(randomBytes: RandomBytes): Ephemeral {
  const secretKey = randomBytes(32);
  const nonce = randomBytes(32);
  assert(secretKey.length === 32 && nonce.length === 32, 'the random source gives as many bytes as asked');
  return { secretKey, publicKey: boxPublicKey(secretKey), nonce };
}

/** T leaves out m3 and its signature, because both could be ground until the digits fit. */
export function transcriptOf(m1: Uint8Array, m2: Uint8Array, reveal: Reveal): Uint8Array {
  return hash('pair-t', m1, m2, canonicalBytes(jsonFromReveal(reveal)));
}

export function commitmentOfReveal(reveal: Reveal): Uint8Array {
  return hash('pair-commit', canonicalBytes(jsonFromReveal(reveal)));
}

/** undefined when the other side sent a key of small order. */
export function sessionOf(
  psk: Uint8Array,
  transcript: Uint8Array,
  ownSecretKey: Uint8Array,
  otherPublicKey: Uint8Array,
): PairingSession | undefined {
  const shared = sharedSecret(ownSecretKey, otherPublicKey);
  if (shared === undefined) {
    return undefined;
  }
  const key = keyedHash(shared, 'pair-K', psk, transcript);
  return { key, transcript, digits: digitsOf(key) };
}

/** Key of one message: of the first three from the psk, of the last two from K. */
export function messageKey(secret: Uint8Array, slot: Slot): Uint8Array {
  return keyedHash(secret, `pair-m${slot}`);
}

/**
 * Whether a body in a slot is the one expected now. A repetition, or the echo of an own message, is nothing new; anything
 * else means that somebody else holds the code or that the mailbox is tampered with.
 */
export function judgeSlot(
  seen: SeenSlots,
  expected: Slot | null,
  slot: number,
  body: Uint8Array,
): 'expected' | 'repeated' | Refusal {
  const known = seen.get(slot);
  if (known !== undefined) {
    return equalBytes(known, body) ? 'repeated' : burn.twoClaimants;
  }
  return slot === expected && body.length <= maximumMessageBytes ? 'expected' : burn.message;
}

/** Both strings as a person may have typed them: spaces and hyphens do not count. */
export function sameDigits(typed: string, digits: string): boolean {
  return equalBytes(utf8(typed.replace(/[\s-]/g, '')), utf8(digits));
}

// 2^64 modulo a million is far too small a bias to matter.
function digitsOf(key: Uint8Array): string {
  const number = viewOf(keyedHash(key, 'pair-sas')).getBigUint64(0) % 1_000_000n;
  return number.toString().padStart(6, '0');
}

const again =
  'The pairing code is used up. Make a new one with sourcesync pair invite, or scopes invite, and start again.';

/** Why a pairing ends; each burns the code. */
export const burn: Readonly<
  Record<
    | 'expired'
    | 'message'
    | 'twoClaimants'
    | 'digits'
    | 'denied'
    | 'selfPairing'
    | 'weakKey'
    | 'suite'
    | 'enrolment'
    | 'forPersons'
    | 'forDevices'
    | 'ownDevice',
    Refusal
  >
> = {
  expired: refuse('reject', 'capability_expired', 'code_expired', `Ten minutes have passed. ${again}`),
  message: refuse(
    'reject',
    'signature_invalid',
    'pairing_message',
    `A pairing message does not fit the code. ${again}`,
  ),
  twoClaimants: refuse('reject', 'signature_invalid', 'code_burned', `Two devices used the same code. ${again}`),
  digits: refuse(
    'reject',
    'signature_invalid',
    'pairing_digits',
    `The digits differ: somebody may be between the two devices. ${again}`,
  ),
  denied: refuse('reject', 'policy_denied', 'code_burned', `The pairing was refused by a person. ${again}`),
  selfPairing: refuse('reject', 'policy_denied', 'duplicate_device', `A device cannot be paired with itself. ${again}`),
  weakKey: refuse('reject', 'signature_invalid', 'pairing_message', `The other device sent a weak key. ${again}`),
  suite: refuse(
    'reject',
    'migration_required',
    'suite_unknown',
    `The other device uses another cipher suite. Install the same version on both. ${again}`,
  ),
  forPersons: refuse(
    'reject',
    'policy_denied',
    'pairing_purpose',
    `This code invites another person to one scope: enter it with sourcesync scopes join. ${again}`,
  ),
  forDevices: refuse(
    'reject',
    'policy_denied',
    'pairing_purpose',
    `This code is for a further device of the same person: enter it with sourcesync pair join. ${again}`,
  ),
  ownDevice: refuse(
    'reject',
    'policy_denied',
    'pairing_purpose',
    `That device belongs to the same person: add it with sourcesync pair invite. ${again}`,
  ),
  enrolment: refuse(
    'reject',
    'relay_untrusted',
    'log_fork',
    `The membership log is not the one that the other device described. ${again}`,
  ),
};
