import { describe, expect, it } from 'vitest';
import { base64urlFromBytes } from '../../../src/base/bytes.ts';
import { canonicalBytes } from '../../../src/base/canonical-json.ts';
import { sealToBox } from '../../../src/crypto/box.ts';
import { rootKeysFromEntropy } from '../../../src/crypto/keys.ts';
import { maximumSealedRootLength, openScopeRoot, sealScopeRoot } from '../../../src/membership/parse/scope-root.ts';
import { rootFrom } from './fixtures.ts';

const person = rootFrom(1);
const entropy = new Uint8Array(32).fill(7);
const sealed = sealScopeRoot(person.box.publicKey, entropy);

describe('the sealed secret of a scope root', () => {
  it('30 opens for the person whose profile carries it', () => {
    expect(openScopeRoot(person, sealed)).toEqual(rootKeysFromEntropy(entropy));
    expect(sealed.length).toBeLessThanOrEqual(maximumSealedRootLength);
  });

  it('30 opens for nobody else, and not when a character was changed', () => {
    expect(openScopeRoot(rootFrom(2), sealed)).toBeUndefined();
    const middle = sealed.length >> 1;
    const other = sealed[middle] === 'A' ? 'B' : 'A';
    expect(openScopeRoot(person, `${sealed.slice(0, middle)}${other}${sealed.slice(middle + 1)}`)).toBeUndefined();
  });

  it.each([
    ['nothing', ''],
    ['no base64url', '='],
    ['too long', 'A'.repeat(maximumSealedRootLength + 4)],
    ['another purpose', boxed({ t: 'wrap', entropy: base64urlFromBytes(entropy) })],
    ['too few bytes', boxed({ t: 'scope-root', entropy: base64urlFromBytes(entropy.slice(1)) })],
    ['one member more', boxed({ t: 'scope-root', entropy: base64urlFromBytes(entropy), more: 1 })],
    ['a list', boxed([])],
  ])('30 %s opens to nothing', (_what, text) => {
    expect(openScopeRoot(person, text)).toBeUndefined();
  });
});

function boxed(value: Parameters<typeof canonicalBytes>[0]): string {
  return base64urlFromBytes(sealToBox(person.box.publicKey, canonicalBytes(value)));
}
