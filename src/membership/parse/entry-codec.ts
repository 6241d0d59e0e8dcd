import { concat, u32, viewOf } from '../../base/bytes.ts';
import { canonicalBytes, parseCanonicalIntegers } from '../../base/canonical-json.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { type Refusal, refuse } from '../../contract/verdict.ts';
import { hash } from '../../crypto/hash.ts';
import { sign, signatureSizeBytes } from '../../crypto/sign.ts';
import { entryFromJson, jsonFromEntry } from './entry-json.ts';
import { maximumEntryBytes, type ScopeEntry } from './entry.ts';

/** An entry that was understood; nothing about it is verified yet. */
export interface SignedEntry {
  readonly entry: ScopeEntry;
  /** The canonical JSON that is hashed. */
  readonly entryBytes: Uint8Array;
  readonly hash: Uint8Array;
  readonly signature: Uint8Array;
}

/**
 * Reads `u32be length ‖ canonical JSON ‖ 64-byte signature`. Never throws.
 * schema_unknown: framing, size, canonical form or fields are wrong; migration_required: a newer format or suite.
 */
export function parseEntry(bytes: Uint8Array): Result<SignedEntry, Refusal> {
  if (bytes.length > maximumEntryBytes) {
    return err(malformed('too_large', `A membership entry is larger than ${maximumEntryBytes} bytes.`));
  }
  const sizeBytes = bytes.length >= 4 ? viewOf(bytes).getUint32(0) : -1;
  if (sizeBytes < 0 || bytes.length !== 4 + sizeBytes + signatureSizeBytes) {
    return err(malformed('header_length', 'A membership entry is truncated or longer than it says.'));
  }
  const entryBytes = bytes.slice(4, 4 + sizeBytes);
  const json = parseCanonicalIntegers(entryBytes);
  if (!json.ok) {
    return err(malformed('not_canonical', 'A membership entry is not canonical JSON of integers.'));
  }
  const entry = entryFromJson(json.value);
  if (!entry.ok) {
    return entry;
  }
  return ok({
    entry: entry.value,
    entryBytes,
    hash: hash('scope-entry', entryBytes),
    signature: bytes.slice(4 + sizeBytes),
  });
}

/** The wire form of an entry, signed with an Ed25519 secret key of 64 bytes. */
export function signEntry(entry: ScopeEntry, secretKey: Uint8Array): Uint8Array {
  const entryBytes = canonicalBytes(jsonFromEntry(entry));
  const signature = sign(secretKey, 'scope-entry-sig', hash('scope-entry', entryBytes));
  return concat([u32(entryBytes.length), entryBytes, signature]);
}

function malformed(detail: 'too_large' | 'header_length' | 'not_canonical', message: string): Refusal {
  return refuse('reject', 'schema_unknown', detail, `${message} It was not applied; ask its sender for another copy.`);
}
