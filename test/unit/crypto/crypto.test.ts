import { readFileSync, readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { bytesFromHex, concat, equalBytes, hexFromBytes, u32, utf8 } from '../../../src/base/bytes.ts';
import { boxPublicKey, openFromBox, sealToBox, sharedSecret } from '../../../src/crypto/box.ts';
import { bytesFromDeviceId, userIdFromBytes } from '../../../src/base/ids.ts';
import { borrowFrame, frame } from '../../../src/crypto/frame.ts';
import { hash, keyedHash, sha256 } from '../../../src/crypto/hash.ts';
import { createDeviceKeys, deviceIdOf, rootKeysFromEntropy, userIdOf } from '../../../src/crypto/keys.ts';
import { labels } from '../../../src/crypto/labels.ts';
import { keyFromPassphrase, passphraseCost } from '../../../src/crypto/passphrase.ts';
import { openAead, sealAead } from '../../../src/crypto/seal.ts';
import { sign, verify } from '../../../src/crypto/sign.ts';
import { sodium } from '../../../src/crypto/sodium.ts';

const filled = (byte: number, size = 32): Uint8Array => new Uint8Array(size).fill(byte);
const parts = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 4 });

describe('frame', () => {
  it('1 is u8 length, label, then each part behind its u32 length', () => {
    const label = utf8('srcos/v1/device');
    const expected = concat([new Uint8Array([label.length]), label, u32(2), utf8('ab'), u32(0)]);
    expect(frame('device', utf8('ab'), new Uint8Array())).toEqual(expected);
  });

  it('1 separates any two lists of parts', () => {
    fc.assert(
      fc.property(parts, parts, (left, right) => {
        const same = JSON.stringify(left.map(hexFromBytes)) === JSON.stringify(right.map(hexFromBytes));
        expect(hexFromBytes(frame('leaf', ...left)) === hexFromBytes(frame('leaf', ...right))).toBe(same);
      }),
    );
  });

  it('13 is the same when borrowed, whatever was framed before it', () => {
    fc.assert(
      fc.property(parts, fc.nat(6000), (given, size) => {
        const all = [...given, filled(7, size)];
        borrowFrame('node', [filled(255, 3000)]);
        expect(hexFromBytes(borrowFrame('leaf', all))).toBe(hexFromBytes(frame('leaf', ...all)));
      }),
    );
  });

  it('4 no label is used twice, nor begins with another one’s frame', () => {
    expect(new Set(labels).size).toBe(labels.length);
    expect(new Set(labels.map((label) => hexFromBytes(frame(label)))).size).toBe(labels.length);
  });
});

