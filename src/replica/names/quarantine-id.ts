import { base32FromBytes, bytesFromBase64url } from '../../base/bytes.ts';
import type { LoggedChange } from '../../contract/change.ts';
import { hash } from '../../crypto/hash.ts';

/** Names the item that holds a change; the same on every device. */
export function quarantineIdOf(change: Pick<LoggedChange, 'changeId'>): string {
  return shortId('qr_', hash('quarantine-id', bytesFromBase64url(change.changeId) as Uint8Array));
}

export function shortId(prefix: string, digest: Uint8Array): string {
  return prefix + base32FromBytes(digest).slice(0, 16);
}
