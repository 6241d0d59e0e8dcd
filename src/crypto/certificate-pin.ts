import { base64urlFromBytes } from '../base/bytes.ts';
import { sha256 } from './hash.ts';

/**
 * What a relay's TLS key is pinned by: `sha256-` and base64url of SHA-256 of the certificate's SubjectPublicKeyInfo in
 * DER. It outlives a certificate that is renewed with the same key. Source: RFC 7469, section 2.4.
 */
export function pinOf(subjectPublicKeyInfo: Uint8Array): string {
  return `sha256-${base64urlFromBytes(sha256(subjectPublicKeyInfo))}`;
}
