import { base64urlFromBytes, bytesFromBase64url } from '../../base/bytes.ts';
import { canonicalBytes, parseCanonicalIntegers } from '../../base/canonical-json.ts';
import { openFromBox, sealToBox } from '../../crypto/box.ts';
import { type RootKeys, rootKeysFromEntropy } from '../../crypto/keys.ts';
import { bytesOf, exactObject } from './json-fields.ts';

export const scopeRootEntropyBytes = 32;
/** base64url of the sealed entropy; what a reader accepts at most. */
export const maximumSealedRootLength = 256;

/**
 * The secret of a scope's root, sealed for the root of the person who made the scope, base64url. It travels inside the
 * person's profile, so that the twelve words reach every scope of theirs although each has a root of its own.
 */
export function sealScopeRoot(userRootBoxKey: Uint8Array, entropy: Uint8Array): string {
  const plaintext = canonicalBytes({ t: 'scope-root', entropy: base64urlFromBytes(entropy) });
  return base64urlFromBytes(sealToBox(userRootBoxKey, plaintext));
}

/** The root's keys; undefined when it was sealed for somebody else. Whether it is this scope's is the log's to say. */
export function openScopeRoot(userRoot: RootKeys, sealed: string): RootKeys | undefined {
  const bytes = sealed.length <= maximumSealedRootLength ? bytesFromBase64url(sealed) : undefined;
  const plaintext = bytes && openFromBox(userRoot.box.publicKey, userRoot.box.secretKey, bytes);
  const json = plaintext && parseCanonicalIntegers(plaintext);
  const fields = json?.ok === true ? exactObject(json.value, ['t', 'entropy']) : undefined;
  const entropy = fields?.['t'] === 'scope-root' ? bytesOf(fields['entropy'], scopeRootEntropyBytes) : undefined;
  return entropy && rootKeysFromEntropy(entropy);
}
