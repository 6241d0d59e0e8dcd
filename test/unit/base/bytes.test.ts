import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  base32FromBytes,
  base64urlFromBytes,
  bytesFromBase32,
  bytesFromBase64url,
  bytesFromHex,
  concat,
  equalBytes,
  hexFromBytes,
  textFromUtf8,
  u32,
  u64,
  utf8,
} from '../../../src/base/bytes.ts';

describe('bytes', () => {
  it('come back from every text encoding', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
        expect(bytesFromBase32(base32FromBytes(bytes))).toEqual(bytes);
        expect(bytesFromBase64url(base64urlFromBytes(bytes))).toEqual(bytes);
        expect(bytesFromHex(hexFromBytes(bytes))).toEqual(bytes);
      }),
    );
  });

  it('have one text only: what decodes is the encoding of what it decodes to', () => {
    const alphabet = fc.constantFrom(...'abz27A-_=019 \n');
    fc.assert(
      fc.property(fc.string({ unit: alphabet, maxLength: 9 }), (text) => {
        const [base32, base64url, hex] = [bytesFromBase32(text), bytesFromBase64url(text), bytesFromHex(text)];
        expect(base32 === undefined || base32FromBytes(base32) === text).toBe(true);
        expect(base64url === undefined || base64urlFromBytes(base64url) === text).toBe(true);
        expect(hex === undefined || hexFromBytes(hex) === text).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  // RFC 4648, section 10, in lower case without padding.
  it.each([
    ['', ''],
    ['f', 'my'],
    ['fo', 'mzxq'],
    ['foo', 'mzxw6'],
    ['foob', 'mzxw6yq'],
    ['fooba', 'mzxw6ytb'],
    ['foobar', 'mzxw6ytboi'],
  ])('base32 of "%s" is "%s"', (plain, encoded) => {
    expect(base32FromBytes(utf8(plain))).toBe(encoded);
    expect(bytesFromBase32(encoded)).toEqual(utf8(plain));
  });

  it.each(['m', 'mz', 'mzx', 'mzxw6y', 'MY', 'my======', 'm1', 'mé', 'mzxw6ytboj'])('base32 refuses "%s"', (text) => {
    expect(bytesFromBase32(text)).toBeUndefined();
  });

  it('base64url with each possible last character is accepted exactly where it is what the bytes are written as', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/= ';
    for (const start of ['', 'A', 'Az', 'A_-', 'AzAz']) {
      for (const last of alphabet) {
        const text = start + last;
        expect(bytesFromBase64url(text) !== undefined, text).toBe(
          Buffer.from(text, 'base64url').toString('base64url') === text,
        );
      }
    }
  });

  it('refuses other spellings', () => {
    expect(bytesFromBase64url('AA==')).toBeUndefined();
    expect(bytesFromBase64url('AB')).toBeUndefined();
    expect(bytesFromBase64url('A')).toBeUndefined();
    expect(bytesFromBase64url('AA\n')).toBeUndefined();
    expect(bytesFromHex('AA')).toBeUndefined();
    expect(bytesFromHex('a')).toBeUndefined();
    expect(bytesFromHex('aa\n')).toBeUndefined();
    expect(textFromUtf8(new Uint8Array([0xff]))).toBeUndefined();
    expect(textFromUtf8(new Uint8Array([0xef, 0xbb, 0xbf, 0x61]))).toBe('\ufeffa');
  });

  it('numbers are big endian', () => {
    expect(hexFromBytes(u32(0x01020304))).toBe('01020304');
    expect(hexFromBytes(u64(Number.MAX_SAFE_INTEGER))).toBe('001fffffffffffff');
  });

  it('are joined and compared', () => {
    expect(concat([utf8('a'), new Uint8Array(), utf8('bc')])).toEqual(utf8('abc'));
    expect(equalBytes(utf8('abc'), utf8('xabc').subarray(1))).toBe(true);
    expect(equalBytes(utf8('abc'), utf8('ab'))).toBe(false);
  });
});