describe('hash', () => {
  it('2 is BLAKE2b-256 of the frame', () => {
    // Around the longest message that goes through the place in memory that is kept.
    const lengths = [0, 1, 3000, 4070, 4071, 4072, 4073, 4074, 4075, 4076, 4077, 4078, 4079, 4080, 4100, 10_000];
    for (const part of [filled(1), ...lengths.map((length) => filled(1, length))]) {
      expect(hash('leaf', part)).toEqual(sodium.crypto_generichash(32, frame('leaf', part), null));
      expect(keyedHash(filled(9), 'leaf', part)).toEqual(sodium.crypto_generichash(32, frame('leaf', part), filled(9)));
    }
  });

  it('2 differs by label and key', () => {
    const outputs = labels.flatMap((label) => [hash(label), keyedHash(filled(1), label), keyedHash(filled(2), label)]);
    expect(new Set(outputs.map(hexFromBytes)).size).toBe(labels.length * 3);
  });

  it('SHA-256 of "abc" is that of FIPS 180-4', () => {
    expect(hexFromBytes(sha256(utf8('abc')))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});

describe('signatures', () => {
  const keys = createDeviceKeys((size) => filled(5, size));
  const id = filled(6);
  const signature = sign(keys.sign.secretKey, 'batch-sig', id);

  it('3 verify with the key, label and id they were made for', () => {
    expect(verify(keys.sign.publicKey, 'batch-sig', id, signature)).toBe(true);
    expect(verify(keys.sign.publicKey, 'batch-sig', filled(7), signature)).toBe(false);
    expect(verify(filled(1), 'batch-sig', id, signature)).toBe(false);
  });

  it('3 §10.31 do not verify under any other label', () => {
    const valid = labels.filter((label) => verify(keys.sign.publicKey, label, id, signature));
    expect(valid).toEqual(['batch-sig']);
  });

  it('§10.6 do not verify with one flipped bit', () => {
    for (let bit = 0; bit < 512; bit++) {
      const flipped = signature.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(verify(keys.sign.publicKey, 'batch-sig', id, flipped)).toBe(false);
    }
  });

  it('5 are just not valid where they or the key are malformed', () => {
    for (const bad of [new Uint8Array(), signature.slice(1), concat([signature, filled(0, 1)])]) {
      expect(verify(keys.sign.publicKey, 'batch-sig', id, bad)).toBe(false);
      expect(verify(bad, 'batch-sig', id, signature)).toBe(false);
    }
  });

  it('6 §10.7 a key of small order verifies nothing', () => {
    const smallOrder = new Uint8Array(32);
    smallOrder[0] = 1;
    expect(verify(smallOrder, 'batch-sig', id, concat([smallOrder, new Uint8Array(32)]))).toBe(false);
    expect(verify(new Uint8Array(32), 'batch-sig', id, new Uint8Array(64))).toBe(false);
  });
});

describe('seal', () => {
  const [key, nonce, aad, plaintext] = [filled(1), filled(2, 24), utf8('row'), utf8('content')];
  const ciphertext = sealAead(key, nonce, aad, plaintext);

  it('opens with what it was sealed with, and nothing else', () => {
    expect(openAead(key, nonce, aad, ciphertext)).toEqual(plaintext);
    expect(openAead(filled(9), nonce, aad, ciphertext)).toBeUndefined();
    expect(openAead(key, filled(9, 24), aad, ciphertext)).toBeUndefined();
    expect(openAead(key, nonce, utf8('other'), ciphertext)).toBeUndefined();
    expect(openAead(key, nonce, aad, ciphertext.slice(1))).toBeUndefined();
  });

  it('5 answers nothing to malformed input', () => {
    expect(openAead(key, nonce, aad, new Uint8Array(15))).toBeUndefined();
    expect(openAead(key.slice(1), nonce, aad, ciphertext)).toBeUndefined();
    expect(openAead(key, nonce.slice(1), aad, ciphertext)).toBeUndefined();
  });

  it('15 is the same whether it is short or long, and the long opens with nothing else either', () => {
    for (const sizeBytes of [0, 4095, 4096, 4097, 4112, 300_000]) {
      const plain = Uint8Array.from({ length: sizeBytes }, (_, index) => (index * 31) % 256);
      const sealed = sealAead(key, nonce, aad, plain);
      expect(equalBytes(sealed, sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(plain, aad, null, nonce, key))).toBe(
        true,
      );
      expect(equalBytes(openAead(key, nonce, aad, sealed) ?? filled(0, 1), plain)).toBe(true);
      for (const place of [0, sizeBytes >> 1, sizeBytes, sizeBytes + 15]) {
        const flipped = sealed.slice();
        flipped[place] = (flipped[place] as number) ^ 1;
        expect(openAead(key, nonce, aad, flipped)).toBeUndefined();
      }
      expect(openAead(key, nonce, aad, sealed.subarray(0, -1))).toBeUndefined();
      expect(openAead(key, nonce, utf8('other'), sealed)).toBeUndefined();
      expect(openAead(filled(9), nonce, aad, sealed)).toBeUndefined();
      expect(openAead(key.slice(1), nonce, aad, sealed)).toBeUndefined();
      expect(openAead(key, filled(9, 24), aad, sealed)).toBeUndefined();
      expect(openAead(key, nonce.slice(1), aad, sealed)).toBeUndefined();
    }
  });

  it('8 a ciphertext can be made that opens under two keys', () => {
    const both = bytesFromHex('c6fa0522dac8a9581570d40160ed80dba9308d0e0a05733a3100f881d90b7039') ?? filled(0);
    const opened = [filled(1), filled(2), filled(3)].map((each) => openAead(each, filled(0, 24), filled(0, 0), both));
    expect(opened.map((each) => each?.length)).toEqual([16, 16, undefined]);
    expect(opened[0]).not.toEqual(opened[1]);
  });

  it('opens a box only with its key', () => {
    const { box } = createDeviceKeys((size) => filled(5, size));
    const sealed = sealToBox(box.publicKey, plaintext);
    expect(openFromBox(box.publicKey, box.secretKey, sealed)).toEqual(plaintext);
    expect(openFromBox(box.publicKey, filled(8), sealed)).toBeUndefined();
    expect(openFromBox(box.publicKey, box.secretKey, sealed.slice(1))).toBeUndefined();
    expect(openFromBox(box.publicKey, box.secretKey, new Uint8Array(3))).toBeUndefined();
  });

  it('7 shares a secret both ways (RFC 7748, section 6.1), and none with a key of small order', () => {
    const alice = filled(3);
    const bob = bytesFromHex('5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb') ?? filled(0);
    expect(sharedSecret(alice, boxPublicKey(bob))).toEqual(sharedSecret(bob, boxPublicKey(alice)));
    expect(hexFromBytes(boxPublicKey(bob))).toBe('de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f');
    expect(sharedSecret(bob, new Uint8Array(32))).toBeUndefined();
    expect(sharedSecret(bob, filled(1, 31))).toBeUndefined();
  });
});

describe('keys', () => {
  it('11 are a function of the randomness that is passed in', () => {
    const keys = createDeviceKeys((size) => filled(5, size));
    expect(createDeviceKeys((size) => filled(5, size))).toEqual(keys);
    expect(createDeviceKeys((size) => filled(6, size)).deviceId).not.toBe(keys.deviceId);
    expect(deviceIdOf({ sign: keys.sign.publicKey, box: keys.box.publicKey })).toBe(keys.deviceId);
    expect(deviceIdOf({ sign: keys.box.publicKey, box: keys.sign.publicKey })).not.toBe(keys.deviceId);
  });

  it('9 name their device, and the root its person', () => {
    const { deviceId, sign: signing, box } = createDeviceKeys((size) => filled(5, size));
    expect(bytesFromDeviceId(deviceId)).toEqual(hash('device', signing.publicKey, box.publicKey));
    expect(userIdOf(filled(3))).toBe(userIdFromBytes(hash('user', filled(3))));
    const root = rootKeysFromEntropy(filled(1, 16));
    expect(root.userId).toBe(userIdOf(root.sign.publicKey));
  });

  it('10 of a root come from its entropy, each pair on its own', () => {
    const root = rootKeysFromEntropy(filled(1, 16));
    expect(rootKeysFromEntropy(filled(1, 16))).toEqual(root);
    expect(rootKeysFromEntropy(filled(2, 16)).userId).not.toBe(root.userId);
    expect(hexFromBytes(root.sign.secretKey.slice(0, 32))).not.toBe(hexFromBytes(root.box.secretKey));
  });
});

describe('the key of a passphrase', () => {
  const [passphrase, salt] = [utf8('correct horse'), filled(8, 16)];

  it('14 is Argon2id at the least cost', () => {
    const { memoryBytes, operations } = passphraseCost;
    expect([memoryBytes, operations]).toEqual([64 * 1024 * 1024, 3]);
    expect(keyFromPassphrase(passphrase, salt, passphraseCost)).toEqual(
      sodium.crypto_pwhash(32, passphrase, salt, 3, 64 * 1024 * 1024, sodium.crypto_pwhash_ALG_ARGON2ID13),
    );
  });

  it('14 at less or too much is refused before any work', () => {
    const work = vi.spyOn(sodium, 'crypto_pwhash');
    for (const changed of [{ operations: 2 }, { operations: 9 }, { memoryBytes: 2 ** 25 }, { memoryBytes: 2 ** 29 }]) {
      expect(keyFromPassphrase(passphrase, salt, { ...passphraseCost, ...changed })).toBeUndefined();
    }
    expect(keyFromPassphrase(passphrase, filled(8, 15), passphraseCost)).toBeUndefined();
    expect(work).not.toHaveBeenCalled();
  });
});

describe('the room', () => {
  it('12 is the only one that sees libsodium', () => {
    const source = new URL('../../../src/', import.meta.url);
    const seen = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(
      (path) => path.endsWith('.ts') && readFileSync(new URL(path, source), 'utf8').includes("'libsodium-wrappers"),
    );
    expect(seen).toEqual(['crypto/sodium.ts']);
  });
});
