import { assert } from '../../base/assert.ts';
import { base64urlFromBytes, hexFromBytes, utf8 } from '../../base/bytes.ts';
import { parseRelayAddress } from '../../base/relay-address.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { type Refusal, refuse } from '../../contract/verdict.ts';
import { hash, keyedHash } from '../../crypto/hash.ts';

/** What a pairing code says: 16 random bytes, and the relay where the two devices meet. */
export interface PairingCode {
  readonly secret: Uint8Array;
  /** As `parseRelayAddress` writes it, the pin of the relay's key included. */
  readonly relayUrl: string;
}

/** What both devices derive from the code; the relay learns the first two and nothing of the third. */
export interface PairingSecrets {
  /** Name of the mailbox, base64url. */
  readonly mailbox: string;
  /** Proves to the relay the right to use the mailbox. 32 bytes. */
  readonly bearer: Uint8Array;
  /** Keys the first three messages. 32 bytes. */
  readonly psk: Uint8Array;
}

export const pairingSecretSizeBytes = 16;

// Crockford's base32: no I, L, O or U, so that reading aloud and typing back works.
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const characterCount = 28;
const checksumBits = 12n;
const maximumTextLength = 400;

/** `XXXX-XXXX-XXXX-XXXX-XXXX-XXXX-XXXX@ws://host:port`: 128 bits, and 12 that check both halves for typing mistakes. */
export function encodePairingCode(code: PairingCode): string {
  assert(code.secret.length === pairingSecretSizeBytes, 'a pairing secret has 16 bytes');
  const relayUrl = parseRelayAddress(code.relayUrl)?.text;
  assert(relayUrl !== undefined, 'the relay address was parsed before a code is made for it');
  let value = (BigInt(`0x${hexFromBytes(code.secret)}`) << checksumBits) | checksumOf(code.secret, relayUrl);
  let characters = '';
  for (let index = 0; index < characterCount; index++) {
    characters = alphabet.charAt(Number(value & 31n)) + characters;
    value >>= 5n;
  }
  return `${characters.match(/.{4}/g)?.join('-') ?? characters}@${relayUrl}`;
}

/** Reads a code as people type it: any case, O for 0, I or L for 1, spaces and hyphens anywhere. Never throws. */
export function decodePairingCode(text: string): Result<PairingCode, Refusal> {
  if (text.length > maximumTextLength) {
    return err(mistyped);
  }
  if (!text.includes('@')) {
    return err(withoutAddress);
  }
  const [, typed, address] = /^([^@]*)@(.*)$/.exec(text.replace(/\s/g, '')) ?? [];
  const relayUrl = address === undefined ? undefined : parseRelayAddress(address)?.text;
  const value = typed === undefined ? undefined : valueOf(typed);
  if (relayUrl === undefined || value === undefined) {
    return err(mistyped);
  }
  const secret = new Uint8Array(Buffer.from((value >> checksumBits).toString(16).padStart(32, '0'), 'hex'));
  const checksum = value & ((1n << checksumBits) - 1n);
  return checksum === checksumOf(secret, relayUrl) ? ok({ secret, relayUrl }) : err(mistyped);
}

export function pairingSecretsOf(secret: Uint8Array): PairingSecrets {
  assert(secret.length === pairingSecretSizeBytes, 'a pairing secret has 16 bytes');
  return {
    mailbox: base64urlFromBytes(keyedHash(secret, 'pair-mailbox')),
    bearer: keyedHash(secret, 'pair-bearer'),
    psk: keyedHash(secret, 'pair-psk'),
  };
}

function valueOf(typed: string): bigint | undefined {
  const characters = typed.replaceAll('-', '').toUpperCase().replaceAll('O', '0').replace(/[IL]/g, '1');
  if (characters.length !== characterCount) {
    return undefined;
  }
  let value = 0n;
  for (const character of characters) {
    const digit = alphabet.indexOf(character);
    if (digit < 0) {
      return undefined;
    }
    value = (value << 5n) | BigInt(digit);
  }
  return value;
}

function checksumOf(secret: Uint8Array, relayUrl: string): bigint {
  const digest = hash('pair-code', secret, utf8(relayUrl));
  return BigInt(`0x${hexFromBytes(digest.subarray(0, 2))}`) >> 4n;
}

const withoutAddress: Refusal = refuse(
  'reject',
  'signature_invalid',
  'pairing_message',
  'The pairing code is not whole: behind the letters comes @ and the address of the relay, as in K3F9-…@wss://relay.example. Nothing was sent: copy all of the line that the other device shows.',
);

const mistyped: Refusal = refuse(
  'reject',
  'signature_invalid',
  'pairing_message',
  'The pairing code has a typing mistake. Nothing was sent: compare it with the other device and enter it again.',
);
