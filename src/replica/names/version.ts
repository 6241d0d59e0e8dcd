import { base64urlFromBytes, utf8 } from '../../base/bytes.ts';
import type { RecordRow } from '../../contract/record.ts';
import { sha256 } from '../../crypto/hash.ts';

/**
 * The record's ETag: its version, and behind a dot a digest of its heads where these are not the version alone, because
 * a concurrent change that arrives late can alter fields under the same version.
 */
export function versionOf(row: Pick<RecordRow, 'version' | 'heads'>): string {
  const isLinear = row.heads.length === 1 && row.heads[0] === row.version;
  return isLinear
    ? row.version
    : `${row.version}.${base64urlFromBytes(sha256(utf8(row.heads.join(' '))).subarray(0, 6))}`;
}
