import { describe, expect, it } from 'vitest';
import { concat, viewOf } from '../../../src/base/bytes.ts';
import { bytesFromDeviceId, bytesFromHashId, bytesFromScopeId } from '../../../src/base/ids.ts';
import { reasonText } from '../../../src/contract/verdict.ts';
import { hash, keyedHash } from '../../../src/crypto/hash.ts';
import { openAead, sealAead } from '../../../src/crypto/seal.ts';
import { sign } from '../../../src/crypto/sign.ts';
import { sodium } from '../../../src/crypto/sodium.ts';
import { encodeBody } from '../../../src/log/body.ts';
import { type PublicBatch, additionalDataSizeBytes, encodeHeader, joinBatch } from '../../../src/log/header.ts';
import { recordKey, leafOf, rootOf } from '../../../src/log/merkle.ts';
import { batchKeyOf, openBatch } from '../../../src/log/sealing.ts';
import { createWorld, decoded, exampleRecords, flipBit, randomFrom, seal, text } from './setup.ts';

const world = createWorld();
const batch = decoded(seal(world).bytes);
const keyOfBatch = batchKeyOf(world.epochKey, batch.header.scopeId, batch.header.deviceId, 1, batch.header.salt);

function outcomeOf(opened: ReturnType<typeof openBatch>): string {
  return opened.ok ? 'ok' : reasonText(opened.error);
}

/** What a member who cheats could sign: any body, any root. */
function cheat(body: Uint8Array, root: Uint8Array): PublicBatch {
  const draft = { ...batch.header, root, ciphertextLength: body.length + 16 };
  const additionalData = encodeHeader(draft).subarray(0, additionalDataSizeBytes);
  const ciphertext = sealAead(keyOfBatch, draft.salt.subarray(0, 24), additionalData, body);
  const headerBytes = encodeHeader({ ...draft, ciphertextHash: hash('ciphertext', ciphertext) });
  const signature = sign(world.bob.sign.secretKey, 'batch-sig', hash('batch', headerBytes));
  return decoded(joinBatch(headerBytes, signature, ciphertext));
}

function rootFor(records: readonly Uint8Array[]): Uint8Array {
  return rootOf(records.map((record, index) => leafOf(keyOfBatch, index, record)));
}

