import { hexFromBytes } from '../../base/bytes.ts';

// X25519 points of small order, top bit cleared: every shared secret with one of them is zero, and a sealed box to one
// cannot be made, so such a member could never be wrapped for again. Source: RFC 7748 section 6.1; the list is
// libsodium's.
const smallOrderPoints: ReadonlySet<string> = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
]);

/** False for the X25519 public keys to which nothing can be sealed. */
export function isUsableBoxKey(boxKey: Uint8Array): boolean {
  const cleared = Uint8Array.from(boxKey);
  cleared[31] = (cleared[31] ?? 0) & 0x7f;
  return cleared.length === 32 && !smallOrderPoints.has(hexFromBytes(cleared));
}
