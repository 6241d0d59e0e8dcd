import { concat, equalBytes, u32, viewOf } from '../base/bytes.ts';
import { type ScopeId, bytesFromScopeId } from '../base/ids.ts';
import { type Result, err, ok } from '../base/result.ts';
import { type Refusal, refuse } from '../contract/verdict.ts';
import { keyedHash } from '../crypto/hash.ts';
import { nonceSizeBytes, openAead, sealAead } from '../crypto/seal.ts';
import { paddedSizeBytes } from '../log/padding.ts';
import { headBytes, isSealedChunk, lengthBytes } from './sealed-size.ts';

const version = 1;

/** The key that names and cuts the files of a scope, for all who hold this epoch. */
export function blobKeyOf(epochKey: Uint8Array, scopeId: ScopeId): Uint8Array {
  return keyedHash(epochKey, 'blob-id', bytesFromScopeId(scopeId));
}

/** Equal bytes have one id in a scope; without its key no id tells anything of the bytes. */
export function chunkIdOf(blobKey: Uint8Array, chunk: Uint8Array): Uint8Array {
  return keyedHash(blobKey, 'blob', chunk);
}

export interface SealedChunk {
  readonly id: Uint8Array;
  readonly sealed: Uint8Array;
}

/** What a relay is given of a chunk. The same chunk in the same epoch is the same bytes, however often it is sealed. */
export function sealChunk(
  scopeId: ScopeId,
  keys: { readonly blobKey: Uint8Array; readonly epoch: number; readonly epochKey: Uint8Array },
  chunk: Uint8Array,
): SealedChunk {
  const id = chunkIdOf(keys.blobKey, chunk);
  return { id, sealed: sealNamedChunk(scopeId, keys, id, chunk) };
}

/** The same where the id of the chunk is known. */
export function sealNamedChunk(
  scopeId: ScopeId,
  keys: { readonly epoch: number; readonly epochKey: Uint8Array },
  id: Uint8Array,
  chunk: Uint8Array,
): Uint8Array {
  const body = new Uint8Array(paddedSizeBytes(lengthBytes + chunk.length));
  viewOf(body).setUint32(0, chunk.length);
  body.set(chunk, lengthBytes);
  const head = concat([new Uint8Array([version]), u32(keys.epoch)]);
  // The id stands for the chunk, so that a key is only ever used with one plaintext, and the nonce may follow from it too.
  const key = sealKeyOf(keys.epochKey, scopeId, id);
  return concat([head, sealAead(key, id.subarray(0, nonceSizeBytes), head, body)]);
}

/**
 * The chunk that the id names, in the size that its list says. `epochKey` gives the keys that are held. Never throws on
 * input: what is no such chunk is refused, and may be whole elsewhere.
 */
export function openChunk(
  scopeId: ScopeId,
  keys: { readonly blobKey: Uint8Array; epochKey(epoch: number): Uint8Array | undefined },
  expected: { readonly id: Uint8Array; readonly sizeBytes: number },
  sealed: Uint8Array,
): Result<Uint8Array, Refusal> {
  if (!isSealedChunk(sealed)) {
    return err(refuse('reject', 'schema_unknown', undefined, 'No chunk is as long as this. It was refused.'));
  }
  if (sealed[0] !== version) {
    const message = 'The chunk is of a format that this version does not know. Upgrade SourceSync.';
    return err(refuse('hold', 'migration_required', undefined, message));
  }
  const head = sealed.subarray(0, headBytes);
  const epochKey = keys.epochKey(viewOf(head).getUint32(1));
  if (epochKey === undefined) {
    return err(
      refuse(
        'hold',
        'signature_invalid',
        'epoch_key_missing',
        'The chunk is sealed for an epoch whose key is not here.',
      ),
    );
  }
  const key = sealKeyOf(epochKey, scopeId, expected.id);
  const body = openAead(key, expected.id.subarray(0, nonceSizeBytes), head, sealed.subarray(headBytes));
  const chunk = body && chunkIn(body, expected.sizeBytes);
  if (chunk === undefined) {
    const message =
      'The chunk does not open with the key of its epoch, or is not as long as its list says. It was refused.';
    return err(refuse('reject', 'signature_invalid', 'aead', message));
  }
  if (!equalBytes(chunkIdOf(keys.blobKey, chunk), expected.id)) {
    const message = 'The chunk holds other bytes than its id names. It was refused.';
    return err(refuse('reject', 'signature_invalid', 'chunk_id', message));
  }
  return ok(chunk);
}

/** Undefined unless the body is exactly such a chunk and its padding. */
function chunkIn(body: Uint8Array, sizeBytes: number): Uint8Array | undefined {
  const isWhole =
    body.length >= lengthBytes &&
    viewOf(body).getUint32(0) === sizeBytes &&
    body.length === paddedSizeBytes(lengthBytes + sizeBytes) &&
    body.subarray(lengthBytes + sizeBytes).every((byte) => byte === 0);
  return isWhole ? body.subarray(lengthBytes, lengthBytes + sizeBytes) : undefined;
}

function sealKeyOf(epochKey: Uint8Array, scopeId: ScopeId, id: Uint8Array): Uint8Array {
  return keyedHash(epochKey, 'blob-seal', bytesFromScopeId(scopeId), id);
}
