import { base32FromBytes, utf8 } from '../../base/bytes.ts';
import { canonicalBytes } from '../../base/canonical-json.ts';
import type { JsonValue } from '../../base/json.ts';
import { hash } from '../../crypto/hash.ts';

/** The id of a question about something, the same on every device: `rv_` and 16 base32 characters. */
export function reviewIdAbout(
  topic: 'approval' | 'brake' | 'deletion' | 'held' | 'merge',
  about: readonly JsonValue[],
): string {
  return `rv_${base32FromBytes(hash('review-id', utf8(topic), canonicalBytes([...about])).subarray(0, 10))}`;
}