describe('sealing', () => {
  it.each([0, 1, 2, 7, 100, 500])('opens what it sealed: meta and %i changes', (changes) => {
    const records = exampleRecords(changes);
    const opened = openBatch(decoded(seal(world, { records }).bytes), world.epochKey);
    expect(opened.ok && opened.value.map((record) => Buffer.from(record).toString())).toEqual(
      records.map((record) => Buffer.from(record).toString()),
    );
  });

  it('7, 8, 9 salt, batch key and ciphertext come from device, place and body', () => {
    const { scope, bob, epochKey } = world;
    const random = randomFrom('hedged')(32);
    const records = exampleRecords();
    const body = encodeBody(records);
    const { header, headerBytes, ciphertext } = decoded(seal(world, { random, records }).bytes);
    const first = new Uint8Array([0, 0, 0, 0, 0, 0, 0, 1]);
    const salt = keyedHash(bob.hedge, 'salt', random, new Uint8Array(32), first, hash('body', body));
    expect(header.salt).toEqual(salt);
    const device = bytesFromDeviceId(bob.deviceId);
    const key = keyedHash(epochKey, 'batch-key', bytesFromScopeId(scope.scopeId), device, first, salt);
    expect(openAead(key, salt.subarray(0, 24), headerBytes.subarray(0, 184), ciphertext)).toEqual(body);
    expect(ciphertext).toHaveLength(body.length + 16);
  });

  it('7 is a function of its input alone', () => {
    expect(seal(world)).toEqual(seal(world));
  });

  it('19 hides counts and sizes: one shape for small batches', () => {
    expect(seal(world, { records: exampleRecords(0) }).bytes.length).toBe(316 + 256 + 16);
    expect(seal(world, { records: [text('x')] }).bytes.length).toBe(316 + 256 + 16);
  });

  it('§10.6 any other key does not open', () => {
    expect(outcomeOf(openBatch(batch, randomFrom('key')(32)))).toBe('signature_invalid/aead');
  });

  it('§10.27 a batch under an injected key does not open with the committed one', () => {
    const injected = decoded(seal(world, { epochKey: randomFrom('relay')(32) }).bytes);
    expect(outcomeOf(openBatch(injected, world.epochKey))).toBe('signature_invalid/aead');
  });

  it('§10.8 wrong Merkle root', () => {
    const records = exampleRecords();
    const body = encodeBody(records);
    expect(outcomeOf(openBatch(cheat(body, rootFor(records)), world.epochKey))).toBe('ok');
    expect(outcomeOf(openBatch(cheat(body, flipBit(rootFor(records), 3)), world.epochKey))).toBe(
      'signature_invalid/merkle_root',
    );
    expect(outcomeOf(openBatch(cheat(body, rootFor([...records].reverse())), world.epochKey))).toBe(
      'signature_invalid/merkle_root',
    );
  });

  it('§10.10 padding, even where root and seal are right', () => {
    const records = exampleRecords();
    const body = encodeBody(records);
    const end = 9 + viewOf(body).getUint32(5);
    expect(end).toBeLessThan(body.length);
    const tainted = body.slice();
    tainted[body.length - 1] = 1;
    expect(outcomeOf(openBatch(cheat(tainted, rootFor(records)), world.epochKey))).toBe('schema_unknown/padding');
    const longer = concat([body, new Uint8Array(16)]);
    expect(outcomeOf(openBatch(cheat(longer, rootFor(records)), world.epochKey))).toBe('schema_unknown/padding');
  });

  it('§10.11 a heartbeat with more than its meta record', () => {
    const records = exampleRecords(1);
    expect(() => seal(world, { kind: 'heartbeat', records })).toThrow('believed');
    const body = encodeBody(records);
    const heartbeat = { ...cheat(body, rootFor(records)) };
    const header = { ...heartbeat.header, kind: 'heartbeat' as const };
    const headerBytes = encodeHeader(header);
    const additionalData = headerBytes.subarray(0, additionalDataSizeBytes);
    const ciphertext = sealAead(keyOfBatch, header.salt.subarray(0, 24), additionalData, body);
    expect(outcomeOf(openBatch({ ...heartbeat, header, headerBytes, ciphertext }, world.epochKey))).toBe(
      'schema_unknown/too_many',
    );
  });

  it('7 §10.39 a cloned random generator, same sequence: another salt and batch key', () => {
    const random = randomFrom('clone')(32);
    const left = decoded(seal(world, { random, records: [text('left')] }).bytes);
    const right = decoded(seal(world, { random, records: [text('right')] }).bytes);
    expect(left.header.salt).not.toEqual(right.header.salt);
    const keys = [left, right].map(({ header }) =>
      batchKeyOf(world.epochKey, header.scopeId, header.deviceId, 1, header.salt),
    );
    expect(keys[0]).not.toEqual(keys[1]);
    const previous = bytesFromHashId(left.batchId);
    const elsewhere = decoded(seal(world, { random, records: [text('left')], sequence: 2, previous }).bytes);
    expect(elsewhere.header.salt).not.toEqual(left.header.salt);
  });

  it('one record key opens no other leaf', () => {
    expect(recordKey(keyOfBatch, 1)).not.toEqual(recordKey(keyOfBatch, 2));
  });
});

const prime = 2n ** 130n - 5n;
const block = 2n ** 128n;

/** The one-time key (r, s) that XChaCha20-Poly1305 derives from key and nonce. Source: RFC 8439, section 2.6. */
function oneTimeKey(key: Uint8Array, nonce: Uint8Array): readonly [r: bigint, s: bigint] {
  const stream = sodium.crypto_stream_xchacha20_xor(new Uint8Array(32), nonce, key);
  return [
    littleEndian(stream.subarray(0, 16)) & 0x0ffffffc0ffffffc0ffffffc0fffffffn,
    littleEndian(stream.subarray(16)),
  ];
}

function littleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString('hex') || '0'}`);
}

function bytesOf(value: bigint): Uint8Array {
  return new Uint8Array(Buffer.from(value.toString(16).padStart(32, '0'), 'hex').reverse());
}

function modularPower(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let square = base % prime, left = exponent; left > 0n; left >>= 1n, square = (square * square) % prime) {
    result = left & 1n ? (result * square) % prime : result;
  }
  return result;
}

/** Poly1305's polynomial over whole blocks, the block at `free` taken as zero. */
function polynomial(blocks: readonly bigint[], r: bigint, free: number): bigint {
  return blocks.reduce((sum, value, index) => ((sum + (index === free ? 0n : value + block)) * r) % prime, 0n);
}

/** Finds the one block that makes the tags under both keys equal; about one nonce in a few has one. */
function collide(
  keys: readonly [Uint8Array, Uint8Array],
  nonce: Uint8Array,
  additionalData: Uint8Array,
  body: Uint8Array,
): Uint8Array | undefined {
  const padding = new Uint8Array((16 - (additionalData.length % 16)) % 16);
  const lengths = new Uint8Array(16);
  viewOf(lengths).setUint32(0, additionalData.length, true);
  viewOf(lengths).setUint32(8, body.length, true);
  const message = concat([additionalData, padding, body, lengths]);
  const blocks = Array.from({ length: message.length / 16 }, (_, index) =>
    littleEndian(message.subarray(index * 16, index * 16 + 16)),
  );
  const free = (additionalData.length + padding.length) / 16 + 4;
  const [r1, s1] = oneTimeKey(keys[0], nonce);
  const [r2, s2] = oneTimeKey(keys[1], nonce);
  const power = BigInt(blocks.length - free);
  const [a1, a2] = [polynomial(blocks, r1, free), polynomial(blocks, r2, free)];
  const [p1, p2] = [modularPower(r1, power), modularPower(r2, power)];
  const inverse = modularPower((p1 - p2 + prime) % prime, prime - 2n);
  for (let carry = -4n; carry <= 4n; carry++) {
    const x = ((((a2 - a1 + s2 - s1 + carry * block) * inverse) % prime) + prime) % prime;
    const tags = [((a1 + x * p1) % prime) + s1, ((a2 + x * p2) % prime) + s2].map((sum) => sum % block);
    if (x >= block && x < 2n * block && tags[0] === tags[1]) {
      const ciphertext = concat([body, bytesOf(tags[0] ?? 0n)]);
      ciphertext.set(bytesOf(x - block), 64);
      return ciphertext;
    }
  }
  return undefined;
}

describe('key commitment', () => {
  it('12 §10.28 one ciphertext that opens under two keys is refused under both but the committed one', () => {
    const epochKeys = [randomFrom('left')(32), randomFrom('right')(32)] as const;
    let found = 0;
    for (let attempt = 0; attempt < 200 && found < 3; attempt++) {
      const salt = randomFrom(`salt ${attempt}`)(32);
      const { scopeId, deviceId } = batch.header;
      const left = batchKeyOf(epochKeys[0], scopeId, deviceId, 1, salt);
      const right = batchKeyOf(epochKeys[1], scopeId, deviceId, 1, salt);
      const header = { ...batch.header, salt };
      const headerBytes = encodeHeader(header);
      const additionalData = headerBytes.subarray(0, additionalDataSizeBytes);
      const ciphertext = collide([left, right], salt.subarray(0, 24), additionalData, randomFrom('body')(256));
      if (ciphertext === undefined) {
        continue;
      }
      found++;
      // The seal alone is fooled…
      expect(openAead(left, salt.subarray(0, 24), additionalData, ciphertext)).toBeDefined();
      expect(openAead(right, salt.subarray(0, 24), additionalData, ciphertext)).toBeDefined();
      // …the body and the keyed root are not.
      for (const epochKey of epochKeys) {
        expect(openBatch({ ...batch, header, headerBytes, ciphertext }, epochKey).ok).toBe(false);
      }
    }
    expect(found).toBe(3);
  });

  it('12 §10.28 the root of the same records under another key differs', () => {
    const records = exampleRecords();
    const other = batchKeyOf(
      randomFrom('other')(32),
      batch.header.scopeId,
      batch.header.deviceId,
      1,
      batch.header.salt,
    );
    expect(rootOf(records.map((record, index) => leafOf(other, index, record)))).not.toEqual(rootFor(records));
  });
});
