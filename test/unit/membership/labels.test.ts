import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { base64urlFromBytes, bytesFromBase64url } from '../../../src/base/bytes.ts';
import { maximumLabelBytes, openLabel, parseLabel, sealLabel } from '../../../src/membership/parse/labels.ts';
import { deviceFrom, expectRefused, seededBytes, valueOf } from './fixtures.ts';

const context = {
  epochKey: seededBytes(1)(32),
  genesisNonce: seededBytes(2)(32),
  epoch: 3,
  deviceId: deviceFrom(4).deviceId,
};

describe('labels', () => {
  it('opens what was sealed, whatever people call their devices', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), (text) => {
        const label = parseLabel(text);
        fc.pre(label !== undefined);
        return valueOf(openLabel({ ...context, sealed: sealLabel({ ...context, label }) })) === label;
      }),
      { numRuns: 300 },
    );
    expect(parseLabel('  Küche 🍳 ')).toBe('Küche 🍳');
  });

  it.each([
    ['', 'empty'],
    ['   ', 'only space'],
    ['a\u0000b', 'a control character'],
    ['a\nb', 'two lines'],
    ['a\u202eb', 'turned text'],
    ['\ud800', 'half a character'],
    ['x'.repeat(maximumLabelBytes + 1), 'too long'],
    ['ü'.repeat(64), 'too long in bytes'],
  ])('17 refuses %j: %s', (text) => {
    expect(parseLabel(text)).toBeUndefined();
  });

  it('17 hides the length of a label', () => {
    const sizes = ['a', 'x'.repeat(maximumLabelBytes)].map((label) => sealLabel({ ...context, label }).length);
    expect(sizes[0]).toBe(sizes[1]);
  });

  it('uses another nonce for another label or device under one key', () => {
    const sealed = [
      sealLabel({ ...context, label: 'a' }),
      sealLabel({ ...context, label: 'b' }),
      sealLabel({ ...context, label: 'a', deviceId: deviceFrom(5).deviceId }),
    ];
    expect(new Set(sealed.map((text) => text.slice(0, 32))).size).toBe(3);
  });

  it('does not open for another device, scope, epoch or key, nor with one bit flipped', () => {
    const sealed = sealLabel({ ...context, label: 'Desk' });
    const results = [
      openLabel({ ...context, sealed, deviceId: deviceFrom(5).deviceId }),
      openLabel({ ...context, sealed, epoch: 4 }),
      openLabel({ ...context, sealed, genesisNonce: new Uint8Array(32) }),
      openLabel({ ...context, sealed, epochKey: new Uint8Array(32) }),
      openLabel({ ...context, sealed: flipped(sealed) }),
      openLabel({ ...context, sealed: 'AAAA' }),
      openLabel({ ...context, sealed: '' }),
    ];
    expect(results).toHaveLength(7);
    results.forEach((result) => expectRefused(result, 'signature_invalid/aead'));
  });

  it('asks for a parsed label', () => {
    expect(() => sealLabel({ ...context, label: ' Desk' })).toThrow('parsed before');
  });
});

function flipped(sealed: string): string {
  const bytes = bytesFromBase64url(sealed) ?? new Uint8Array();
  bytes[40] = (bytes[40] ?? 0) ^ 1;
  return base64urlFromBytes(bytes);
}
