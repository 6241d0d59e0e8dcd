import { assert } from '../../base/assert.ts';
import { base64urlFromBytes, bytesFromBase64url, concat, equalBytes, u32 } from '../../base/bytes.ts';
import { canonicalBytes, parseCanonicalIntegers } from '../../base/canonical-json.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { type Refusal, refuse } from '../../contract/verdict.ts';
import { openFromBox, sealToBox } from '../../crypto/box.ts';
import { keyedHash } from '../../crypto/hash.ts';
import type { KeyPair, RandomBytes } from '../../crypto/keys.ts';
import { keySizeBytes, nonceSizeBytes, openAead, sealAead } from '../../crypto/seal.ts';
import { commitmentOf } from '../parse/commitment.ts';
import type { Party } from '../parse/entry.ts';
import { bytesOf, exactObject } from '../parse/json-fields.ts';

/** What one wrap is bound to. */
export interface WrapContext {
  readonly genesisNonce: Uint8Array;
  readonly epoch: number;
  /** Whom the wrap names: a device's id, or `root`. */
  readonly recipient: Party;
}

// The subkey that seals the previous key seals that one key and nothing else, so its nonce may be fixed.
const singleUseNonce = new Uint8Array(nonceSizeBytes);

/** 32 random bytes. */
export function createEpochKey(randomBytes: RandomBytes): Uint8Array {
  const key = randomBytes(keySizeBytes);
  assert(key.length === keySizeBytes, 'the random source gives as many bytes as asked');
  return key;
}

/** The epoch key in a sealed box for one recipient, base64url. */
export function wrapEpochKey(
  options: WrapContext & {
    readonly key: Uint8Array;
    /** The recipient's X25519 public key. */
    readonly boxKey: Uint8Array;
  },
): string {
  const plaintext = canonicalBytes({
    t: 'wrap',
    gn: base64urlFromBytes(options.genesisNonce),
    e: options.epoch,
    dev: options.recipient,
    k: base64urlFromBytes(options.key),
  });
  return base64urlFromBytes(sealToBox(options.boxKey, plaintext));
}

/**
 * The epoch key in a wrap, once every field and then the commitment agree. Never throws.
 * signature_invalid/wrap_foreign: for another recipient, scope or epoch; /epoch_commit: not the committed key.
 */
export function openWrap(
  options: WrapContext & { readonly wrap: string; readonly box: KeyPair; readonly commitment: Uint8Array },
): Result<Uint8Array, Refusal> {
  const sealed = bytesFromBase64url(options.wrap);
  const plaintext = sealed && openFromBox(options.box.publicKey, options.box.secretKey, sealed);
  const json = plaintext && parseCanonicalIntegers(plaintext);
  const fields = json?.ok === true ? exactObject(json.value, ['t', 'gn', 'e', 'dev', 'k']) : undefined;
  const key = bytesOf(fields?.['k'], keySizeBytes);
  const bound =
    fields?.['t'] === 'wrap' &&
    fields['gn'] === base64urlFromBytes(options.genesisNonce) &&
    fields['e'] === options.epoch &&
    fields['dev'] === options.recipient;
  if (key === undefined || !bound) {
    return err(wrapForeign);
  }
  return committed(key, options.genesisNonce, options.epoch, options.commitment);
}

/** `prevK`: the key of `epoch - 1` under a subkey of the key of `epoch`, base64url of 48 bytes. */
export function sealPreviousKey(options: {
  readonly key: Uint8Array;
  readonly genesisNonce: Uint8Array;
  readonly epoch: number;
  readonly previousKey: Uint8Array;
}): string {
  const { subkey, aad } = previousKeyContext(options.key, options.genesisNonce, options.epoch);
  return base64urlFromBytes(sealAead(subkey, singleUseNonce, aad, options.previousKey));
}

/** The key of `epoch - 1`, checked against the commitment of its own epoch. Never throws. */
export function openPreviousKey(options: {
  readonly key: Uint8Array;
  readonly genesisNonce: Uint8Array;
  readonly epoch: number;
  readonly sealed: string;
  readonly previousCommitment: Uint8Array;
}): Result<Uint8Array, Refusal> {
  const { subkey, aad } = previousKeyContext(options.key, options.genesisNonce, options.epoch);
  const sealed = bytesFromBase64url(options.sealed);
  const key = sealed && openAead(subkey, singleUseNonce, aad, sealed);
  if (key?.length !== keySizeBytes) {
    return err(epochCommit);
  }
  return committed(key, options.genesisNonce, options.epoch - 1, options.previousCommitment);
}

function previousKeyContext(
  key: Uint8Array,
  genesisNonce: Uint8Array,
  epoch: number,
): { subkey: Uint8Array; aad: Uint8Array } {
  return {
    subkey: keyedHash(key, 'epoch-previous', genesisNonce, u32(epoch)),
    aad: concat([genesisNonce, u32(epoch)]),
  };
}

function committed(
  key: Uint8Array,
  genesisNonce: Uint8Array,
  epoch: number,
  commitment: Uint8Array,
): Result<Uint8Array, Refusal> {
  return equalBytes(commitmentOf(key, genesisNonce, epoch), commitment) ? ok(key) : err(epochCommit);
}

const wrapForeign: Refusal = refuse(
  'reject',
  'signature_invalid',
  'wrap_foreign',
  'A scope key is not wrapped for this device, scope and epoch. It is not used; ask an administrator to add the device again.',
);

const epochCommit: Refusal = refuse(
  'reject',
  'signature_invalid',
  'epoch_commit',
  'A scope key is not the one that the signed log commits to. It is not used; compare the scope with another device.',
);
